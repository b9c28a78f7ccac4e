import ByteCore
import FramesShape
import PointerEvents

/// The ring in a snapshot: its records as they are, and how much text there was.
///
/// ```
///  [ "RING" ][ segments u32 ][ records of a segment u32 ][ records of the head u32 ]
///  [ first n u64 ][ samples before it u64 ][ sealed n u64 ][ expected text u64 ]
///  [ spare u8 ][ its text's capacity u64 ]
///  for each segment  [ records with text u32 ][ the text's capacity u64 ] n x [ record, 64 bytes ]
///                    of those with a tail, in order, [ tail, 48 bytes ]
/// ```
/// All segments but the head are full. A record's `length` is the samples of its segment up to it.
extension SampleRing {
    private static let mark: UInt32 = 0x474E_4952
    /// What one message takes at most, by far.
    private static let messageBytes = 8_192

    /// Appends the ring; its numbers are `skewed` only where the tests plant that fault.
    func write(into buffer: inout ByteBuffer, skewed: Bool = false) {
        buffer.append(integer: Self.mark)
        buffer.append(integer: UInt32(segments.count))
        buffer.append(integer: UInt32(segmentRecords))
        buffer.append(integer: UInt32(count))
        buffer.append(integer: skewed ? firstN + 1 : firstN)
        buffer.append(integer: segments[0].firstOrdinal)
        buffer.append(integer: sealedN)
        buffer.append(integer: UInt64(expectedTextBytes))
        buffer.append(flag: spare != nil)
        buffer.append(integer: UInt64(spare?.textCapacity ?? 0))
        for (index, segment) in segments.enumerated() {
            let appended = index == segments.count - 1 ? count : segment.count
            buffer.append(integer: UInt32(segment.encodedCount))
            buffer.append(integer: UInt64(segment.textCapacity))
            buffer.append(
                UnsafeRawBufferPointer(
                    start: segment.records, count: appended * MemoryLayout<PointerSample>.stride))
            for index in 0..<segment.tails.count { buffer.append(memoryOf: segment.tails[index].tail) }
        }
    }

    /// Reads the records; returns of how many of each segment's `makeText` is to make the text.
    mutating func read(from reader: inout SnapshotReader) throws(SnapshotFault) -> [Int] {
        try reader.mark(Self.mark)
        let segmentCount = try reader.count(upTo: .max)
        try reader.require(segmentCount > 0)
        let isSameShape = try reader.integer(UInt32.self) == segmentRecords
        // As many as fit, and the one that was just begun.
        guard isSameShape, segmentCount <= byteLimit / (segmentRecords * 68) + 2 else { throw .noRoom }
        let headCount = try reader.count(upTo: segmentRecords)
        let firstN = try reader.counter()
        let firstOrdinal = try reader.counter()
        let sealedN = try reader.counter()
        let textLimit = UInt64(segmentRecords * Self.messageBytes)
        let expectedTextBytes = Int(try reader.number(upTo: textLimit))
        let hasSpare = try reader.flag()
        let spareBytes = Int(try reader.number(upTo: textLimit))
        try reader.require(firstN > 0 && firstOrdinal < firstN)
        begin(firstN: firstN, firstOrdinal: firstOrdinal, expectedTextBytes: expectedTextBytes)
        var owed: [Int] = []
        // A ring of more than one segment keeps within its bytes, text included; one of one need not.
        var room = max(UInt64(byteLimit), textLimit)
        guard !hasSpare || spareBytes <= byteLimit else { throw .noRoom }
        for index in 0..<segmentCount {
            if index > 0 { startSegment() }
            owed.append(try reader.count(upTo: segmentRecords))
            let capacity = try reader.number(upTo: textLimit)
            guard capacity <= room else { throw .noRoom }
            room -= capacity
            segments[index].restoreText(capacity: Int(capacity))
            for _ in 0..<(index == segmentCount - 1 ? headCount : segmentRecords) {
                let record = try reader.record(types: 1...RecordRun.killType)
                try reader.require(record.length == restore(record))
            }
            let segment = segments[index]
            for place in 0..<count where segment.records[place].fields.contains(.tail) {
                try reader.require(segment.records[place].type == PointerSample.recordType)
                segment.tails.append(try reader.tail(), at: place)
            }
        }
        try reader.require(sealedN <= headN && sealedN + 1 >= headFirstN)
        endRestoring(sealedN: sealedN, spareTextBytes: hasSpare ? spareBytes : nil)
        for (segment, count) in zip(segments, owed) { try reader.require(count <= segment.count) }
        return owed
    }
}
