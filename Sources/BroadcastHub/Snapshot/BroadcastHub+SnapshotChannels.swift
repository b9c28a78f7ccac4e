import ByteCore
import FramesShape

/// Data channels in a snapshot, by number, those that are closed included.
///
/// ```
///  [ "CHAN" ][ channels u32 ]  n x [ is open u8 ][ process i32 ]
///      [ slots u32 ]         n x [ visitor's entry u32 ]     all ones: nobody; all ones less 1: refused
///      [ slots u32 ]         n x [ page it named last u32 ]  all ones: none
///      [ page numbers u32 ]  n x [ the hub's page u32 ]      all ones: none
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
            buffer.append(integer: slots(of: channel).capacity)
            buffer.append(slots(of: channel).memory)
            let slotPages = withoutSlotPages ? NumberTable(none: PageTable.none) : slotPages(of: channel)
            buffer.append(integer: slotPages.capacity)
            buffer.append(slotPages.memory)
            buffer.append(integer: pages(of: channel).capacity)
            buffer.append(pages(of: channel).memory)
        }
    }
}

extension BroadcastHub {
    /// Reads the channels, and with them who speaks for whom: who is present is spoken for, and nobody else.
    func readChannels(from reader: inout SnapshotReader) throws(SnapshotFault) {
        try reader.mark(ChannelTable.mark)
        for _ in 0..<(try reader.count(upTo: 65_536)) {
            let isOpen = try reader.flag()
            let processID = try reader.integer(Int32.self)
            let slots = try readTable(upTo: limits.slotsPerChannel, from: &reader)
            let slotPages = try readTable(upTo: limits.slotsPerChannel, from: &reader)
            let pages = try readTable(upTo: limits.pagesPerChannel, from: &reader)
            try reader.require(isOpen || slots.isEmpty && slotPages.isEmpty && pages.isEmpty)
            try speak(slots, reader)
            for table in [slotPages, pages] {
                for place in 0..<(table.count / 4) {
                    let page = table.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self)
                    try reader.require(page == PageTable.none || self.pages.isInUse(page))
                }
            }
            channels.restore(
                processID: processID, isOpen: isOpen, slots: slots, slotPages: slotPages, pages: pages)
        }
        var visitor = visitors.oldest
        while visitor != Visitor.none {
            try reader.require(visitors[visitor].pointee.speakers > 0)
            visitor = visitors.next(of: visitor)
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
