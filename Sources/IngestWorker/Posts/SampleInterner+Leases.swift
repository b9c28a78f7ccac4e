import RelayWire

/// Who stays for a while after each word.
extension SampleInterner {
    /// Notes that everybody of the message that was taken last, of so many samples, was heard.
    func noteHeard(_ count: Int, atSeconds seconds: UInt32) {
        for position in 0..<count { table.noteHeard(unsafe slots[position], atSeconds: seconds) }
    }

    /// Ends those who were heard last before `earliest`, in seconds of the worker's clock.
    mutating func leave(
        _ speakers: inout SpeakerList, notHeardSince earliest: UInt32, into queue: inout RelayQueue
    ) {
        var previous = SpeakerTable.none
        var slot = speakers.first
        while slot != SpeakerTable.none {
            let next = table.next(after: slot)
            if table.heardSeconds(of: slot) >= earliest {
                previous = slot
            } else {
                queue.appendLeave(slot: slot, connection: speakers.connection)
                table.remove(slot)
                if previous == SpeakerTable.none {
                    speakers.first = next
                } else {
                    table.setNext(after: previous, to: next)
                }
                if speakers.lastHeard == slot { speakers.lastHeard = SpeakerTable.none }
                speakers.count -= 1
            }
            slot = next
        }
    }
}
