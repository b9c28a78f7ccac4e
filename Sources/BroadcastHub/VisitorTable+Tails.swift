import PointerEvents

/// What visitors say in tails.
extension VisitorTable {
    /// Keeps what a sample's tail, which names the hub's texts, says beside what holds of those before.
    mutating func keep(_ tail: SampleTail, of index: UInt32) {
        let kept = tails + Int(index)
        guard self[index].pointee.flags.contains(.hasTail) else {
            kept.initialize(to: tail)
            self[index].pointee.flags.insert(.hasTail)
            return
        }
        var newer = tail
        newer.takeSurroundings(from: kept.pointee)
        kept.pointee = newer
    }

    /// Forgets the name that a visitor said: another one was said, for which there was no room.
    mutating func dropName(of index: UInt32) {
        guard self[index].pointee.flags.contains(.hasTail) else { return }
        tails[Int(index)].fields.remove(.name)
    }

    /// The tail of a visitor's newest sample with what holds beside it, be it that it `hasOwn` or none; nil
    /// where there is nothing to say.
    func filledTail(of index: UInt32, hasOwn: Bool) -> SampleTail? {
        guard self[index].pointee.flags.contains(.hasTail) else { return nil }
        var tail = tails[Int(index)]
        // Of a click before.
        if !hasOwn { tail.fields.remove(.element) }
        return tail.fields.isEmpty ? nil : tail
    }

    /// The name that holds for a visitor, by the hub's number; nil where none was said.
    func name(of index: UInt32) -> UInt32? {
        guard self[index].pointee.flags.contains(.hasTail), tails[Int(index)].fields.contains(.name) else {
            return nil
        }
        return tails[Int(index)].name
    }
}
