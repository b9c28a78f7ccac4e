/// Places for those whom a connection speaks for.
extension SampleInterner {
    /// Whether there is a place for another visitor of a connection; who posts has a bound of their own.
    func hasPlace(_ speakers: SpeakerList) -> Bool {
        speakers.isLeased
            || places.admits(another: Int(speakers.count), ceiling: Int(speakers.ceiling))
    }

    /// Gives the slots of a refused message back, newest first, so that they are given out again in the same
    /// order.
    @inline(never)
    mutating func takeBack(
        _ speakers: inout SpeakerList, to newest: UInt32, lastHeard: UInt32
    ) -> SampleIntake.Outcome {
        let isCrowded = speakers.count >= speakers.ceiling
        let isScarce = !isCrowded && !hasPlace(speakers)
        var isFull = table.count >= visitorLimit
        while speakers.first != newest {
            let slot = speakers.first
            speakers.first = table.next(after: slot)
            if !speakers.isLeased { places.removed(from: Int(speakers.count)) }
            speakers.count -= 1
            if fault != .keepsSlots { table.remove(slot) }
        }
        if fault != .keepsLastHeard { speakers.lastHeard = lastHeard }
        // Who posts less than usual because others have posted much is told of these.
        if isCrowded, speakers.isLeased, speakers.isScarce { isFull = true }
        if isFull {
            return .refused(closeCode: 1013, reason: "no room for more visitors; try again later")
        }
        if isScarce {
            return .refused(
                closeCode: 1013, reason: "no room for more visitors on one connection; try again later")
        }
        if isCrowded {
            return .refused(
                closeCode: 1008,
                reason: speakers.isLeased
                    ? "a body may bring at most 256 visitors who were not here"
                    : "a connection may speak for at most 256 ids")
        }
        return .refused(closeCode: 1008, reason: "this id belongs to a visitor with a token")
    }
}
