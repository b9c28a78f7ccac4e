import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

/// What one connection may have of what is all connections'.
extension IngestWorker {
    /// Leaves of what one read brought the newest move of each visitor, and all that is no move.
    @inline(never)
    mutating func conflate() {
        let before = intake.queue.foldedCount
        intake.queue.foldSinceMark()
        budget.giveBack(Int(intake.queue.foldedCount - before))
        counters.add(.readsConflated)
    }

    /// Ends a connection, which the master has no place for a visitor of.
    mutating func turnAway(_ slot: UInt32, of number: UInt64) {
        guard let index = intake.interner.table.connectionInUse(of: slot) else { return }
        if number == intake.leases.connection {
            // Who posts is told nothing by then: they go with the next look, and are asked for again.
            return intake.interner.table.noteHeard(slot, atSeconds: 0)
        }
        guard let found = unsafe connections.at(Int(index)), unsafe found.element.pointee.number == number,
            unsafe found.element.pointee.phase == .open
        else { return }
        let token = unsafe Token(kind: Kind.connection, index: index, generation: found.generation)
        refuse(token, .tryAgainLater, "no room for more visitors; try again later")
    }
}
