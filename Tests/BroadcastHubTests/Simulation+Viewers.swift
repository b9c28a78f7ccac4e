import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Viewers that come, read at their own pace and go.
extension Simulation {
    func attach() {
        guard viewers.count < 4 else { return }
        now += 1_000_000
        var resume = ResumeRequest.head
        if random.once(in: 3) {
            let boot = random.once(in: 6) ? 5 : World.boot
            resume = .after(LastEventID(boot: boot, n: UInt64(random.below(world.head + 2))))
        } else if random.once(in: 12) {
            resume = .unreadable
        }
        let shape = random.once(in: 2) ? ViewerShape.samples : .frames(random.pick([.hz60, .hz10, .hz1]))
        var start: Int?
        if case .after(let event) = resume, event.boot == World.boot, event.n <= UInt64(world.head),
            event.n + 1 >= hub.ring.firstN
        {
            start = Int(event.n)
        }
        if viewers.isEmpty { heartbeatDueAt = now + 15_000_000_000 }
        var id: ViewerID?
        watchTicks { id = hub.attach(shape: shape, resume: resume, now: now) }
        guard let id else { return }
        viewers.append(
            SimulatedViewer(
                id: id, shape: shape, world: world, limits: hub.limits, start: start,
                resets: start == nil && resume != .head, isPrompt: random.once(in: 2)))
    }

    /// A new viewer takes the beginning of its keyframe, and the world goes on.
    func attachAndFallBehind() {
        let before = viewers.count
        attach()
        guard viewers.count > before, let viewer = viewers.last else { return }
        if let wrong = viewer.read(self, limit: 2_500, vectorCount: 4) {
            fail("viewer \(viewer.shape): \(wrong)")
        }
        sample()
        tick(after: random.pick([20, 100]))
    }

    func read(_ viewer: SimulatedViewer) {
        read(viewer, limit: random.pick([1, 7, 100, 400, 700, 100_000]))
    }

    func read(_ viewer: SimulatedViewer, limit: Int) {
        if let wrong = viewer.read(self, limit: limit, vectorCount: 1 + random.below(4)) {
            fail("viewer \(viewer.shape): \(wrong)")
        }
    }

    func detach(_ index: Int) {
        let viewer = viewers.remove(at: index)
        departed.append(viewer)
        let offered = world.ordinal(world.head) - viewer.baseOrdinal
        let delivered = hub.delivered(viewer.id) ?? 0
        let conflated = hub.conflated(viewer.id) ?? 0
        departedOffered += offered
        departedDelivered += delivered
        departedConflated += conflated
        departedUndelivered += offered - delivered - conflated
        hub.detach(viewer.id, reason: random.pick(DetachReason.allCases))
        if hub.hasOutput(viewer.id) || hub.pending(viewer.id) != nil {
            fail("a detached viewer is still there")
        }
    }

    /// Closes those whose message could not be kept, as the owner does; they get nothing more.
    func detachForfeited() {
        for (index, viewer) in viewers.enumerated().reversed() where hub.isForfeited(viewer.id) {
            if !hub.hasForfeited { fail("a viewer is forfeited that nobody knows of") }
            if hub.hasOutput(viewer.id) { fail("a forfeited viewer has output") }
            forfeits += 1
            detach(index)
        }
        if hub.hasForfeited { fail("forfeited viewers that are not attached") }
    }
}
