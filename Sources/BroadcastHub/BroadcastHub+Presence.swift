import ByteCore
import PointerEvents

/// Who comes and goes. Nothing that a worker sends can harm anyone but its own visitors.
extension BroadcastHub {
    /// A worker's data channel opened; returns the number by which the other calls name it.
    ///
    /// A number is used again only after `closeChannel`.
    public func openChannel(pid: Int32) -> Int {
        channels.open(processID: pid)
    }

    /// A worker's data channel is at its end: everyone who spoke on it alone leaves. Who is in grace has no
    /// speaker, and keeps the time.
    public func closeChannel(_ channel: Int, now: Int64) {
        guard channels.isOpen(channel) else { return }
        for slot in 0..<channels.slotBound(of: channel) where !isFaulty(.closeForgotten) {
            let visitor = channels.visitor(channel: channel, slot: slot)
            if visitor < Visitor.refused {
                releaseClaim(channel: channel, slot: slot)
                lostSpeaker(visitor, now: now)
            }
        }
        endMoves(of: channel, now: now)
        channels.close(channel)
        crowdLook.renamed += texts.count
    }

    /// A connection began to speak for `id` (1 to 64 bytes of UTF-8), and its samples will name `slot`.
    ///
    /// A slot whose visitor has not left is taken over, as if the leave had come first; `overriddenJoins`
    /// counts. One who comes with a `claim` to a signed identity that is refused, and one who is not here yet
    /// where everyone who may be is, say nothing on this slot; the connection is to be closed.
    @discardableResult
    public func joined(
        channel: Int, slot: UInt32, id: UnsafeRawBufferPointer, claim: IdentityClaim? = nil, now: Int64
    ) -> JoinRefusal? {
        guard channels.isOpen(channel), !id.isEmpty, id.count <= PointerEvents.Limits.idBytes,
            UTF8Validator.isValid(id)
        else {
            counted.refusedJoins += 1
            return nil
        }
        let previous = channels.visitor(channel: channel, slot: slot)
        if previous < Visitor.refused {
            counted.overriddenJoins += 1
            releaseClaim(channel: channel, slot: slot)
        }
        defer {
            if previous < Visitor.refused, !isFaulty(.overrideForgotten) { lostSpeaker(previous, now: now) }
        }
        var claimed = ClaimTable.none
        if let claim {
            do throws(ClaimRefusal) {
                claimed = try redeem(id, claim)
            } catch {
                counted.refusedIdentities[error.rawValue] += 1
                _ = channels.setVisitor(channel: channel, slot: slot, to: Visitor.unidentified)
                return .claim(error)
            }
        }
        guard hasPlace(for: id, now: now) else {
            counted.refusedJoins += 1
            if claimed != ClaimTable.none { claims.release(claimed) }
            _ = channels.setVisitor(channel: channel, slot: slot, to: Visitor.refused)
            return .noPlace
        }
        let visitor = visitors.find(id) ?? insertVisitor(id) ?? Visitor.refused
        let isStored = channels.setVisitor(channel: channel, slot: slot, to: visitor)
        if !isStored || visitor == Visitor.refused {
            counted.refusedJoins += 1
            if claimed != ClaimTable.none { claims.release(claimed) }
            if visitor != Visitor.refused { reclaim(visitor) }
        } else {
            channels.setClaim(channel: channel, slot: slot, to: claimed)
            gainedSpeaker(visitor, channel: channel, now: now)
        }
        return nil
    }

    /// Whether somebody may be present: all who are here already, whatever comes, and others while there is
    /// room. One in grace goes for those who come, since nobody speaks for them.
    @inline(__always)
    private func hasPlace(for id: UnsafeRawBufferPointer, now: Int64) -> Bool {
        visitors.presentCount < limits.present || makesPlace(for: id, now: now)
    }

    @inline(never)
    private func makesPlace(for id: UnsafeRawBufferPointer, now: Int64) -> Bool {
        if let visitor = visitors.find(id), visitors.isPresent(visitor), !isFaulty(.presentTurnedAway) {
            return true
        }
        if isFaulty(.presentUnbounded) { return true }
        guard let first = grace.nextDue(now: .max) else { return false }
        endGrace(of: first)
        kill(first, now: now)
        return true
    }

    private func redeem(_ id: UnsafeRawBufferPointer, _ claim: IdentityClaim) throws(ClaimRefusal) -> UInt32 {
        do throws(ClaimRefusal) {
            return try claims.redeem(id, claim)
        } catch {
            if isFaulty(.oldStampTaken), error == .replayed { return ClaimTable.none }
            if isFaulty(.secondInstanceTaken), error == .inUse { return ClaimTable.none }
            throw error
        }
    }

    /// A slot speaks no more with the claim that it was joined with, if it was.
    private func releaseClaim(channel: Int, slot: UInt32) {
        let claim = channels.claim(channel: channel, slot: slot)
        guard claim != ClaimTable.none else { return }
        channels.setClaim(channel: channel, slot: slot, to: ClaimTable.none)
        if !isFaulty(.claimNotReleased) { claims.release(claim) }
    }

    /// One (channel, slot) pair more speaks for a visitor; the first one makes it present.
    private func gainedSpeaker(_ visitor: UInt32, channel: Int, now: Int64) {
        let entry = visitors[visitor]
        entry.pointee.speakers += 1
        entry.pointee.flags.remove(.unscoped)
        entry.pointee.processID = channels.processID(of: channel)
        if !entry.pointee.flags.contains(.present) {
            entry.pointee.orderN = ring.headN
            entry.pointee.sinceNanoseconds = now
            entry.pointee.rate = RateWindow()
            visitors.forgetSurroundings(of: visitor)
            visitors.link(visitor)
            counted.joins += 1
        } else {
            if entry.pointee.flags.contains(.inGrace) { returned(visitor) }
            // Who returns said where they are on another connection, too.
            entry.pointee.flags.insert(.several)
            for scope in scopes { scope.follow(visitor, processID: entry.pointee.processID) }
        }
    }

    private func returned(_ visitor: UInt32) {
        counted.returns += 1
        if isFaulty(.killsWhoReturned) { return }
        if isFaulty(.graceNotReset) {
            visitors[visitor].pointee.flags.remove(.inGrace)
            return
        }
        endGrace(of: visitor)
    }

    /// A slot's connection closed or stopped speaking for its visitor, who `mayReturn` where the page said
    /// that it is being left: then they stay present for the time of grace.
    public func left(channel: Int, slot: UInt32, mayReturn: Bool = false, now: Int64) {
        let visitor = channels.visitor(channel: channel, slot: slot)
        guard visitor != Visitor.none else {
            counted.unknownLeaves += 1
            return
        }
        releaseClaim(channel: channel, slot: slot)
        _ = channels.setVisitor(channel: channel, slot: slot, to: Visitor.none)
        if visitor < Visitor.refused { lostSpeaker(visitor, mayReturn: mayReturn, now: now) }
    }

    /// One (channel, slot) pair less speaks for a visitor; the last one kills, now or after the grace.
    func lostSpeaker(_ visitor: UInt32, mayReturn: Bool = false, now: Int64) {
        let entry = visitors[visitor]
        precondition(entry.pointee.speakers > 0)
        entry.pointee.speakers -= 1
        guard entry.pointee.speakers == 0, !isFaulty(.leaveForgotten) else { return }
        if mayReturn, limits.graceNanoseconds > 0, !isFaulty(.graceForgotten) {
            beginGrace(of: visitor, now: now)
        } else {
            kill(visitor, now: now)
        }
    }

    /// A visitor for whom nobody speaks has gone.
    func kill(_ visitor: UInt32, now: Int64) {
        let entry = visitors[visitor]
        // While still present: what a new segment drops may hold this visitor's kill of before.
        if ring.isHeadFull { startSegment() }
        if entry.pointee.flags.contains(.pinned) { unpin(visitor) }
        leaveHistories(visitor)
        visitors.unlink(visitor)
        ring.appendKill(visitor: visitor, now: now)
        #if DEBUG
            if isFaulty(.killBeforeLastSample) { ring.swapNewest() }
        #endif
        visitors.setKill(of: visitor, to: ring.headN)
        kills.append(n: ring.headN, id: visitors.id(of: visitor))
        counted.kills += 1
        if hasScopes { leftScopes(visitor, now: now) }
    }
}
