import ByteCore
import PointerEvents
import SSEWire

/// The frames shape: what a tick makes, and how its viewers take it.
///
/// Ticks of one rate have a sequence; only those at which something had happened count. A viewer that has had
/// tick s - 1 whole gets the frame of s; everyone else gets the keyframe of s, and the samples between are
/// skipped.
extension BroadcastHub {
    /// A new viewer is to have its keyframe at once, or as soon as the next may be made.
    func bringForward(_ group: RateGroup, now: Int64) {
        if group.viewerCount == 1 { group.dueAt = now + group.rate.periodNanoseconds }
        if group.sequence != 0, group.n == ring.headN { return tickAgain(group, now: now) }
        let canHaveOne = now >= nextKeyframeAt || sharedKeyframe(now: now) != nil
        group.dueAt = min(group.dueAt, canHaveOne ? now : nextKeyframeAt)
        if group.dueAt <= now { tick(group, now: now) }
    }

    /// Ends the tick of one rate: makes what its viewers need of it, and lets go of the tick before.
    func tick(_ group: RateGroup, now: Int64) {
        let period = group.rate.periodNanoseconds
        group.dueAt = now - group.dueAt < period ? group.dueAt + period : now + period
        if group.sequence != 0, group.n == ring.headN {
            tickAgain(group, now: now)
            return
        }
        // Whatever was told up to now belongs to this tick.
        ring.seal()
        var needsFrame = false
        var needsKeyframe = false
        forEachViewer(of: group) { viewer in
            leaveTick(viewer)
            let reads = viewer.tick.reading.map { $0.sequence == group.sequence } ?? false
            if group.sequence != 0, reads || viewer.tick.hadSequence == group.sequence { needsFrame = true }
            if viewer.tick.wantsKeyframe { needsKeyframe = true }
        }
        let previousN = group.n
        group.previousSequence = group.sequence
        group.sequence = ring.headN + 1
        group.n = ring.headN
        group.frame = nil
        group.keyframe = nil
        if needsFrame {
            group.frame = composeFrame(group, after: previousN, now: now)
            if group.frame == nil { needsKeyframe = true }
        }
        if needsKeyframe { giveKeyframe(group, now: now) }
        releaseHeldKeyframes()
        #if DEBUG
            if fault == .keyframeMissed { pretendNobodyMissed(group) }
        #endif
    }

    /// A tick at which nothing happened since the last one: there may still be someone who came since.
    private func tickAgain(_ group: RateGroup, now: Int64) {
        var needsKeyframe = false
        forEachViewer(of: group) { viewer in
            if viewer.tick.wantsKeyframe { needsKeyframe = true }
        }
        guard needsKeyframe else { return }
        giveKeyframe(group, now: now)
        releaseHeldKeyframes()
    }

    private func forEachViewer(of group: RateGroup, _ body: (Viewer) -> Void) {
        forEachViewer { viewer in
            if viewer.shape == .frames(group.rate) { body(viewer) }
        }
    }

    /// Gives a rate that has just ticked the keyframe of its tick: one that another rate has of the same n,
    /// or a new one; or it ticks again when the next may be made.
    private func giveKeyframe(_ group: RateGroup, now: Int64) {
        guard let keyframe = sharedKeyframe(now: now) ?? newKeyframe(group, now: now) else {
            group.dueAt = min(group.dueAt, nextKeyframeAt)
            return
        }
        group.keyframe = keyframe
        forEachViewer(of: group) { $0.tick.wantsKeyframe = false }
    }

    /// The keyframe of the head, where there is one; one made long ago shows rates that are no longer true.
    private func sharedKeyframe(now: Int64) -> TickText? {
        guard now < nextKeyframeAt else { return nil }
        return groups.first { group in
            guard let keyframe = group.keyframe else { return false }
            return keyframe.n == ring.headN || isFaulty(.keyframeOfAnotherMoment)
        }?.keyframe
    }

    private func newKeyframe(_ group: RateGroup, now: Int64) -> TickText? {
        guard now >= nextKeyframeAt else { return nil }
        let perVisitor = limits.keyframeGapPerVisitorNanoseconds
        nextKeyframeAt =
            now + max(limits.keyframeGapNanoseconds, Int64(visitors.presentCount) * perVisitor)
        return composeKeyframe(group, now: now)
    }

    /// The tick that a viewer is in the middle of is about to be replaced. Of a frame only the message at
    /// hand is kept; a keyframe is held until it is through, as one that takes longer than a tick would else
    /// never be.
    private func leaveTick(_ viewer: Viewer) {
        guard let text = viewer.tick.reading else { return }
        let isWithinLastPart = viewer.tick.part + 1 == text.parts.count && viewer.partial > 0
        if text.isKeyframe, !isWithinLastPart { return }
        breakOff(viewer, text)
    }

    /// Ends the reading of a tick; the rest of the message at hand is kept for the viewer.
    private func breakOff(_ viewer: Viewer, _ text: TickText) {
        if viewer.partial > 0 {
            let part = text.parts[viewer.tick.part]
            let start = text.start(of: viewer.tick.part) + viewer.partial
            let rest = UnsafeRawBufferPointer(rebasing: text.text.readable[start..<part.end])
            carry(rest, ofPart: viewer.tick.part, of: text, for: viewer)
            viewer.carryCredit = part.samples
            viewer.position = part.n
            viewer.tick.part += 1
            viewer.partial = 0
        }
        let isComplete = viewer.tick.part == text.parts.count
        viewer.tick.hadSequence = isComplete ? text.sequence : 0
        if text.isKeyframe {
            if isComplete { viewer.tick.isStarted = true } else { viewer.tick.owesTerminator = true }
        }
        viewer.tick.reading = nil
    }

    /// Breaks off the oldest keyframes that viewers are in the middle of while they take too much memory.
    private func releaseHeldKeyframes() {
        while true {
            var held: [TickText] = []
            forEachViewer { viewer in
                guard let text = viewer.tick.reading, !isCurrent(text, viewer) else { return }
                if !held.contains(where: { $0 === text }) { held.append(text) }
            }
            let bytes = held.reduce(0) { $0 + $1.bytes }
            guard bytes > limits.heldKeyframeBytes, let oldest = held.min(by: { $0.n < $1.n }) else { return }
            forEachViewer { viewer in
                if viewer.tick.reading === oldest {
                    counted.interruptedKeyframes += 1
                    breakOff(viewer, oldest)
                }
            }
        }
    }

    private func isCurrent(_ text: TickText, _ viewer: Viewer) -> Bool {
        guard case .frames(let rate) = viewer.shape else { return false }
        return groups[rate.index].keyframe === text || groups[rate.index].frame === text
    }

    /// Makes what a frames viewer must be told before its next tick, and notes that it needs a keyframe.
    func fillFramesScratch(_ viewer: Viewer, _ group: RateGroup) {
        guard viewer.tick.reading == nil, viewer.tick.hadSequence != group.sequence else { return }
        guard let text = group.next(for: viewer) else {
            viewer.tick.wantsKeyframe = true
            return
        }
        if text.isKeyframe, viewer.tick.owesTerminator, !isFaulty(.terminatorForgotten) {
            // A keyframe that broke off would have the next one added to it: end it with an empty last part.
            scratch.appendMessageHead(boot: boot, n: viewer.position, event: "keyframe")
            scratch.append("{\"at\":")
            scratch.appendDecimal(text.atMilliseconds)
            scratch.append(",\"visitors\":[]}\n\n")
            mark(.terminator)
        }
    }

    /// The kernel took `bytes` of the tick's text.
    func tookFromTick(_ viewer: Viewer, _ group: RateGroup, _ bytes: Int) {
        guard let text = group.next(for: viewer) else { return }
        if viewer.tick.reading == nil {
            viewer.tick.reading = text
            viewer.tick.part = 0
            if text.isKeyframe { conflate(viewer, throughOrdinal: text.ordinal) }
        }
        var rest = bytes
        while rest > 0, viewer.tick.part < text.parts.count {
            let part = text.parts[viewer.tick.part]
            let left = part.end - text.start(of: viewer.tick.part) - viewer.partial
            if rest < left {
                viewer.partial += rest
                return
            }
            rest -= left
            viewer.partial = 0
            viewer.tick.part += 1
            viewer.position = part.n
            deliver(part.samples, to: viewer)
        }
        if viewer.tick.part == text.parts.count {
            viewer.tick.reading = nil
            viewer.tick.hadSequence = text.sequence
            viewer.tick.isStarted = true
        }
    }
}
