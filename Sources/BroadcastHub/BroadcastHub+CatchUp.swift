import ByteCore
import FramesShape
import PointerEvents
import SSEWire

/// What a viewer of the default shape gets off the ring.
///
/// A catch-up sends, in order of n and under their own ids, the kills after the viewer's `position` and the
/// newest sample of each visitor present whose n is after it, up to where the head stood when it began
/// (`until`), with the surroundings that hold for it; then the viewer reads the ring from there. Text is
/// made as it is taken, so a visitor who moves on meanwhile drops out of the catch-up and comes with the
/// ring: nothing is sent twice. That sample takes the surroundings along for everyone (`received`), since
/// who missed the one that told them has no other.
///
/// A reset sends `event: reset` and then the newest sample of everyone present. Its own id is `<boot>-0`,
/// before everything: who reconnects after the reset message alone begins anew, and who reconnects after some
/// of the samples has, with the ring from there, everything. (An id of the head would lose the samples not
/// yet sent.)
extension BroadcastHub {
    /// Room that one message may take in the scratch: the longest sample, with every character escaped.
    static let longestMessageBytes = 4_096

    /// Begins a catch-up at the viewer's position, or a reset; `advanceCatchUp` must follow.
    func beginCatchUp(_ viewer: Viewer, isReset: Bool) {
        if isReset {
            counted.resets += 1
            ledger.conflate(viewer, throughOrdinal: ring.headOrdinal)
            viewer.position = 0
        } else {
            counted.catchUps += 1
        }
        // From the newest back: whoever falls off the ring has missed most of those who move at all.
        var first = Visitor.none
        var visitor = visitors.newest
        while visitor != Visitor.none, visitors[visitor].pointee.orderN > viewer.position,
            !(isReset && isFaulty(.resetWithoutSamples))
        {
            first = visitor
            visitor = visitors.previous(of: visitor)
        }
        let killsLeft =
            isReset || isFaulty(.catchUpSkipsKills)
            ? 0 : kills.count - kills.firstIndex(after: viewer.position)
        var catchUp = CatchUp(
            until: ring.headN, untilOrdinal: ring.headOrdinal, killsLeft: killsLeft, isReset: isReset,
            owesResetMessage: isReset)
        if case .catchingUp(let before) = viewer.progress {
            catchUp.pin = before.pin
        } else {
            catchUpCount += 1
        }
        catchUpUntil = catchUp.until
        pin(&catchUp, at: first)
        viewer.progress = .catchingUp(catchUp)
    }

    /// Moves a catch-up past what need not be sent, and ends it when nothing is left. Where a kill that it
    /// was still to send has been forgotten, only a reset can make the picture true.
    func advanceCatchUp(_ viewer: Viewer) {
        guard case .catchingUp(var catchUp) = viewer.progress else { return }
        let hasLostKills = catchUp.killsLeft > 0 && kills.forgottenThrough > viewer.position
        if hasLostKills, !isFaulty(.forgottenKillsIgnored) {
            beginCatchUp(viewer, isReset: true)
            return
        }
        let place = place(of: catchUp)
        let first = firstToSend(from: place, after: viewer.position, until: catchUp.until)
        if first != place { pin(&catchUp, at: first) }
        viewer.progress = .catchingUp(catchUp)
        if first == Visitor.none, catchUp.killsLeft == 0, !catchUp.owesResetMessage {
            endCatchUp(viewer)
            viewer.position = isFaulty(.catchUpRepeats) ? max(catchUp.until, 1) - 1 : catchUp.until
            if !isFaulty(.conflatedForgotten) {
                ledger.conflate(viewer, throughOrdinal: catchUp.untilOrdinal)
            }
        }
    }

    /// Lets go of what a catch-up holds, if there is one.
    func endCatchUp(_ viewer: Viewer) {
        guard case .catchingUp(var catchUp) = viewer.progress else { return }
        pin(&catchUp, at: Visitor.none)
        viewer.progress = .following
        catchUpCount -= 1
        if catchUpCount == 0 { catchUpUntil = 0 }
    }

    /// The visitor at whom a catch-up stands, or `Visitor.none` where none is left for it.
    func place(of catchUp: CatchUp) -> UInt32 {
        catchUp.pin == CatchUpPins.none ? Visitor.none : pins.visitor(of: catchUp.pin)
    }

    /// Puts a catch-up at `visitor`, or at nobody where that is `Visitor.none`.
    func pin(_ catchUp: inout CatchUp, at visitor: UInt32) {
        let before = catchUp.pin
        catchUp.pin = CatchUpPins.none
        if visitor != Visitor.none {
            catchUp.pin = pins.hold(at: visitor)
            visitors[visitor].pointee.flags.insert(.pinned)
        }
        guard before != CatchUpPins.none else { return }
        let left = isFaulty(.pinLeftBehind) ? Visitor.none : pins.release(before)
        if left != Visitor.none { visitors[left].pointee.flags.remove(.pinned) }
    }

    /// The first visitor from `start` on whose newest sample lies after `position` and not after `until`.
    private func firstToSend(from start: UInt32, after position: UInt64, until: UInt64) -> UInt32 {
        var visitor = start
        while visitor != Visitor.none {
            let entry = visitors[visitor]
            if entry.pointee.orderN > until { return Visitor.none }
            if entry.pointee.orderN > position, entry.pointee.flags.contains(.hasSample) { return visitor }
            visitor = visitors.next(of: visitor)
        }
        return Visitor.none
    }

    /// Makes the next messages of a catch-up, as many as the scratch holds.
    func fillCatchUp(_ viewer: Viewer, _ catchUp: CatchUp, limit: Int) {
        if catchUp.owesResetMessage {
            scratch.appendMessageHead(boot: boot, n: 0, event: "reset")
            scratch.append("{\"n\":")
            scratch.appendDecimal(catchUp.until)
            scratch.append("}\n\n")
            mark(.reset)
        }
        var position = viewer.position
        var visitor = place(of: catchUp)
        var kill = kills.firstIndex(after: position)
        var killsLeft = catchUp.killsLeft
        let fullAt = max(min(limits.scratchBytes - Self.longestMessageBytes, limit), 1)
        while scratch.count < fullAt {
            visitor = firstToSend(from: visitor, after: position, until: catchUp.until)
            let sampleN = visitor == Visitor.none ? UInt64.max : visitors[visitor].pointee.orderN
            let killN = killsLeft == 0 ? UInt64.max : kills.n(at: kill)
            if sampleN == .max, killN == .max { return }
            if killN < sampleN {
                scratch.appendMessageHead(boot: boot, n: killN, event: nil)
                scratch.append("{\"kill\":")
                scratch.appendJSONString(kills.id(at: kill))
                scratch.append("}\n\n")
                mark(.kill(n: killN))
                kill += 1
                killsLeft -= 1
                position = killN
            } else {
                appendNewest(of: visitor, n: sampleN)
                mark(.sample(n: sampleN))
                position = sampleN
            }
        }
    }

    /// Appends a visitor's newest sample under its own id. The viewer may have missed the one that named page
    /// and viewport, so both are filled in as in a keyframe.
    private func appendNewest(of visitor: UInt32, n: UInt64) {
        var (sample, tail) = filledNewest(of: visitor)
        if isFaulty(.surroundingsForgotten) { sample = newest(of: visitor) }
        if isFaulty(.tailNotCaughtUp) { tail = SampleTail() }
        scratch.appendMessageHead(boot: boot, n: n, event: nil)
        scratch.appendSampleJSON(
            sample, tail: tail, idPrefix: visitors.prefix(of: visitor), page: pages.json(sample.page),
            name: texts.names.json(tail.name), element: texts.elements.json(tail.element))
        scratch.append("\n\n")
    }

    func settleReset(_ viewer: Viewer) {
        guard case .catchingUp(var catchUp) = viewer.progress else { return }
        catchUp.owesResetMessage = false
        viewer.progress = .catchingUp(catchUp)
    }

    func settleKill(_ viewer: Viewer, _ n: UInt64) {
        guard case .catchingUp(var catchUp) = viewer.progress else { return }
        catchUp.killsLeft -= 1
        viewer.progress = .catchingUp(catchUp)
        viewer.position = n
    }

    func settleSample(_ viewer: Viewer, _ n: UInt64) -> UInt64 {
        guard case .catchingUp(let catchUp) = viewer.progress else { return 0 }
        viewer.position = n
        // The samples after a reset are not counted.
        return catchUp.isReset ? 0 : 1
    }

    /// Moves catch-ups on from a visitor who is about to change place in the list.
    @inline(never)
    func unpin(_ visitor: UInt32) {
        visitors[visitor].pointee.flags.remove(.pinned)
        guard !isFaulty(.pinNotMoved) else { return }
        let next = visitors.next(of: visitor)
        pins.move(from: visitor, to: next, joins: !isFaulty(.pinsNotJoined))
        if next != Visitor.none { visitors[next].pointee.flags.insert(.pinned) }
    }
}
