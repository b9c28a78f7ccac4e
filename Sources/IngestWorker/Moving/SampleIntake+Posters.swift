import RelayWire
import Telemetry

/// Visitors who only post, where they go on at another worker.
extension SampleIntake {
    /// Takes up to `most` of them out of here; their `moved` has to follow, of the number they have there.
    mutating func takePosters(_ most: Int, as number: UInt64) -> MovedPosters {
        var moved = MovedPosters()
        while moved.posters.count < most, leases.first != SpeakerTable.none {
            let slot = leases.first
            leases.first = interner.table.next(after: slot)
            unsafe moved.posters.append(
                MovedPosters.Poster(
                    heardSeconds: interner.table.heardSeconds(of: slot),
                    id: Array(interner.table.id(of: slot))))
            queue.appendMoving(slot: slot, connection: number)
            interner.table.remove(slot)
            leases.count -= 1
        }
        leases.lastHeard = SpeakerTable.none
        return moved
    }

    /// Has those here whom another worker had under this number; who posts here already, and for whom there
    /// is no room, is not among them.
    mutating func adopt(_ moved: MovedPosters, number: UInt64, receivedNanoseconds: Int64) {
        for poster in moved.posters {
            unsafe poster.id.withUnsafeBytes { id in
                if let known = unsafe interner.table.find(connection: Self.leaseIndex, id: id) {
                    let heard = max(interner.table.heardSeconds(of: known), poster.heardSeconds)
                    return interner.table.noteHeard(known, atSeconds: heard)
                }
                guard Int(leases.count) < WorkerLimits.leases,
                    interner.table.count < RelayLimits.slotsPerChannel
                else { return }
                let slot = unsafe interner.table.add(connection: Self.leaseIndex, id: id, next: leases.first)
                leases.first = slot
                leases.count += 1
                interner.table.noteHeard(slot, atSeconds: poster.heardSeconds)
                unsafe queue.appendJoin(
                    slot: slot, connection: number, receivedNanoseconds: receivedNanoseconds, id: id,
                    isMoved: true)
            }
        }
    }
}
