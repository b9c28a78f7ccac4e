import RelayWire

/// Whom a connection speaks for, where it goes on at another worker.
extension SampleInterner {
    /// Their ids, newest first, and the place of who was heard last.
    func ids(of speakers: SpeakerList) -> (ids: [[UInt8]], lastHeard: UInt16) {
        var ids: [[UInt8]] = []
        var lastHeard = MovedConnection.nobody
        var slot = speakers.first
        while slot != SpeakerTable.none {
            if slot == speakers.lastHeard { lastHeard = UInt16(ids.count) }
            unsafe ids.append(Array(table.id(of: slot)))
            slot = table.next(after: slot)
        }
        return (ids, lastHeard)
    }

    /// Lets go of everyone, who goes on elsewhere; the connection's `moved` has to follow.
    mutating func move(_ speakers: inout SpeakerList, into queue: inout RelayQueue) {
        while speakers.first != SpeakerTable.none {
            let slot = speakers.first
            speakers.first = table.next(after: slot)
            queue.appendMoving(slot: slot, connection: speakers.connection)
            table.remove(slot)
            places.removed(from: Int(speakers.count))
            speakers.count -= 1
        }
        speakers.lastHeard = SpeakerTable.none
    }

    /// Speaks on for those of a connection that another worker had; false, and for nobody, where there are no
    /// slots. Who was here goes before who may come, so that the limits of those who come are not asked.
    mutating func adopt(
        _ ids: [[UInt8]], lastHeard: UInt16, _ speakers: inout SpeakerList, index: UInt32,
        receivedNanoseconds: Int64, isMoved: Bool = true, into queue: inout RelayQueue
    ) -> Bool {
        guard table.count + ids.count <= RelayLimits.slotsPerChannel else { return false }
        for place in ids.indices.reversed() {
            unsafe ids[place].withUnsafeBytes { id in
                let slot = unsafe table.add(connection: index, id: id, next: speakers.first)
                speakers.first = slot
                places.added(to: Int(speakers.count))
                speakers.count += 1
                if place == Int(lastHeard) { speakers.lastHeard = slot }
                unsafe queue.appendJoin(
                    slot: slot, connection: speakers.connection, receivedNanoseconds: receivedNanoseconds,
                    id: id, isMoved: isMoved)
            }
        }
        return true
    }
}
