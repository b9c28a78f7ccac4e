import AccessControl
import Testing

@testable import ViewerGateway

/// How often it may be said whom somebody looks at, and at how many.
extension LookTests {
    @Test func looksAreHeardFiveTimesASecond() throws {
        let fixture = try Fixture()
        let watcher = try watch(fixture)
        _ = watcher
        var statuses: [Int] = []
        for round in 0..<14 { statuses.append(try post(fixture, body("u\(round)")).status) }
        #expect(statuses.prefix(10).allSatisfy { $0 == 204 })
        let refused = try post(fixture, body("u"))
        if statuses.contains(429) || refused.status == 429 {
            fixture.advance(seconds: 0.5)
            #expect(try post(fixture, body("u")).status == 204)
        } else {
            Issue.record("nothing was too often: \(statuses)")
        }
    }

    @Test func manyStreamsOfOneHaveNoMoreThanAFew() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for visitor in 0..<6 { crowd.move("u\(visitor)", 1, 1) }
        let words = (0..<6).map { "a-word-of-my-own-\($0)" }
        let watchers = try words.map { try watch(fixture, word: $0) }
        for (place, word) in words.enumerated() {
            fixture.advance(seconds: 0.5)
            let status = try post(fixture, body("u\(place)", word: word)).status
            #expect(status == (place < Limits.looksOfName ? 204 : 429), "\(place)")
        }
        #expect(fixture.gateway.looks(now: fixture.now).count == 4)
        fixture.advance(seconds: 1)
        #expect(
            try post(fixture, body("u0", word: words[5])).status == 204,
            "whom another one looks at costs nothing")
        #expect(try post(fixture, body(nil, word: words[4])).status == 204)
        #expect(
            try post(fixture, body("u5", word: words[3])).status == 204, "one instead of another is no more")
        watchers[0].client.close()
        #expect(fixture.run { fixture.gateway.streamCount == 5 })
        fixture.advance(seconds: 1)
        #expect(try post(fixture, body("u1", word: words[5])).status == 204)
        #expect(try post(fixture, body("u4", word: words[4])).status == 204, "a place is free again")
        let metrics = try fixture.get("/metrics").text
        #expect(metrics.contains("pointerscope_looks_refused_total{reason=\"too-many\"} 2\n"))
    }

    @Test func manyStreamsOfOneAreHeardAsOftenAsTwo() throws {
        let fixture = try Fixture()
        let words = (0..<6).map { "a-word-of-my-own-\($0)" }
        let watchers = try words.map { try watch(fixture, word: $0) }
        var heard = 0
        for word in words {
            for _ in 0..<Limits.lookBurst where try post(fixture, body("u", word: word)).status == 204 {
                heard += 1
            }
        }
        // The clock goes on meanwhile.
        #expect((Limits.looksOfNameBurst..<6 * Limits.lookBurst).contains(heard), "\(heard)")
        let metrics = try fixture.get("/metrics").text
        #expect(!metrics.contains("pointerscope_looks_refused_total{reason=\"too-often-by-name\"} 0\n"))
        #expect(metrics.contains("pointerscope_looks_refused_total{reason=\"too-often\"} 0\n"))
        _ = watchers
    }

    @Test func theAllowanceFillsUpAgain() {
        var allowance = LookAllowance.ofStream
        let isFullBefore = allowance.isFull(now: 5)
        let heard = (0..<20).count { _ in allowance.take(now: 5) }
        let isFullBehind = allowance.isFull(now: 5)
        #expect(heard == Limits.lookBurst && isFullBefore && !isFullBehind)
        let soon = (0..<20).count { _ in allowance.take(now: 5 + Limits.lookNanoseconds) }
        #expect(soon == 1)
        let later = (0..<20).count { _ in allowance.take(now: 1_000_000_000_000) }
        #expect(later == Limits.lookBurst)
    }

    @Test func peopleHaveAllowancesAndAllOfThemTogetherHaveOne() throws {
        var allowances = PeopleAllowances.ofLooks
        var outcomes: [String: [PeopleAllowances.Shortage?]] = [:]
        for name in ["ann", "ben", "cy", "dan", "eve", "fay"] {
            let account = try #require(AccountName(name.utf8))
            outcomes[name] = (0..<25).map { _ in allowances.take(for: account, now: 5) }
        }
        let own = (0..<25).map { $0 < 20 ? nil : PeopleAllowances.Shortage.ofPerson }
        for name in ["ann", "ben", "cy", "dan", "eve"] { #expect(outcomes[name] == own) }
        #expect(outcomes["fay"]?.first == .ofEveryone)
        let later: Int64 = 5 + Limits.looksOfNameNanoseconds
        let ann = try #require(AccountName("ann".utf8))
        let others = [ann, ann, nil].map { allowances.take(for: $0, now: later) }
        #expect(others == [nil, .ofPerson, nil], "where nobody signs in all are one")
    }

    @Test func manyPeopleAreNotRememberedForEver() throws {
        var allowances = PeopleAllowances.ofLooks
        for number in 0..<1_000 {
            let account = try #require(AccountName("name\(number)".utf8))
            let refusal = allowances.take(for: account, now: Int64(number) * 1_000_000_000)
            #expect(refusal == nil)
        }
        #expect(allowances.count <= Limits.lookersRemembered)
    }
}
