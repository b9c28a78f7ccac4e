import PointerEvents
import Testing

@testable import LiveModel

@Suite struct FollowedActTests {
    /// The acts of these samples, the oldest first: kind, pause before it in milliseconds, place.
    private func acts(_ samples: [(PointerKind, Int64, Float)]) -> [FollowedAct] {
        var acts = FollowedActs()
        var (at, clicks): (Int64, Int) = (1_000_000, 0)
        for (kind, pause, x) in samples {
            at += pause
            if kind == .click { clicks += 1 }
            acts.received(
                PathPoint(x: x, y: 5, kind: kind, isStart: false, atMilliseconds: at), clicks: clicks)
        }
        return (0..<acts.count).reversed().compactMap { acts.newest(ago: $0) }
    }

    private func words(_ samples: [(PointerKind, Int64, Float)]) -> [String] {
        acts(samples).map { $0.count > 1 ? "\($0.kind.word) x\($0.count)" : "\($0.kind.word)" }
    }

    @Test func whatBelongsTogetherIsOne() {
        let click: [(PointerKind, Int64, Float)] = [(.down, 5_000, 9), (.up, 80, 10), (.click, 0, 10)]
        #expect(words(click) == ["click"])
        #expect(words([(.move, 0, 1)] + click + [(.move, 9, 2)]) == ["click"])
        #expect(words(Array(repeating: (.scroll, 100, 7), count: 6)) == ["scroll x6"])
        // A double click, and one by somebody who tells nothing but clicks.
        let second: [(PointerKind, Int64, Float)] = [(.down, 200, 11), (.up, 80, 11), (.click, 0, 11)]
        #expect(words(click + second) == ["click x2"])
        #expect(words(click + second + second) == ["click x3"])
        #expect(words([(.click, 0, 1), (.click, 300, 2)]) == ["click x2"])
        #expect(words([(.down, 0, 1), (.click, 90, 1)]) == ["click"])
        #expect(words([(.down, 0, 1), (.up, 90, 1)]) == ["press"])
        #expect(words([(.down, 0, 1), (.up, 900, 300)]) == ["drag"])
        #expect(words([(.down, 0, 1), (.up, 900, 300), (.click, 0, 300)]) == ["drag"])
        #expect(words([(.down, 0, 1), (.cancel, 90, 1), (.scroll, 9, 1)]) == ["cancel", "scroll"])
    }

    @Test func whatDoesNotBelongTogetherIsNot() {
        let click: [(PointerKind, Int64, Float)] = [(.down, 5_000, 9), (.up, 80, 10), (.click, 0, 10)]
        #expect(words(click + click) == ["click", "click"])
        #expect(words(click + [(.click, 200, 300)]) == ["click", "click"])
        #expect(words([(.scroll, 0, 1), (.scroll, 3_001, 1)]) == ["scroll", "scroll"])
        #expect(
            words([(.scroll, 0, 1), (.click, 10, 1), (.scroll, 10, 1)]) == ["scroll", "click", "scroll"])
        #expect(words([(.up, 0, 1), (.click, 0, 1)]) == ["up", "click"])
        #expect(words([(.down, 0, 1), (.click, 0, 90)]) == ["down", "click"])
        #expect(words([(.down, 0, 1), (.scroll, 0, 1), (.up, 0, 1)]) == ["down", "scroll", "up"])
        #expect(words([(.leave, 0, 1), (.enter, 10, 1)]) == ["leave", "enter"])
        // Behind a page or an absence there is another beginning.
        var acts = FollowedActs()
        for isStart in [false, true] {
            acts.received(
                PathPoint(x: 1, y: 1, kind: .scroll, isStart: isStart, atMilliseconds: 7), clicks: 0)
        }
        #expect(acts.count == 2)
    }

    @Test func anActKeepsItsNumberAndKnowsItsClick() {
        let found = acts([
            (.scroll, 0, 1), (.down, 100, 2), (.up, 10, 2), (.click, 0, 2), (.click, 9_000, 50),
            (.click, 100, 50), (.scroll, 10, 50),
        ])
        #expect(found.map(\.clickNumber) == [0, 1, 3, 0])
        #expect(Set(found.map(\.number)).count == 4 && found.map(\.number) == found.map(\.number).sorted())
        #expect(found[1].sinceMilliseconds == 1_000_100 && found[1].atMilliseconds == 1_000_110)
        #expect(found[2].x == 50)
    }

    /// Also where folding comes while the ring is full.
    @Test func theMemoryIsBounded() {
        let clicks = (0..<2_000).map { step -> (PointerKind, Int64, Float) in
            (.click, step % 2 == 0 ? 5_000 : 100, 1)
        }
        let found = acts(clicks)
        #expect(found.count == LiveModelLimits.pathActs || found.count == LiveModelLimits.pathActs - 1)
        #expect(found.allSatisfy { $0.count == 2 } && found.last?.clickNumber == 2_000)
        #expect(found.map(\.clickNumber) == found.map(\.clickNumber).sorted())
    }

    @Test func pagesAreATrail() {
        let picture = Picture()
        picture.join("a")
        picture.pass(milliseconds: 5_000)
        func say(_ page: String) {
            picture.frame(#""samples":[{"id":"a","x":1,"y":1,"p":"\#(page)"}]"#)
            picture.pass(milliseconds: 2_000)
        }
        say("/x")
        picture.model.follow(picture.slot(of: "a"))
        for page in ["/x", "/y", "/y", "/x"] { say(page) }
        let began = picture.at - 10_000
        var visits = picture.model.followedVisits
        #expect(visits.map(\.page) == ["/x", "/y", "/x"])
        #expect(visits.map { $0.sinceMilliseconds - began } == [0, 4_000, 8_000])
        #expect(visits.map { $0.milliseconds(by: picture.at) } == [4_000, 4_000, 2_000])
        #expect(visits.map(\.isFromBefore) == [true, false, false])
        picture.frame(#""leaves":["a"]"#)
        picture.pass(milliseconds: 9_000)
        #expect(picture.model.followedVisits.last?.untilMilliseconds == began + 10_000)
        picture.join("a")
        say("/x")
        visits = picture.model.followedVisits
        #expect(visits.map(\.page) == ["/x", "/y", "/x", "/x"] && visits[3].untilMilliseconds == nil)
        for page in 0..<100 { say("/\(page)") }
        #expect(picture.model.followedVisits.count == LiveModelLimits.pathVisits)
        // Who has just come is there from the start.
        picture.join("b")
        picture.model.follow(picture.slot(of: "b"))
        picture.frame(#""samples":[{"id":"b","x":1,"y":1}]"#)
        #expect(picture.model.followedVisits.map(\.isFromBefore) == [false])
        #expect(picture.model.followedVisits.map(\.page) == [""])
    }
}
