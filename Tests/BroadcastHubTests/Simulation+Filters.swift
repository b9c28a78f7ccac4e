import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Viewers that change their filter, and those who poll.
extension Simulation {
    func refilter() {
        guard !viewers.isEmpty else { return }
        now += 1_000_000
        let viewer = random.pick(viewers)
        let before = viewer.stage
        var scope = before.scope
        scope.filter = random.once(in: 4) ? nil : random.pick(Stage.filters)
        if before.hub(of: hub)?.find(viewer.id) == nil { return fail("no viewer") }
        let offered = before.world.ordinal(before.world.head) &- viewer.baseOrdinal
        let delivered = hub.delivered(viewer.id) ?? 0
        let conflated = hub.conflated(viewer.id) ?? 0
        var id: ViewerID?
        watchTicks {
            use(scope, leaving: before) {
                id = try? hub.refilter(viewer.id, to: scope.filter?.made, now: now)
                return id != nil
            }
        }
        guard let id, let stage = stage(of: scope), let moved = stage.hub(of: hub)?.find(id) else { return }
        refilters += 1
        count(viewer.shape == .samples ? "samples filtered anew" : "frames filtered anew")
        if moved.isCarrying { count("filters changed within a message") }
        if hub.pending(viewer.id) != nil { fail("the old name is a viewer's") }
        let credit = viewer.refilter(
            id, stage, credit: moved.carryCredit, conflated: conflated, rest: moved.carry.count, self)
        departedOffered += offered - credit
        departedDelivered += delivered
        departedConflated += conflated
        departedUndelivered += offered - delivered - conflated - credit
        if !viewers.contains(where: { $0 !== viewer && $0.stage === stage }) {
            stage.heartbeatDueAt = now + 15_000_000_000
        }
        stage.idleSince = nil
        forgetReplaced(before)
    }

    /// The scope that the last viewer left for another one goes at once where it stands in the way.
    private func forgetReplaced(_ stage: Stage) {
        guard stage !== whole, !viewers.contains(where: { $0.stage === stage }) else { return }
        let filters = scopes.count { $0.scope.filter != nil }
        guard filters > hub.limits.filters || scopes.count - filters > hub.limits.scopes else { return }
        scopes.removeAll { $0 === stage }
        count("filters replaced")
        noteEnd(of: stage)
    }

    /// Somebody asks for what came since, or for the first time, and is answered at some moment.
    func poll() {
        now += 1_000_000
        if pollers.count < 2, random.once(in: 2) || pollers.isEmpty {
            let scope = random.once(in: 2) ? Stage.Scope() : anyScope()
            let shape = random.once(in: 2) ? ViewerShape.samples : .frames(random.pick([.hz60, .hz10]))
            pollers.append(SimulatedPoller(scope, shape))
        }
        let poller = random.pick(pollers)
        let known = stage(of: poller.scope)
        let resume = poller.resume
        var id: ViewerID?
        let start = known.flatMap { self.start(of: resume, $0) }
        watchTicks {
            use(poller.scope) {
                if poller.scope.isWhole {
                    id = hub.attach(shape: poller.shape, resume: resume, isPoll: true, now: now)
                } else {
                    id = try? hub.attach(
                        shape: poller.shape, resume: resume, within: poller.scope.parsed,
                        filter: poller.scope.filter?.made, isPoll: true, now: now)
                }
                return id != nil
            }
        }
        guard let id, let stage = stage(of: poller.scope) else { return }
        stage.idleSince = nil
        polled = stage
        poller.asked(in: stage, start: start, resume, hub.limits)
        for _ in 0..<random.below(4) {
            random.once(in: 3) ? tick(after: random.pick([1, 20, 100])) : sample()
        }
        endTurn()
        now += 1_000_000
        poller.isAnswered(id, self)
        hub.detach(id, reason: .closed)
        polled = nil
    }
}
