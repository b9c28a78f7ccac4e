import ByteCore
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// Somebody who polls: asks, gets an answer of which at times only the beginning arrives, and asks again
/// behind the last whole message. Over all of that it has to be as if it were one stream.
final class SimulatedPoller {
    let scope: Stage.Scope
    let shape: ViewerShape
    private var stage: Stage?
    private var cursor: LastEventID?
    private var picture: PictureChecker?
    private var frames: FramesChecker?
    /// The n from which the frame of its own goes on.
    private var start: Int?

    init(_ scope: Stage.Scope, _ shape: ViewerShape) {
        self.scope = scope
        self.shape = shape
    }

    var resume: ResumeRequest { cursor.map { .after($0) } ?? .head }

    /// It asks, in a scope that may be another than last time.
    func asked(in stage: Stage, start: Int?, _ resume: ResumeRequest, _ limits: HubLimits) {
        self.start = start
        let isNew = self.stage !== stage
        self.stage = stage
        let head = stage.world.head
        if picture == nil, shape == .samples { picture = PictureChecker(world: stage.world, start: head) }
        if frames == nil, shape != .samples {
            frames = FramesChecker(
                world: stage.world, start: head, messageLimit: limits.frames.messageBytes, statusKey: "-")
        }
        // Without an id to go on from, or with one that means nothing, all begins anew.
        if isNew || start == nil {
            picture?.adopt(stage.world, start: head, mustReset: resume != .head)
            frames?.adopt(stage.world, start: head, statusKey: stage.scope.text.isEmpty ? "s" : "c")
        } else {
            frames?.resumes(at: start ?? 0)
        }
        picture?.reconnect()
        frames?.reconnect()
    }

    func isAnswered(_ id: ViewerID, _ simulation: Simulation) {
        guard let stage else { return }
        let hub = simulation.hub
        let hadAnswer = hub.hasAnswer(id)
        var text = ByteBuffer()
        simulation.watchTicks {
            hub.answer(id, into: &text, limit: simulation.random.pick([1, 300, .max]), now: simulation.now)
        }
        if !hadAnswer, !text.isEmpty { simulation.fail("an answer that hasAnswer did not know of") }
        simulation.note("answer to a poll", Array(text.readable))
        let delivered = hub.delivered(id) ?? 0
        simulation.departedOffered += delivered + (hub.conflated(id) ?? 0)
        simulation.departedDelivered += delivered
        simulation.departedConflated += hub.conflated(id) ?? 0
        simulation.count(text.isEmpty ? "polls without an answer" : "polls answered")
        let isCut = simulation.random.once(in: 3)
        let taken = isCut ? simulation.random.below(text.count + 1) : text.count
        let before = (picture?.delivered ?? 0) + (frames?.delivered ?? 0)
        let conflatedBefore = frames?.conflated ?? 0
        let bytes = UnsafeRawBufferPointer(rebasing: text.readable[..<taken])
        if let wrong = check(bytes, id, stage, simulation) {
            simulation.fail("poll of \(shape): \(wrong)")
        }
        let got = (picture?.delivered ?? 0) + (frames?.delivered ?? 0) - before
        if !isCut, got != delivered {
            simulation.fail("\(delivered) delivered to a poll of \(shape), should be \(got)")
        }
        let skipped = (frames?.conflated ?? 0) - conflatedBefore
        if !isCut, shape != .samples, skipped != hub.conflated(id) {
            let conflated = hub.conflated(id) ?? .max
            simulation.fail("\(conflated) conflated for a poll of \(shape), should be \(skipped)")
        }
        cursor = picture?.cursor ?? frames?.cursor ?? cursor
        if frames?.wholeThrough == nil, shape != .samples { cursor = nil }
    }

    private func check(
        _ bytes: UnsafeRawBufferPointer, _ id: ViewerID, _ stage: Stage, _ simulation: Simulation
    ) -> String? {
        guard case .frames(let rate) = shape else { return picture?.take(bytes) }
        var ticks = stage.ticks[rate] ?? [:]
        let isHeld = stage.hub(of: simulation.hub).map { hub in
            hub.find(id).map { hub.ticker.holds($0, at: rate) } ?? false
        }
        if isHeld == false, let start {
            var tick = TickSnapshot(of: stage.world)
            tick.frameAfter = start
            tick.clockSettings = frames?.knownClockSettings ?? 0
            ticks[stage.world.milliseconds(simulation.now)] = tick
        }
        return frames?.take(bytes, ticks, statuses: stage.statusCount)
    }
}
