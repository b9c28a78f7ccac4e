import PointerEvents
import Testing

@testable import LiveModel

@Suite struct HubClockTests {
    @Test func theQuickestMessageTells() {
        var clock = HubClock()
        #expect(clock.milliseconds(now: 0) == nil)
        var verdicts = [clock.heard(at: 10_000, now: 1_000_000_000)]
        #expect(clock.milliseconds(now: 1_500_000_000) == 10_500)
        // Forty milliseconds late: hardly believed.
        verdicts.append(clock.heard(at: 10_960, now: 2_000_000_000))
        #expect(clock.milliseconds(now: 2_000_000_000) == 10_999)
        verdicts.append(clock.heard(at: 11_005, now: 2_000_000_000))
        #expect(clock.milliseconds(now: 2_000_000_000) == 11_005)
        #expect(verdicts == [.steady, .steady, .steady])
    }

    @Test func aSlowerClockIsFollowed() {
        var clock = HubClock()
        // The hub loses 100 microseconds a second, for an hour, with ten messages a second.
        for tick in 0..<Int64(36_000) {
            let verdict = clock.heard(at: tick * 100 - tick / 100, now: tick * 100_000_000)
            #expect(verdict == .steady)
        }
        let hub = 3_600_000 - 360
        let told = clock.milliseconds(now: 3_600_000_000_000) ?? 0
        #expect(abs(Int(told) - hub) < 20)
    }

    @Test func aHubOfAnotherTimeBeginsAnew() {
        let picture = Picture()
        picture.join("a")
        picture.send(4, from: "a")
        picture.apply("frame", #"{"at":5000,"samples":[{"id":"a","x":1,"y":2}]}"#)
        #expect(picture.model.nowMilliseconds == 5_000)
        #expect(picture.model.samples(secondsAgo: 0) == 1)
        #expect(picture.model.samples(of: picture.slot(of: "a"), secondsAgo: 0) == 1)
        picture.apply("frame", #"{"at":253402300799000,"samples":[{"id":"a","x":1,"y":2}]}"#)
        #expect(picture.model.samples(secondsAgo: 0) == 1)
        picture.send(2, from: "a")
        #expect(picture.model.nowMilliseconds == picture.at)
        #expect(picture.model.samples(of: picture.slot(of: "a"), secondsAgo: 0) == 2)
    }

    @Test func onlyATimeThatGoesBackIsAnotherClock() {
        var clock = HubClock()
        let second: Int64 = 1_000_000_000
        var verdicts = [clock.heard(at: 100_000, now: 0)]
        // Eight seconds without reading, and then what waited, all at once.
        verdicts.append(clock.heard(at: 100_100, now: 8 * second))
        #expect(clock.milliseconds(now: 8 * second) == 100_100)
        verdicts.append(clock.heard(at: 107_900, now: 8 * second))
        #expect(clock.milliseconds(now: 9 * second) == 108_900)
        verdicts.append(clock.heard(at: 102_900, now: 9 * second))
        verdicts.append(clock.heard(at: 102_899, now: 9 * second))
        #expect(verdicts == [.steady, .late, .steady, .late, .anotherClock])
        #expect(clock.milliseconds(now: 9 * second) == 102_899)
    }

    @Test func aPauseInReadingWipesNothing() {
        let picture = Picture()
        picture.join("a")
        picture.frame(#""samples":[{"id":"a","x":1,"y":2,"k":"click","p":"/x"}]"#)
        picture.model.follow(picture.slot(of: "a"))
        for second in 1...10 {
            picture.pass(milliseconds: 1_000)
            picture.send(second, from: "a")
        }
        let at = picture.at
        picture.pass(milliseconds: 9_000)
        // What was on the way comes first, and then the world of now.
        let sample = #""samples":[{"id":"a","x":3,"y":4}]"#
        picture.apply("frame", #"{"at":\#(at + 100),\#(sample)}"#)
        #expect(picture.model.nowMilliseconds == at + 100)
        picture.frame(sample)
        picture.model.advance(now: picture.now)
        #expect(picture.model.nowMilliseconds == picture.at)
        let counts = (0..<20).map { picture.model.samples(secondsAgo: $0) }
        #expect(counts == [1, 0, 0, 0, 0, 0, 0, 0, 0, 11, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1])
        #expect((0..<20).map { picture.model.samples(ofPage: 0, secondsAgo: $0) } == counts)
        #expect((0..<20).map { picture.model.samples(of: 0, secondsAgo: $0) } == counts)
        var points = 0
        picture.model.forEachFollowedPoint { _ in points += 1 }
        #expect(points == 58)
        var traces = 0
        picture.model.forEachTrace(since: 0) { _ in traces += 1 }
        #expect(traces == 58)
        #expect(picture.model.followedAct(ago: 0)?.kind == .click)
    }

    @Test func timeGoesOnWithoutMessages() {
        let picture = Picture()
        picture.frame("")
        picture.pass(milliseconds: 3_400)
        #expect(picture.model.nowMilliseconds == Picture.epoch + 3_400)
        #expect(picture.model.secondsOfSilence(now: picture.now) == 3)
    }
}
