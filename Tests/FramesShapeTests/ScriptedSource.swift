import ByteCore
import PointerEvents

@testable import FramesShape

/// A source that is no hub: a script of who did what, played up to a place, as a recording would be.
///
/// It keeps every record and knows visitors by their place in `names`.
final class ScriptedSource: FramesSource {
    let boot: UInt64 = 0xAB
    private(set) var records: [PointerSample] = []
    /// Records before this n were dropped.
    var firstN: UInt64 = 1
    /// How many records `records(from:)` lends at a time.
    var runLength = 3
    private(set) var sealedN: UInt64 = 0

    private var prefixes: [UnsafeRawBufferPointer] = []
    private var pages: [UnsafeRawBufferPointer] = []
    /// By the record's n, and by visitor.
    private var tails: [UInt64: SampleTail] = [:]
    private var newestTails: [UInt32: SampleTail] = [:]
    /// Those present, who moved last first.
    private var present: [UInt32] = []
    private var newest: [UInt32: PointerSample] = [:]

    init(visitors: [String], pages: [String] = []) {
        for name in visitors {
            var text = ByteBuffer()
            Array(name.utf8).withUnsafeBytes { text.appendIDPrefix(id: $0) }
            prefixes.append(Self.copy(text.readable))
        }
        for page in pages {
            var text = ByteBuffer()
            Array(page.utf8).withUnsafeBytes { text.appendJSONString($0) }
            self.pages.append(Self.copy(text.readable))
        }
    }

    deinit { for text in prefixes + pages { text.deallocate() } }

    private static func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyMemory(from: bytes)
        return UnsafeRawBufferPointer(copy)
    }

    // MARK: The script

    func move(_ visitor: UInt32, x: Double, page: UInt32? = nil, now: Int64 = 0) {
        var record = PointerSample(x: x, y: 2)
        record.slot = visitor
        record.receivedNanoseconds = now
        record.flags = newest[visitor] == nil ? RecordRun.joinedFlag : 0
        if let page {
            record.fields.insert(.page)
            record.page = page
        }
        records.append(record)
        newest[visitor] = record
        present.removeAll { $0 == visitor }
        present.insert(visitor, at: 0)
    }

    /// Gives the newest record a tail, whose texts are pages.
    func say(_ tail: SampleTail) {
        records[records.count - 1].fields.insert(.tail)
        tails[headN] = tail
        let record = records[records.count - 1]
        newest[record.slot] = record
        newestTails[record.slot] = tail
    }

    func leave(_ visitor: UInt32) {
        var record = PointerSample()
        record.type = RecordRun.killType
        record.slot = visitor
        records.append(record)
        newest[visitor] = nil
        present.removeAll { $0 == visitor }
    }

    // MARK: What is lent

    var headN: UInt64 { UInt64(records.count) }
    var headOrdinal: UInt64 { ordinal(through: headN) }
    func ordinal(through n: UInt64) -> UInt64 {
        UInt64(records.prefix(Int(n)).count { $0.type == PointerSample.recordType })
    }
    var presentCount: Int { present.count }
    var newestVisitor: UInt32 { present.first ?? RecordRun.nobody }

    func seal() { sealedN = headN }

    func records(from n: UInt64) -> RecordRun {
        let end = min(sealedN, n + UInt64(runLength) - 1)
        guard n >= firstN, n <= end else {
            return RecordRun(firstN: n, records: UnsafeBufferPointer(start: nil, count: 0))
        }
        return records.withUnsafeBufferPointer {
            RecordRun(firstN: n, records: UnsafeBufferPointer(rebasing: $0[Int(n - 1)..<Int(end)]))
        }
    }

    func identity(of visitor: UInt32) -> VisitorIdentity {
        VisitorIdentity(prefix: prefixes[Int(visitor)], sinceNanoseconds: 5_000_000, processID: 42)
    }

    func visitor(before visitor: UInt32) -> UInt32 {
        let place = present.firstIndex(of: visitor)! + 1
        return place < present.count ? present[place] : RecordRun.nobody
    }

    func standing(of visitor: UInt32, now: Int64) -> VisitorStanding {
        let sample = newest[visitor]
        return VisitorStanding(
            rate: 1.5, lastNanoseconds: sample?.receivedNanoseconds ?? 0, newest: sample ?? PointerSample(),
            newestTail: newestTails[visitor] ?? SampleTail(), hasSample: sample != nil)
    }

    func pageJSON(_ page: UInt32) -> UnsafeRawBufferPointer {
        Int(page) < pages.count ? pages[Int(page)] : UnsafeRawBufferPointer(start: nil, count: 0)
    }

    func tail(of n: UInt64) -> SampleTail { tails[n] ?? SampleTail() }

    func nameJSON(_ name: UInt32) -> UnsafeRawBufferPointer { pageJSON(name) }

    func elementJSON(_ element: UInt32) -> UnsafeRawBufferPointer { pageJSON(element) }

    func epochMilliseconds(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1_000_000 }
}
