import FramesShape
import PointerEvents
import Testing

@testable import BroadcastHub

/// What the hub measures of a sample's way.
@Suite struct HopTests {
    private static let second: Int64 = 1_000_000_000

    @Test func theHubMeasuresBothHops() throws {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 5)
        let channel = hub.openChannel(pid: 42)
        hub.join(channel, slot: 0, id: "a", now: 0)
        #expect(hub.recentDelays(.relayed, now: 0) == nil && hub.recentDelays(.encoded, now: 0) == nil)
        func say(delay: Int64, now: Int64) {
            var sample = PointerSample(x: 1, y: 2)
            sample.receivedNanoseconds = now - delay
            hub.received(channel: channel, sample, now: now)
        }
        let start = 50 * Self.second
        say(delay: 80_000, now: start)
        hub.endTurn(now: start)
        #expect(hub.recentDelays(.encoded, now: start) == nil, "nobody looks at frames")
        let viewer = hub.attach(shape: .frames(.hz10), resume: .head, now: start)
        _ = hub.readAll(viewer, now: start)
        for step: Int64 in 1...4 { say(delay: step * 100_000, now: start + step * 20_000_000) }
        hub.left(channel: channel, slot: 0, now: start + 90_000_000)
        hub.endTurn(now: start + 90_000_000)
        hub.tick(now: start + 100_000_000)
        let relayed = try #require(hub.recentDelays(.relayed, now: start + 100_000_000))
        #expect(relayed.maximum == 400_000)
        #expect(abs(relayed.median - 200_000) <= 200_000 / 32)
        #expect(hub.delayTotals(.relayed).count == 5)
        #expect(hub.delayTotals(.relayed).nanoseconds == 1_080_000)
        // Samples wait 80, 60, 40 and 20 ms for the tick; the kill is no sample.
        let encoded = try #require(hub.recentDelays(.encoded, now: start + 100_000_000))
        #expect(hub.delayTotals(.encoded).count == 4)
        #expect(encoded.maximum == 80_000_000)
        #expect(abs(encoded.median - 40_000_000) <= 40_000_000 / 32)
        #expect(hub.recentDelays(.relayed, now: start + 6 * Self.second) == nil)
    }
}
