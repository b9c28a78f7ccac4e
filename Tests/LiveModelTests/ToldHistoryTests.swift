import TestSupport
import Testing

@testable import LiveModel

/// What the server tells of the minutes before the picture began.
@Suite struct ToldHistoryTests {
    /// A picture of `a`, who is on `/p` and rests, at a round second.
    private func picture() -> Picture {
        let picture = Picture()
        picture.now = 701_000_000_000
        picture.keyframe(#"{"id":"a","since":\#(picture.at - 90_000),"worker":1,"x":1,"y":2,"p":"/p"}"#)
        return picture
    }

    private func counts(_ picture: Picture, _ seconds: Range<Int>) -> [Int] {
        seconds.map { picture.model.samples(secondsAgo: $0) }
    }

    @Test func theChartBeginsTenMinutesAgo() {
        let picture = picture()
        let tens = (1...48).map { "\($0 * 10)" }.joined(separator: ",")
        let seconds = (1...115).map { "\($0)" }.joined(separator: ",")
        let outcome = picture.apply(
            "history", #"{"at":\#(picture.at),"totals":{"samples":[[\#(tens)],[\#(seconds)]]},"rest":0}"#)
        #expect(outcome == .applied)
        #expect(counts(picture, 0..<4) == [0, 115, 114, 113])
        #expect(counts(picture, 114..<117) == [2, 1, 48])
        #expect(counts(picture, 594..<597) == [1, 1, 0])
    }

    @Test func theServersSecondsAreSpreadOverOurs() {
        let picture = picture()
        picture.pass(milliseconds: 100)
        // Its seconds end 300 ms before ours.
        let outcome = picture.apply(
            "history", #"{"at":\#(picture.at - 400),"totals":{"samples":[[],[10,20]]},"rest":4}"#)
        #expect(outcome == .applied)
        #expect(counts(picture, 0..<4) == [0, 18, 13, 3])
        #expect(counts(picture, 0..<4).reduce(0, +) == 34)
    }

    @Test func whatCameSinceGoesOnFromThere() {
        let picture = picture()
        picture.send(7, from: "a")
        picture.apply("history", #"{"at":\#(picture.at - 1_000),"totals":{"samples":[[],[5]]},"rest":9}"#)
        picture.send(2, from: "a")
        #expect(picture.model.samples(secondsAgo: 0) == 9)
        // What was told twice is taken from the newest second.
        picture.apply("history", #"{"at":\#(picture.at),"totals":{"samples":[[],[5,8]]},"rest":-3}"#)
        #expect(picture.model.samples(secondsAgo: 1) == 5)
    }

    @Test func whatWasGuessedOfARateGivesWayToWhatWas() {
        let picture = Picture()
        picture.now = 701_000_000_000
        picture.keyframe(#"{"id":"a","since":1,"worker":1,"rate":10,"x":1,"y":2,"p":"/p"}"#)
        #expect(picture.model.samples(secondsAgo: 1) > 0)
        let at = picture.at
        picture.apply("history", #"{"at":\#(at),"totals":{"samples":[[],[50,0,0,0,0,0,0]]},"rest":0}"#)
        picture.apply("history", #"{"at":\#(at),"pages":[{"p":"/p","samples":[[],[50,0,0,0,0,0,0]]}]}"#)
        picture.apply("history", #"{"at":\#(at),"visitors":[{"id":"a","s":"bAAAAAA"}]}"#)
        #expect(counts(picture, 0..<8) == [0, 0, 0, 0, 0, 0, 0, 50])
        let (slot, page) = (picture.slot(of: "a"), picture.visitor("a")?.pageIndex ?? -1)
        #expect(
            (0..<8).map { picture.model.samples(ofPage: page, secondsAgo: $0) } == [0, 0, 0, 0, 0, 0, 0, 50])
        #expect((1..<8).map { picture.model.samples(of: slot, secondsAgo: $0) } == [0, 0, 0, 0, 0, 0, 44])
    }

    @Test func visitorsAndPagesHaveTheirLastMinute() {
        let picture = picture()
        let at = picture.at
        picture.apply(
            "history",
            #"{"at":\#(at),"pages":[{"p":"/p","samples":[[600],[3,4]]},"#
                + #"{"p":"/gone","samples":[[],[9]]},{"p":7}]}"#)
        picture.apply(
            "history", #"{"at":\#(at),"visitors":[{"id":"a","s":"PQX_A"},{"id":"gone","s":"B"},{"s":"B"}]}"#)
        let (slot, page) = (picture.slot(of: "a"), picture.visitor("a")?.pageIndex ?? -1)
        #expect((0..<5).map { picture.model.samples(ofPage: page, secondsAgo: $0) } == [0, 4, 3, 60, 60])
        #expect(
            (0..<7).map { picture.model.samples(of: slot, secondsAgo: $0) } == [0, 0, 960, 30, 16, 15, 0])
        #expect(picture.ids == ["a"])
    }

    @Test func workersHaveTheirLastMinutes() {
        let picture = picture()
        picture.apply(
            "history",
            #"{"at":\#(picture.at),"workers":[{"pid":42,"samples":[[],[5,6]],"cpu":[[],[0,250]],"#
                + #""rss":[[],[8,9]],"connections":[[],[1,2]]},{"pid":-1},{"pid":"x"}]}"#)
        picture.apply("status", #"{"workers":[{"pid":42,"rate":7}],"uptime":9}"#)
        guard let history = picture.model.workerHistory(42) else {
            Issue.record("a worker without a history")
            return
        }
        #expect(history.count == 3)
        #expect((0..<3).map { history[secondsAgo: $0]?.rate } == [7, 6, 5])
        #expect(
            history[secondsAgo: 1]
                == WorkerMoment(rate: 6, cpu: 0.25, memoryBytes: 9 * 1_024, connections: 2))
    }

    private static let whole =
        #"{"at":1700000000000,"totals":{"samples":[[1,2],[3]],"visitors":[[],[1]]},"rest":-7,"#
        + #""workers":[{"pid":1,"samples":[[],[2]],"cpu":[[],[3]]}],"pages":[{"p":"/\u00e9","samples":[[],[4]]}],"#
        + #""visitors":[{"id":"a","s":"AB_"}],"more":true}"#

    @Test func aHistoryCutShortHasNoEffect() {
        let bytes = Array(Self.whole.utf8)
        let picture = picture()
        for length in 0..<bytes.count {
            #expect(picture.apply("history", bytes: Array(bytes[..<length])) == .malformed)
        }
        #expect(counts(picture, 0..<600).allSatisfy { $0 == 0 })
        #expect(picture.model.workerHistory(1) == nil)
        #expect(picture.apply("history", bytes: bytes) == .applied)
    }

    @Test func nonsenseDoesNoHarm() {
        for text in ["", "[]", "{}", #"{"at":"x"}"#, #"{"at":99999999999999}"#, #"{"at":1e300,"totals":{}}"#]
        {
            #expect(picture().apply("history", text) == .malformed)
        }
        var random = SplitMix64(seed: 5)
        let pieces = [
            "1e300", "-5", "null", "[]", "[[]]", "[[],[1,-2,1e99,null]]", "{}", #""s""#, "4294967295", "[{}]",
            #"[{"id":"a","s":"____"}]"#, #"[{"p":"/p","samples":[[7],[4294967295]]}]"#, "[[9,9],[9]]",
            #"[{"pid":3,"samples":[[],[1]],"rss":[1]}]"#, #"{"samples":[[4294967295,1],[2]]}"#,
        ]
        let keys = ["totals", "rest", "workers", "pages", "visitors", "samples", "more"]
        for _ in 0..<3_000 {
            let picture = picture()
            let at = random.pick([
                0, 1, picture.at - 5_000_000_000, picture.at - 1, picture.at, picture.at + 4_999,
            ])
            let members = (0..<4).map { _ in #""\#(random.pick(keys))":\#(random.pick(pieces))"# }
            let outcome = picture.apply("history", #"{"at":\#(at),\#(members.joined(separator: ","))}"#)
            #expect(outcome == .applied)
            picture.send(1, from: "a")
            picture.pass(milliseconds: 1_000)
            #expect(picture.model.samplesPerSecond >= 0)
        }
    }

    @Test func aTimeLongAgoIsNotWalkedThroughSecondBySecond() {
        let picture = picture()
        picture.apply("history", #"{"at":11000,"totals":{"samples":[[],[1,1]]},"rest":1000}"#)
        #expect(counts(picture, 0..<600).allSatisfy { $0 == 0 })
    }
}
