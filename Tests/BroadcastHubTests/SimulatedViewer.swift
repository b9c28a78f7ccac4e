import Glibc
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// A viewer of the simulation: takes what the hub gives, checks every byte, and reads it as a client does.
final class SimulatedViewer {
    private(set) var id: ViewerID
    let shape: ViewerShape
    private(set) var baseOrdinal: UInt64
    /// Takes everything as soon as there is something.
    let isPrompt: Bool
    /// What it sees, and whether it is shown the brief status.
    private(set) var stage: Stage
    let showsLess: Bool
    /// Bytes of the message that was at hand when its filter changed, and what it was of.
    private var restBytes = 0
    private var readStage: Stage
    /// Samples that the hub says were skipped before its filter changed, those for the keyframe at hand too.
    private var conflatedBefore: UInt64 = 0
    private var world: World { stage.world }
    /// The head's n when its filter changed.
    private var begins = 0
    private var model: SamplesModel
    private var picture: PictureChecker
    private var frames: FramesChecker

    init(
        id: ViewerID, shape: ViewerShape, stage: Stage, limits: HubLimits, start: Int?, resets: Bool,
        isPrompt: Bool, showsLess: Bool
    ) {
        let world = stage.world
        self.id = id
        self.shape = shape
        self.stage = stage
        readStage = stage
        self.showsLess = showsLess
        self.isPrompt = isPrompt
        baseOrdinal = world.ordinal(start ?? world.head)
        model = SamplesModel(
            world: world, rememberedKills: limits.rememberedKills, resume: start, resets: resets)
        picture = PictureChecker(world: world, start: start ?? world.head)
        frames = FramesChecker(
            world: world, start: start ?? world.head, messageLimit: limits.frames.messageBytes,
            statusKey: Self.statusKey(stage, showsLess))
    }

    private static func statusKey(_ stage: Stage, _ showsLess: Bool) -> Character {
        stage.scope.text.isEmpty ? showsLess ? "b" : "s" : "c"
    }

    /// Its filter has changed: it has another name, and so many bytes of the message at hand to come. Returns
    /// the samples that these deliver, which the hub says are `credit`; `conflated` are those skipped before.
    func refilter(
        _ id: ViewerID, _ stage: Stage, credit: UInt64, conflated: UInt64, rest: Int, _ simulation: Simulation
    ) -> UInt64 {
        self.id = id
        self.stage = stage
        var credit = credit
        if shape == .samples {
            if model.owedCredit != credit, !simulation.hub.isForfeited(id) {
                simulation.fail("\(credit) samples go along, should be \(model.owedCredit)")
            }
            credit = model.owedCredit
            model = model.goingOn(in: stage.world)
        }
        baseOrdinal = stage.world.ordinal(stage.world.head) &- credit
        begins = stage.world.head
        frames.countDeliveredAnew()
        conflatedBefore += conflated
        restBytes = rest
        if rest == 0, !simulation.hub.isForfeited(id), let wrong = adopt() {
            simulation.fail("viewer \(shape), with another filter: \(wrong)")
        }
        return credit
    }

    /// What it reads next is of the world in which it is. Returns what is wrong with the account before: a
    /// keyframe that began there has skipped what it skips there, though its first message ends only now.
    private func adopt() -> String? {
        let seen = frames.conflated
        let isWrong = shape != .samples && seen != conflatedBefore
        let wrong = isWrong ? "\(conflatedBefore) conflated before, should be \(seen)" : nil
        frames.countConflatedAnew()
        conflatedBefore = 0
        readStage = stage
        picture.adopt(stage.world, start: begins, mustReset: true)
        frames.adopt(stage.world, start: begins, statusKey: Self.statusKey(stage, showsLess))
        return wrong
    }

    /// Samples in whole messages that were taken.
    var delivered: UInt64 { shape == .samples ? model.delivered : frames.delivered }

    /// Samples skipped; nil where only the end of the message at hand tells.
    func conflated(_ hub: BroadcastHub) -> UInt64? {
        if shape == .samples { return model.conflated }
        let reader = stage.hub(of: hub)?.find(id)
        guard let reader, reader.isAtBoundary, !reader.isCarrying else { return nil }
        return frames.conflated
    }

    /// How often what was seen, by name.
    var seen: [(String, Int)] {
        [
            ("frame parts", frames.frames), ("unfinished frame parts", frames.unfinishedFrames),
            ("unfinished keyframe parts", frames.unfinishedKeyframes),
            ("terminators", frames.terminators), ("statuses", frames.statuses),
            ("resets seen", picture.resets),
        ]
    }

    func owesHeartbeat() { model.owesHeartbeat = true }

    /// Asks the hub once and takes some of what it gives; returns what is wrong.
    func read(_ simulation: Simulation, limit: Int, vectorCount: Int, takesAll: Bool = false) -> String? {
        let hub = simulation.hub
        let hadOutput = hub.hasOutput(id)
        var bytes: [UInt8] = []
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: vectorCount) { vectors in
            let size = hub.fillVectors(id, into: vectors, limit: limit)
            for vector in vectors[0..<size.vectorCount] {
                bytes += UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
            }
            if size.byteCount != bytes.count { simulation.fail("the size is not that of the vectors") }
        }
        if hub.isForfeited(id) { return bytes.isEmpty ? nil : "bytes for one who has lost its place" }
        simulation.note("bytes for a viewer", bytes)
        if bytes.count > limit { return "more bytes than asked for" }
        if !bytes.isEmpty, !hadOutput { return "output that hasOutput did not know of" }
        var count = bytes.count
        if !takesAll, count > 0 {
            switch simulation.random.below(4) {
            case 0: count = 1
            case 1: count = simulation.random.below(count + 1)
            default: break
            }
        }
        if shape == .samples {
            let ring = (stage.hub(of: hub)?.ring.firstN ?? 0, stage.hub(of: hub)?.ring.sealedN ?? 0)
            let pieces = model.pieces(firstN: Int(ring.0), sealedN: Int(ring.1))
            if let wrong = compare(bytes, with: pieces) { return wrong }
            model.take(count, of: pieces)
        }
        hub.took(id, bytes: count, now: simulation.now)
        if count > 0, hub.lastProgress(id) != simulation.now { return "no progress was noted" }
        let rest = min(restBytes, count)
        return bytes.withUnsafeBytes { all in
            let isChanging = restBytes > 0
            var wrong = check(UnsafeRawBufferPointer(rebasing: all[0..<rest]))
            restBytes -= rest
            if isChanging, restBytes == 0 {
                let wrongBefore = adopt()
                wrong = wrong ?? wrongBefore
            }
            return wrong ?? check(UnsafeRawBufferPointer(rebasing: all[rest..<count]))
        }
    }

    private func check(_ bytes: UnsafeRawBufferPointer) -> String? {
        switch shape {
        case .samples: picture.take(bytes)
        case .frames(let rate):
            frames.take(bytes, readStage.ticks[rate] ?? [:], statuses: readStage.statusCount)
        }
    }

    /// The bytes must be the beginning of what the model owes, and something where it owes something.
    private func compare(_ bytes: [UInt8], with pieces: [SamplesModel.Piece]) -> String? {
        var offset = 0
        if let wrong = compare(bytes, &offset, with: model.owed) { return wrong }
        for piece in pieces where offset < bytes.count {
            if let wrong = compare(bytes, &offset, with: piece.bytes) { return "\(piece.effect): \(wrong)" }
        }
        if offset < bytes.count { return "\(bytes.count - offset) bytes too many" }
        if bytes.isEmpty, !(model.owed.isEmpty && pieces.isEmpty) {
            return "nothing, where something is owed"
        }
        return nil
    }

    private func compare(_ bytes: [UInt8], _ offset: inout Int, with expected: [UInt8]) -> String? {
        let count = min(bytes.count - offset, expected.count)
        let isEqual = bytes.withUnsafeBytes { left in
            expected.withUnsafeBytes { right in
                count == 0 || memcmp(left.baseAddress! + offset, right.baseAddress!, count) == 0
            }
        }
        guard isEqual else {
            return "'\(String(decoding: bytes[offset..<(offset + count)], as: UTF8.self))', should be "
                + "'\(String(decoding: expected, as: UTF8.self))'"
        }
        offset += count
        return nil
    }

    /// What is wrong with a viewer that was given everything there is.
    func checkWhole(_ simulation: Simulation) -> String? {
        let pending = simulation.hub.pending(id)
        guard pending == 0 else { return "\(pending ?? 0) samples are pending" }
        switch shape {
        case .samples: return picture.checkWhole()
        case .frames:
            guard frames.wholeThrough == world.head else {
                return "whole through \(frames.wholeThrough ?? -1) of \(world.head)"
            }
            let conflated = simulation.hub.conflated(id) ?? .max
            guard conflated == frames.conflated else {
                return "\(conflated) conflated, should be \(frames.conflated)"
            }
            return nil
        }
    }
}
