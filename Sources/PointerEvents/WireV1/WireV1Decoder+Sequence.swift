extension WireV1Decoder {
    /// Reads a message's number, and says whether its records are to be taken: not where it came before, and
    /// not behind a gap until a sync comes.
    @inline(__always)
    mutating func isToBeTaken(_ reader: inout WireV1Reader) throws(WireV1Fault) -> Bool {
        let sequence = try reader.byte()
        let isNext = sequence == UInt8(truncatingIfNeeded: next.number &+ 1)
        let isUsual = next.flags.isDisjoint(with: [.awaitsSync, .saidBye]) && next.flags.contains(.begun)
        if isNext, isUsual, reader.next != WireV1Record.sync.rawValue {
            next.number &+= 1
            return true
        }
        return try isToBeTaken(sequence, &reader)
    }

    @inline(never)
    private mutating func isToBeTaken(
        _ sequence: UInt8, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        guard next.flags.contains(.begun) else {
            try WireV1Hello.expectFirst(sequence, &reader)
            try decodeHello(&reader)
            return true
        }
        if reader.next == WireV1Record.sync.rawValue { return try takeSync(sequence, &reader) }
        // 0 for the next one, up to 127 for one that comes too early.
        let early = sequence &- UInt8(truncatingIfNeeded: next.number &+ 1)
        guard early < 128 else {
            notes.isDuplicate = true
            return fault == .takesDuplicates
        }
        if next.flags.contains(.saidBye) { throw .afterBye }
        next.number &+= UInt64(early) &+ 1
        if early > 0 {
            notes.missing = UInt64(early)
            notes.needsResync = true
            next.flags.insert(.awaitsSync)
        }
        guard next.flags.contains(.awaitsSync) else { return true }
        if fault == .asksTwice { notes.needsResync = true }
        notes.isUnreadable = true
        return fault == .takesBehindGap
    }

    /// Reads a sync, the first record of its message: it says the message's full number, so that a gap of 256
    /// messages is seen as well, and where everything stands, so that what was missed does no harm.
    private mutating func takeSync(
        _ sequence: UInt8, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        _ = try reader.byte()
        let number = try reader.unsigned()
        guard UInt8(truncatingIfNeeded: number) == sequence else { throw .numberDiffers }
        guard number > next.number else {
            notes.isDuplicate = true
            return false
        }
        if next.flags.contains(.saidBye) { throw .afterBye }
        notes.missing = number - next.number - 1
        next.number = number
        next.clock = try reader.clock()
        next.x = try reader.position()
        next.y = try reader.position()
        let (oldX, oldY) = (next.scrollX, next.scrollY)
        next.scrollX = try reader.position()
        next.scrollY = try reader.position()
        if oldX != next.scrollX || oldY != next.scrollY { next.flags.insert(.scrollUnsaid) }
        next.beat = WireV1Compact.firstBeat
        next.flags.remove(.awaitsSync)
        return true
    }
}
