import ByteCore
import FramesShape
import PointerEvents

/// A run of records in order of n, and their text in the default shape once someone needs it.
///
/// ```
///  records   | n: firstN | firstN + 1 | ... | firstN + count - 1 | free |
///  text      | message   | message    | ... |       encodedCount messages
///  textEnds  | end       | end        | ... |       offset in the text behind each message
/// ```
/// A record is a `PointerSample` whose `slot` is the visitor's entry and whose `page` is the hub's number;
/// its `length` counts the samples of this segment up to and with itself, so that the samples between any two
/// places are a subtraction. A record of type `RecordRun.killType` is a kill.
final class RingSegment {
    let records: UnsafeMutablePointer<PointerSample>
    let capacity: Int
    /// There from the first text on: without viewers nobody needs it.
    @exclusivity(unchecked) private var textEnds: UnsafeMutablePointer<UInt32>?
    /// Tails of the records that have one; the ring's head writes it as it does the records.
    @exclusivity(unchecked) var tails = TailList()
    @exclusivity(unchecked) private var text = ByteBuffer(capacity: 16)

    @exclusivity(unchecked) private(set) var firstN: UInt64 = 0
    /// Samples before this segment, since the hub began.
    @exclusivity(unchecked) private(set) var firstOrdinal: UInt64 = 0
    /// Records that may be looked at; the ring's head writes behind them.
    @exclusivity(unchecked) var count = 0
    /// Records whose text is made.
    @exclusivity(unchecked) private(set) var encodedCount = 0

    init(capacity: Int) {
        precondition(capacity > 0 && capacity <= Int(UInt16.max))
        self.capacity = capacity
        records = .allocate(capacity: capacity)
    }

    deinit {
        records.deallocate()
        textEnds?.deallocate()
    }

    /// Empties the segment to begin again at `firstN`, with `firstOrdinal` samples before it.
    func restart(firstN: UInt64, firstOrdinal: UInt64, keepingTextBytes: Int) {
        self.firstN = firstN
        self.firstOrdinal = firstOrdinal
        count = 0
        encodedCount = 0
        tails.removeAll()
        text.removeAll(shrinkingTo: keepingTextBytes)
    }

    /// Bytes allocated for text.
    var textCapacity: Int { text.capacity }

    /// Gives the text of an empty segment the room that it had.
    func restoreText(capacity: Int) {
        if text.capacity != capacity { text = ByteBuffer(capacity: capacity) }
    }

    /// Memory in use, text and bookkeeping included, also what is made with the first text.
    var bytes: Int {
        capacity * (MemoryLayout<PointerSample>.stride + MemoryLayout<UInt32>.stride) + text.capacity
            + tails.bytes + 128
    }

    /// Whether record `index`, which is not the last, is a sample and the next one too, of the same visitor.
    @inline(__always)
    func isFollowedAlike(_ index: Int) -> Bool {
        let judged = PointerSample.head(type: .max, slot: .max)
        let here = UnsafeRawPointer(records + index).load(as: UInt64.self) & judged
        let next = UnsafeRawPointer(records + index + 1).load(as: UInt64.self) & judged
        return here == next && records[index].type == PointerSample.recordType
    }

    /// The n after the last record's.
    var endN: UInt64 { firstN + UInt64(count) }

    /// Samples among the records before `index`.
    func samples(before index: Int) -> UInt64 {
        assert(index >= 0 && index <= capacity)
        return index == 0 ? 0 : UInt64(records[index - 1].length)
    }

    /// Samples of the hub before record `index`.
    func ordinal(before index: Int) -> UInt64 { firstOrdinal + samples(before: index) }

    /// Where the text of record `index` begins; at `encodedCount`, where the text ends.
    func textStart(of index: Int) -> Int {
        assert(index >= 0 && index <= encodedCount)
        guard index > 0, let textEnds else { return 0 }
        return Int(textEnds[index - 1])
    }

    /// Bytes of text made.
    var textBytes: Int { text.count }

    /// The text from `start` to `end`; valid until text is made or the segment restarts.
    func textSlice(from start: Int, to end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text.readable[start..<end])
    }

    /// The first record whose text does not end by `offset`; `encodedCount` where all do.
    func recordIndex(ofText offset: Int) -> Int {
        guard let textEnds else { return 0 }
        var low = 0
        var high = encodedCount
        while low < high {
            let middle = (low + high) / 2
            if Int(textEnds[middle]) > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Makes the text of every record that has none yet.
    ///
    /// - Parameters:
    ///   - idPrefix: `id: <boot>-`.
    ///   - expectedBytes: room made at first, so that the text seldom has to grow.
    func encode(
        visitors: borrowing VisitorTable, texts: borrowing HubTexts, idPrefix: UnsafeRawBufferPointer,
        expectedBytes: Int
    ) {
        if encodedCount == 0, text.capacity < expectedBytes { text = ByteBuffer(capacity: expectedBytes) }
        let ends = textEnds ?? .allocate(capacity: capacity)
        textEnds = ends
        Self.encode(
            records, tails, ends, from: encodedCount, to: count, firstN: firstN, into: &text,
            visitors: visitors, texts: texts, idPrefix: idPrefix)
        encodedCount = count
    }

    private static func encode(
        _ records: UnsafeMutablePointer<PointerSample>, _ tails: borrowing TailList,
        _ textEnds: UnsafeMutablePointer<UInt32>, from start: Int, to end: Int, firstN: UInt64,
        into text: inout ByteBuffer, visitors: borrowing VisitorTable, texts: borrowing HubTexts,
        idPrefix: UnsafeRawBufferPointer
    ) {
        for index in start..<end {
            let record = records + index
            text.append(idPrefix)
            text.appendDecimal(firstN &+ UInt64(index))
            text.append("\ndata: ")
            if record.pointee.type == RecordRun.killType {
                text.append("{\"kill\":")
                text.append(visitors.idJSON(of: record.pointee.slot))
                text.append("}")
            } else if record.pointee.fields.contains(.tail) {
                let tail = tails.tail(at: index)
                text.appendSampleJSON(
                    record.pointee, tail: tail, idPrefix: visitors.prefix(of: record.pointee.slot),
                    page: texts.pages.json(record.pointee.page), name: texts.names.json(tail.name),
                    element: texts.elements.json(tail.element))
            } else {
                text.appendSampleJSON(
                    record.pointee, idPrefix: visitors.prefix(of: record.pointee.slot),
                    page: texts.pages.json(record.pointee.page))
            }
            text.append("\n\n")
            textEnds[index] = UInt32(truncatingIfNeeded: text.count)
        }
    }
}
