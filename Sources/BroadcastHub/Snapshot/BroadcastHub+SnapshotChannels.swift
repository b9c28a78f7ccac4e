import ByteCore
import FramesShape

/// Data channels in a snapshot, by number, those that are closed included.
///
/// ```
///  [ "CHAN" ][ channels u32 ]  n x [ is open u8 ][ process i32 ]
///      [ slots u32 ]         n x [ visitor's entry u32 ]     all ones: nobody; less 1, less 2: refused
///      [ slots u32 ]         n x [ page it named last u32 ]  all ones: none
///      [ page numbers u32 ]  n x [ the hub's page u32 ]      all ones: none
///      [ name numbers u32 ]  n x [ the hub's name u32 ]
///      [ element numbers u32 ]  n x [ the hub's element u32 ]
///      [ slots u32 ]         n x [ claim u32 ]               all ones: none
/// ```
/// Slots and page numbers are written as far as there is memory for them, so that reading takes no more than
/// was written.
extension ChannelTable {
    static let mark: UInt32 = 0x4E41_4843

    /// `withoutSlotPages` is true only where the tests plant that fault.
    func write(into buffer: inout ByteBuffer, withoutSlotPages: Bool = false) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: UInt32(count))
        for channel in 0..<count {
            buffer.append(flag: isOpen(channel))
            buffer.append(integer: processID(of: channel))
            write(slots(of: channel), into: &buffer)
            let slotPages = withoutSlotPages ? NumberTable(none: PageTable.none) : slotPages(of: channel)
            write(slotPages, into: &buffer)
            for kind in TextKind.allCases { write(texts(kind, of: channel), into: &buffer) }
            write(claims(of: channel), into: &buffer)
        }
    }

    private func write(_ table: NumberTable, into buffer: inout ByteBuffer) {
        buffer.append(integer: table.capacity)
        buffer.append(table.memory)
    }
}

extension BroadcastHub {
    /// Reads the channels, and with them who speaks for whom.
    func readChannels(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(ChannelTable.mark)
        for _ in 0..<(try reader.count(upTo: 65_536)) {
            let isOpen = try reader.flag()
            let processID = try reader.integer(Int32.self)
            let slots = try readTable(upTo: limits.slotsPerChannel, from: &reader)
            let slotPages = try readTable(upTo: limits.slotsPerChannel, from: &reader)
            let pages = try readTable(upTo: limits.pagesPerChannel, from: &reader)
            let names = try readTable(upTo: limits.pagesPerChannel, from: &reader)
            let elements = try readTable(upTo: limits.pagesPerChannel, from: &reader)
            let claims = try readTable(upTo: limits.slotsPerChannel, from: &reader)
            let all = [slots, slotPages, pages, names, elements, claims]
            try reader.require(isOpen || all.allSatisfy { $0.isEmpty })
            try speak(slots, reader)
            for (kind, table) in [
                (TextKind.page, slotPages), (.page, pages), (.name, names), (.element, elements),
            ] {
                for place in 0..<(table.count / 4) {
                    let text = table.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
                    try reader.require(text == PageTable.none || texts[kind].isInUse(text))
                }
            }
            try reader.require(areOfSpeakers(claims, slots))
            channels.restore(
                processID: processID, isOpen: isOpen, slots: slots, slotPages: slotPages,
                texts: (pages, names, elements), claims: claims)
        }
    }

    /// Whether each claim belongs to a slot that speaks for somebody.
    private func areOfSpeakers(_ claims: UnsafeRawBufferPointer, _ slots: UnsafeRawBufferPointer) -> Bool {
        (0..<(claims.count / 4)).allSatisfy { place in
            let claim = claims.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
            guard claim != ClaimTable.none else { return true }
            guard place < slots.count / 4 else { return false }
            return slots.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self) < Visitor.refused
        }
    }

    /// Reads the claims, and who speaks with each.
    func readClaims(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try claims.read(from: &reader) { speak in
            for channel in 0..<channels.count {
                let table = channels.claims(of: channel)
                for slot in 0..<table.capacity where table[slot] != ClaimTable.none { speak(table[slot]) }
            }
            for move in moves.moves.values {
                for speaker in move.speakers where speaker.claim != ClaimTable.none { speak(speaker.claim) }
            }
        }
    }

    /// The memory of a table that grows by doubling to what a limit asks for.
    func readTable(
        upTo limit: Int, from reader: inout SnapshotReader
    ) throws(SnapshotFault) -> UnsafeRawBufferPointer {
        let capacity = try reader.count(upTo: .max)
        guard capacity <= NumberTable.mostCapacity(limit: limit) else { throw .noRoom }
        try reader.require(capacity == 0 || capacity >= 16 && capacity & (capacity - 1) == 0)
        return try reader.bytes(capacity * MemoryLayout<UInt32>.stride)
    }

    /// Everyone whom a slot names has one speaker more.
    private func speak(_ slots: UnsafeRawBufferPointer, _ reader: SnapshotReader) throws(SnapshotFault) {
        for place in 0..<(slots.count / 4) {
            let visitor = slots.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
            guard visitor < Visitor.refused else { continue }
            try reader.require(visitors.isPresent(visitor))
            visitors[visitor].pointee.speakers += 1
        }
    }
}
