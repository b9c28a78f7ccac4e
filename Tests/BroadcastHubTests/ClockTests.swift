import Foundation
import FramesShape
import Testing

@testable import BroadcastHub

/// Times of day on a machine whose clock is set, and that sleeps.
@Suite struct ClockTests {
    private static let second: Int64 = 1_000_000_000
    private static let day = 86_400 * second

    private func state(_ hub: BroadcastHub, now: Int64) -> (since: Int64, last: Int64)? {
        var found: (Int64, Int64)?
        hub.forEachVisitor(now: now) { found = ($0.sinceMilliseconds, $0.lastMilliseconds) }
        return found
    }

    @Test func aClockThatIsSetCorrectsWhatWasBefore() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 1 * Self.second)
        hub.sample(channel, slot: 0, now: 2 * Self.second)
        hub.followClock(epochOffsetNanoseconds: -Self.second / 2, sleptNanoseconds: 0, now: 3 * Self.second)
        #expect(state(hub, now: 3 * Self.second)! == (500, 1_500))
        hub.followClock(epochOffsetNanoseconds: Self.day, sleptNanoseconds: 0, now: 3 * Self.second)
        #expect(state(hub, now: 3 * Self.second)! == (86_401_000, 86_402_000))
        hub.followClock(epochOffsetNanoseconds: 0, sleptNanoseconds: 0, now: 3 * Self.second)
        #expect(state(hub, now: 3 * Self.second)! == (1_000, 2_000))
    }

    @Test func whatWasBeforeASleepKeepsItsTime() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, sleptNanoseconds: 7 * Self.second)
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 1 * Self.second)
        for night: Int64 in 1...30 {
            let now = (1 + night) * Self.second
            let slept = night * Self.day
            hub.followClock(
                epochOffsetNanoseconds: slept, sleptNanoseconds: 7 * Self.second + slept, now: now)
            hub.sample(channel, slot: 0, now: now)
            #expect(state(hub, now: now)! == (1_000, (1 + night) * 1_000 + night * 86_400_000))
        }
    }

    @Test func jitterAndDriftAreFollowedWithoutAWord() {
        var clock = EpochClock(offset: 0, slept: 0)
        #expect(clock.follow(offset: 900_000, slept: -900_000, now: 1) == .none)
        #expect(clock.epochNanoseconds(5) == 5)
        #expect(clock.follow(offset: 1_100_000, slept: 900_000, now: 2) == .none)
        #expect(clock.epochNanoseconds(5) == 1_100_005)
        #expect(clock.follow(offset: Self.second, slept: 0, now: 3) == .none)
        #expect(clock.follow(offset: 3 * Self.second, slept: 0, now: 4) == .set)
        #expect(clock.follow(offset: 3 * Self.second, slept: 0, now: 5) == .none)
        // It slept, and somebody set the clock meanwhile.
        #expect(clock.follow(offset: Self.day, slept: Self.second, now: 6) == .set)
        #expect(clock.epochNanoseconds(5) == Self.day - Self.second + 5)
        #expect(clock.epochNanoseconds(6) == Self.day + 6)
    }

    @Test func ratesGoOnWhateverTheClockDoes() {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 0)
        for tenth: Int64 in 0..<100 {
            let now = tenth * Self.second / 10
            let offset = tenth.isMultiple(of: 7) ? -tenth * Self.day : tenth * Self.day
            hub.followClock(epochOffsetNanoseconds: offset, sleptNanoseconds: 0, now: now)
            hub.sample(channel, slot: 0, now: now)
        }
        var rate = 0.0
        hub.forEachVisitor(now: 10 * Self.second - 1) { rate = $0.rate }
        #expect(rate == 10)
    }

    /// Who rests is told of by a keyframe alone; it must come though nothing happens.
    @Test func framesViewersAreToldAnewWhenTheClockWasSet() throws {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0)
        let channel = hub.openChannel(pid: 1)
        hub.join(channel, slot: 0, id: "a", now: 0)
        hub.sample(channel, slot: 0, now: Self.second)
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: 2 * Self.second)
        #expect(
            hub.readAll(viewer, now: 2 * Self.second).contains(#""at":2000,"visitors":[{"id":"a","since":0,"#)
        )
        hub.followClock(
            epochOffsetNanoseconds: -Self.second, sleptNanoseconds: 0, now: 3 * Self.second)
        hub.tick(now: 4 * Self.second)
        let told = hub.readAll(viewer, now: 4 * Self.second)
        #expect(told.contains(#""at":3000,"visitors":[{"id":"a","since":-1000,"#))
        #expect(told.contains(#""last":0,"#))
        hub.tick(now: 5 * Self.second)
        #expect(!hub.hasOutput(viewer))
        // A sleep leaves what was told right.
        hub.followClock(epochOffsetNanoseconds: 0, sleptNanoseconds: Self.second, now: 6 * Self.second)
        hub.tick(now: 7 * Self.second)
        #expect(!hub.hasOutput(viewer))
    }
}
