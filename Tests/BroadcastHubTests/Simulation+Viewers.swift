import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Viewers that come, read at their own pace and go.
extension Simulation {
    func attach(seesFrames: Bool = false) {
        guard viewers.count < 5 else { return }
        now += 1_000_000
        if random.once(in: 4) { return attachWithin(anyScope()) }
        let resume = anyResume(of: whole)
        let seesSamples = !seesFrames && random.once(in: 2)
        let shape = seesSamples ? ViewerShape.samples : .frames(random.pick([.hz60, .hz10, .hz1]))
        let showsLess = random.once(in: 3)
        let start = self.start(of: resume, whole)
        var id: ViewerID?
        watchTicks { id = hub.attach(shape: shape, resume: resume, showsLess: showsLess, now: now) }
        if let id { add(id, shape, whole, start: start, resume, showsLess: showsLess) }
    }

    /// What somebody may ask for who comes back, or comes for the first time.
    func anyResume(of stage: Stage?) -> ResumeRequest {
        guard random.once(in: stage === whole ? 3 : 2) else {
            return random.once(in: 12) ? .unreadable : .head
        }
        let boot = random.once(in: 6) ? random.pick([5, World.boot]) : stage?.world.boot ?? 6
        return .after(LastEventID(boot: boot, n: UInt64(random.below((stage?.world.head ?? 3) + 2))))
    }

    /// The n after which a resume goes on.
    func start(of resume: ResumeRequest, _ stage: Stage) -> Int? {
        guard case .after(let event) = resume, event.boot == stage.world.boot,
            event.n <= UInt64(stage.world.head), event.n + 1 >= stage.hub(of: hub)?.ring.firstN ?? 0
        else { return nil }
        return Int(event.n)
    }

    func add(
        _ id: ViewerID, _ shape: ViewerShape, _ stage: Stage, start: Int?, _ resume: ResumeRequest,
        showsLess: Bool
    ) {
        if !viewers.contains(where: { $0.stage === stage }) { stage.heartbeatDueAt = now + 15_000_000_000 }
        viewers.append(
            SimulatedViewer(
                id: id, shape: shape, stage: stage, limits: hub.limits, start: start,
                resets: start == nil && resume != .head, isPrompt: random.once(in: 2), showsLess: showsLess))
    }

    /// A new viewer takes the beginning of its keyframe, and the world goes on.
    func attachAndFallBehind() {
        let before = viewers.count
        attach(seesFrames: random.once(in: 2))
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
        let offered = viewer.stage.world.ordinal(viewer.stage.world.head) &- viewer.baseOrdinal
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
