import ByteCore
import SSEWire
import Testing

@testable import BroadcastHub
@testable import FramesShape

/// What viewers make the hub keep for them: the rest of one message, shared, and no more than the budget has.
@Suite struct CarryTests {
    private let budget = ByteBudget(limit: 150_000)

    /// A hub whose frames are long, and `count` viewers of them that have had their keyframe.
    private func hub(viewers count: Int) -> (BroadcastHub, Int, [ViewerID]) {
        let hub = BroadcastHub(boot: 1, epochOffsetNanoseconds: 0, budget: budget)
        let channel = hub.openChannel(pid: 1)
        for slot: UInt32 in 0..<1_000 { hub.join(channel, slot: slot, id: "visitor\(slot)", now: 0) }
        let viewers = (0..<count).map { _ in
            hub.attach(shape: .frames(.hz60), resume: .head, now: 0)
        }
        for viewer in viewers { _ = hub.readAll(viewer, now: 0) }
        return (hub, channel, viewers)
    }

    private func frame(_ hub: BroadcastHub, _ channel: Int, tick: Int64) {
        for slot: UInt32 in 0..<1_000 { hub.sample(channel, slot: slot, now: 0) }
        hub.tick(now: tick * 17_000_000)
    }

    @Test func thoseLeftInTheSameMessageShareItsRest() {
        let (hub, channel, viewers) = hub(viewers: 100)
        frame(hub, channel, tick: 1)
        for (index, viewer) in viewers.enumerated() { _ = hub.read(viewer, limit: 1_000 + index, now: 0) }
        #expect(budget.held == 0)
        frame(hub, channel, tick: 2)
        let rest = hub.find(viewers[0])?.carry.count ?? 0
        #expect(rest > 40_000 && budget.held == rest)
        for (index, viewer) in viewers.enumerated() {
            #expect(hub.find(viewer)?.carry.count == rest - index)
        }
        // Each gets its own bytes, and the last of them gives the memory back.
        let all = hub.read(viewers[0], limit: rest, now: 0)
        for (index, viewer) in viewers.enumerated().dropFirst() {
            #expect(budget.held == rest)
            #expect(hub.read(viewer, limit: rest - index, now: 0) == Array(all.dropFirst(index)))
        }
        #expect(budget.held == 0 && !hub.hasForfeited)
    }

    @Test func whoIsFurtherBehindHasACopyOfTheirOwn() {
        let (hub, channel, viewers) = hub(viewers: 2)
        frame(hub, channel, tick: 1)
        _ = hub.read(viewers[0], limit: 30_000, now: 0)
        _ = hub.read(viewers[1], limit: 1_000, now: 0)
        frame(hub, channel, tick: 2)
        let counts = viewers.map { hub.find($0)?.carry.count ?? 0 }
        #expect(counts[1] == counts[0] + 29_000 && budget.held == counts[0] + counts[1])
        hub.detach(viewers[1], reason: .closed)
        #expect(budget.held == counts[0])
    }

    /// One viewer after the other comes, and is left in the middle of a message of its own.
    private func leaveBehind(_ count: Int, isEssential: Bool) -> (BroadcastHub, [ViewerID]) {
        let (hub, channel, _) = hub(viewers: 0)
        var viewers: [ViewerID] = []
        for number in 1...Int64(count) {
            let viewer = hub.attach(
                shape: .frames(.hz60), resume: .head, isEssential: isEssential, now: number * 170_000_000)
            _ = hub.readAll(viewer, now: 0)
            frame(hub, channel, tick: number * 10 + 1)
            _ = hub.read(viewer, limit: 1_000, now: 0)
            frame(hub, channel, tick: number * 10 + 2)
            #expect(budget.held <= budget.limit)
            viewers.append(viewer)
        }
        return (hub, viewers)
    }

    @Test func pastTheBudgetAViewerLosesItsPlace() {
        let (hub, viewers) = leaveBehind(8, isEssential: false)
        let lost = viewers.filter { hub.isForfeited($0) }
        #expect(lost == Array(viewers.suffix(lost.count)) && hub.hasForfeited)
        #expect(lost.count > 2 && lost.count < 8)
        for viewer in lost {
            #expect(!hub.hasOutput(viewer) && hub.read(viewer, now: 0).isEmpty)
            hub.detach(viewer, reason: .stalled)
        }
        #expect(!hub.hasForfeited)
        let counters = hub.counters
        #expect(
            counters.offered == counters.delivered + counters.conflated + counters.pending
                + counters.undelivered.reduce(0, +))
    }

    @Test func thisServersOwnViewerIsNotLost() {
        let (hub, _) = leaveBehind(8, isEssential: true)
        #expect(!hub.hasForfeited && budget.held == 0)
    }
}
