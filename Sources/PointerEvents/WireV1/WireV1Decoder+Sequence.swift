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
            next.lateCount = 0
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
            noteLate(sequence)
            return fault == .takesDuplicates
        }
        next.lateCount = 0
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

    /// Passes over a message that came before, or too late.
    ///
    /// Two in a row may as well be the first ones behind a gap that is longer than the number can say. A sync
    /// settles it, which has to come before the numbers are round and what follows looks right; it may be
    /// lost as well, so that it is asked for again when they have doubled.
    private mutating func noteLate(_ sequence: UInt8) {
        notes.isDuplicate = true
        let isNext = next.lateCount > 0 && sequence == next.lateNumber &+ 1
        next.lateCount = isNext ? next.lateCount &+ 1 : 1
        next.lateNumber = sequence
        let isToBeAsked = next.lateCount >= 2 && next.lateCount & (next.lateCount &- 1) == 0
        notes.needsResync =
            isToBeAsked && !next.flags.contains(.saidBye) && fault != .trustsLateNumbers
    }

    /// How many messages right in front of this sync, behind which messages are missing, looked late and were
    /// not: the gap lies in front of them. One that is like the last that was heard is that one again.
    private func lateInGap(before sequence: UInt8) -> UInt64 {
        let late = UInt64(next.lateCount)
        let isAgain = late == 1 && next.lateNumber == UInt8(truncatingIfNeeded: next.number)
        guard next.lateNumber == sequence &- 1, notes.missing >= late + 128, !isAgain else { return 0 }
        return fault == .countsLateOnesTwice ? 0 : late
    }

    /// Reads a sync, the first record of its message: it says the message's full number, so that a gap of 256
    /// messages is seen as well, and where everything stands, so that what was missed does no harm.
    private mutating func takeSync(
        _ sequence: UInt8, _ reader: inout WireV1Reader
    ) throws(WireV1Fault) -> Bool {
        _ = try reader.byte()
        let number = try reader.unsigned()
        guard UInt8(truncatingIfNeeded: number) == sequence else { throw .numberDiffers }
        let clock: Int64
        if number > next.number {
            if next.flags.contains(.saidBye) { throw .afterBye }
            notes.missing = number - next.number - 1
            notes.missing -= lateInGap(before: sequence)
            clock = try reader.clock()
        } else {
            // What came far too late looked like a gap, if all that came behind it has looked late since.
            let isMisled = next.flags.contains(.awaitsSync) && next.lateCount >= 2
            guard isMisled, next.lateNumber == sequence &- 1, fault != .staysMisled else {
                notes.isDuplicate = true
                return false
            }
            clock = try reader.clock()
            guard clock > next.clock else {
                notes.isDuplicate = true
                return false
            }
        }
        next.lateCount = 0
        next.number = number
        next.clock = clock
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
