import BroadcastHub
import PosixIO
import Testing

@testable import ViewerGateway

/// How often who sees some alone is written to.
@Suite struct PacingTests {
    private static let word = "K1rPq0cX2mVz7yQw"

    /// Has somebody move in each of many turns, and says in how many of them something was written, and how
    /// many stretches of `pacedNanoseconds` they took.
    private func busyTurns(_ fixture: Fixture, _ crowd: Crowd, from first: Int) -> (writes: Int, spans: Int) {
        let began = fixture.now / Limits.pacedNanoseconds
        var writes = 0
        for number in 0..<100 {
            let before = fixture.gateway.counters.bytesSent
            crowd.move("u", Double(first + number), 2, page: "/a")
            fixture.turn()
            if fixture.gateway.counters.bytesSent > before { writes += 1 }
        }
        return (writes, Int(fixture.now / Limits.pacedNanoseconds - began) + 1)
    }

    private func hears(_ watcher: Watcher, _ fixture: Fixture, _ count: Int) throws -> Bool {
        try fixture.run {
            try watcher.read()
            return watcher.messages.count >= count
        }
    }

    @Test func ofSomeInFewWritesAndOfAllAtOnce() throws {
        for (query, isPaced) in [("page=%2Fa", true), ("visitor=u", true), ("", false)] {
            let fixture = try Fixture()
            let crowd = Crowd(fixture)
            let watcher = try Watcher(fixture, "/receive/ann?\(query)")
            #expect(fixture.run { fixture.gateway.streamCount == 1 })
            crowd.move("u", 0, 2, page: "/a")
            #expect(try hears(watcher, fixture, 1))
            let (writes, spans) = busyTurns(fixture, crowd, from: 1)
            #expect(isPaced ? writes <= spans : writes == 100)
            #expect(try hears(watcher, fixture, 101))
            let last = try #require(watcher.messages.last?.data)
            #expect(last.hasPrefix(#"{"id":"u","x":100,"#))
        }
    }

    @Test func whatComesBehindAPauseWaitsForNothing() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let watcher = try Watcher(fixture, "/receive/ann?page=%2Fa")
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        for number in 1...5 {
            fixture.skew += Limits.pacedNanoseconds
            let before = fixture.gateway.counters.bytesSent
            crowd.move("u", Double(number), 2, page: "/a")
            fixture.turn()
            #expect(fixture.gateway.counters.bytesSent > before)
        }
        #expect(try hears(watcher, fixture, 5))
    }

    @Test func theLoopIsToldWhenTheRestIsOver() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let watcher = try Watcher(fixture, "/receive/ann?visitor=u")
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        var sawRest = false
        for number in 0..<200 where !sawRest {
            let before = fixture.gateway.counters.bytesSent
            crowd.move("u", Double(number), 2, page: "/a")
            fixture.turn()
            guard fixture.gateway.counters.bytesSent == before else { continue }
            sawRest = true
            let due = try #require(fixture.gateway.nextDeadline(now: fixture.now))
            #expect(due <= fixture.now + Limits.pacedNanoseconds)
            // Nobody says anything more, and what waits is written when it is due.
            fixture.skew += Limits.pacedNanoseconds
            fixture.turn()
            #expect(fixture.gateway.counters.bytesSent > before)
            #expect(try hears(watcher, fixture, number + 1))
        }
        #expect(sawRest)
    }

    @Test func itGoesWithTheFilter() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture, "/receive/ann?viewer=\(Self.word)")
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        for (filter, isPaced) in [(#","page":["/a"]"#, true), ("", false)] {
            let body = #"{"viewer":"\#(Self.word)"\#(filter)}"#
            let answer = try fixture.answer(
                "POST /receive/ann/filter HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            #expect(answer.status == 204)
            #expect(fixture.gateway.samplesRound.viewers.map(\.isPaced) == [isPaced])
        }
        _ = watcher
    }

    @Test func framesAreNotPacedTwice() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture, "/receive/ann?shape=frames&hz=60&page=%2Fa")
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        #expect(fixture.gateway.framesRound.viewers.map(\.isPaced) == [false])
        _ = watcher
    }
}
