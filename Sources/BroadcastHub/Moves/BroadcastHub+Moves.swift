import ByteCore
import PointerEvents

/// Connections that move from one worker to another, which nobody is told: their visitors neither leave nor
/// come, and keep all that is known of them.
extension BroadcastHub {
    /// A slot speaks no more for its visitor, since its connection goes on elsewhere; `moved` has to follow.
    public func moving(channel: Int, slot: UInt32, connection: UInt64, now: Int64) {
        let visitor = channels.visitor(channel: channel, slot: slot)
        guard visitor < Visitor.refused, moves.isOpen(connection, to: channel),
            moves.speakerCount < limits.slotsPerChannel, !isFaulty(.moveTold)
        else { return left(channel: channel, slot: slot, now: now) }
        let speaker = MoveTable.Speaker(
            visitor: visitor, claim: channels.claim(channel: channel, slot: slot),
            page: channels.slotPage(channel: channel, slot: slot))
        channels.setClaim(channel: channel, slot: slot, to: ClaimTable.none)
        _ = channels.setVisitor(channel: channel, slot: slot, to: Visitor.none)
        moves.add(speaker, to: connection, channel: channel)
    }

    /// A connection that was moving has left its channel, and is in nobody's hands but the hub's owner's.
    public func moved(connection: UInt64, from channel: Int) {
        moves.pass(connection, from: channel, to: nil)
    }

    /// A connection that has left its channel is another one's, whose joins follow.
    public func adopted(connection: UInt64, by channel: Int) {
        guard channels.isOpen(channel) else { return }
        moves.pass(connection, from: nil, to: channel)
    }

    /// A connection that was adopted speaks for `id`, as before, by `slot`. Where it did not, this is a join
    /// as any other, and what that returns.
    public func joined(
        channel: Int, slot: UInt32, id: UnsafeRawBufferPointer, movedWith connection: UInt64, now: Int64
    ) -> JoinRefusal? {
        let speaker = moves.take(connection, of: channel) { visitors.id(of: $0.visitor).elementsEqual(id) }
        guard let speaker, !isFaulty(.movedJoinsAgain) else {
            return joined(channel: channel, slot: slot, id: id, now: now)
        }
        let previous = channels.visitor(channel: channel, slot: slot)
        if previous < Visitor.refused {
            counted.overriddenJoins += 1
            left(channel: channel, slot: slot, now: now)
        }
        guard channels.setVisitor(channel: channel, slot: slot, to: speaker.visitor) else {
            counted.refusedJoins += 1
            end(speaker, now: now)
            return nil
        }
        channels.setClaim(channel: channel, slot: slot, to: speaker.claim)
        if speaker.page != PageTable.none, !isFaulty(.movePageForgotten) {
            channels.setSlotPage(channel: channel, slot: slot, to: speaker.page)
        }
        let processID = channels.processID(of: channel)
        visitors[speaker.visitor].pointee.processID = processID
        for scope in scopes { scope.follow(speaker.visitor, processID: processID) }
        return nil
    }

    /// A connection is over: whoever it spoke for, and was still moving, has left.
    public func connectionEnded(_ connection: UInt64, now: Int64) {
        guard !moves.isEmpty else { return }
        for speaker in moves.end(connection) where !isFaulty(.moveNeverEnds) { end(speaker, now: now) }
    }

    /// A channel is at its end, and with it the moves that are its own.
    func endMoves(of channel: Int, now: Int64) {
        guard !moves.isEmpty, !isFaulty(.moveOutlivesChannel) else { return }
        for connection in moves.connections(of: channel) { connectionEnded(connection, now: now) }
    }

    private func end(_ speaker: MoveTable.Speaker, now: Int64) {
        if speaker.claim != ClaimTable.none { claims.release(speaker.claim) }
        lostSpeaker(speaker.visitor, now: now)
    }
}
