import ByteCore
import FramesShape
import PointerEvents

/// The newest records in order of n, in segments, bounded in bytes.
///
/// ```
///  segments   [ oldest ] [ ... ] [ ... ] [ head: records are appended here ]
///             firstN                                               headN
/// ```
/// Records are written behind the head's `count` and become visible to everyone else with `seal`.
struct SampleRing: ~Copyable {
    let byteLimit: Int
    let segmentRecords: Int
    private(set) var segments: ContiguousArray<RingSegment> = []
    /// A segment that was dropped, kept for the next head.
    private(set) var spare: RingSegment?
    /// Text bytes that the last full segment came to, to make the next one's room in one go.
    private(set) var expectedTextBytes = 1_024

    // The head's records, apart from its object: the only state touched for each record.
    private(set) var records: UnsafeMutablePointer<PointerSample>
    private(set) var count = 0
    private var sampleCount: UInt16 = 0
    /// The n of the newest record; 0 before the first.
    private(set) var headN: UInt64 = 0
    /// Samples ever appended.
    private(set) var headOrdinal: UInt64 = 0
    /// The n of the newest sealed record.
    private(set) var sealedN: UInt64 = 0

    init(byteLimit: Int, segmentRecords: Int) {
        self.byteLimit = byteLimit
        self.segmentRecords = segmentRecords
        let head = RingSegment(capacity: segmentRecords)
        head.restart(firstN: 1, firstOrdinal: 0, keepingTextBytes: 0)
        segments.append(head)
        records = head.records
        measure()
    }

    /// The oldest n that is still here; after the head's where there is none.
    var firstN: UInt64 { segments[0].firstN }

    /// The n that the newest segment begins with; it is never dropped.
    var headFirstN: UInt64 { segments[segments.count - 1].firstN }

    /// Memory in use, as of the last change of a segment.
    private(set) var bytes = 0

    private mutating func measure() {
        var sum = spare?.bytes ?? 0
        for segment in segments { sum += segment.bytes }
        bytes = sum
    }

    /// Whether the next record needs a new segment first.
    @inline(__always)
    var isHeadFull: Bool { count == segmentRecords }

    /// Appends a sample's record and returns it for the caller to fill in `slot`, `page` and `flags`; the
    /// head must not be full.
    @inline(__always)
    mutating func append(_ sample: UnsafePointer<PointerSample>) -> UnsafeMutablePointer<PointerSample> {
        let record = records + count
        record.initialize(to: sample.pointee)
        sampleCount &+= 1
        record.pointee.length = sampleCount
        count &+= 1
        headN &+= 1
        headOrdinal &+= 1
        return record
    }

    /// Appends samples of one slot that have none of `fields`, as many as stand there and the head has room
    /// for, up to `limit`; returns how many they are.
    @inline(__always)
    mutating func append(
        _ samples: UnsafePointer<PointerSample>, upTo limit: Int, without fields: UInt8, as visitor: UInt32,
        now: Int64, delays: inout RecentDelays
    ) -> Int {
        let most = min(limit, segmentRecords &- count)
        let judged = PointerSample.head(fields: SampleFields(rawValue: fields), slot: .max)
        let usual = PointerSample.head(slot: samples.pointee.slot)
        guard most > 0, Self.word(at: samples) & judged == usual else { return 0 }
        // Where many visitors say little, nearly all stand alone.
        guard most == 1 || Self.word(at: samples + 1) & judged != usual else {
            return appendRun(samples, upTo: most, judged, as: visitor, now: now, delays: &delays)
        }
        let record = append(samples)
        record.pointee.type = PointerSample.recordType
        record.pointee.slot = visitor
        delays.record(now &- samples.pointee.receivedNanoseconds)
        record.pointee.receivedNanoseconds = now
        record.pointee.flags = 0
        return 1
    }

    /// Appends the first of the samples and those behind it whose heads are the same where they are `judged`,
    /// up to `most`. All that changes from one to the next lives in registers, and a record's head is one
    /// word.
    @inline(never)
    private mutating func appendRun(
        _ samples: UnsafePointer<PointerSample>, upTo most: Int, _ judged: UInt64, as visitor: UInt32,
        now: Int64, delays: inout RecentDelays
    ) -> Int {
        typealias Pair = SIMD2<UInt64>
        let all = SampleFields(rawValue: .max)
        let usual = Self.word(at: samples) & judged
        let aLength = PointerSample.head(length: 1)
        var head = PointerSample.head(type: PointerSample.recordType, length: sampleCount, slot: visitor)
        var source = UnsafeRawPointer(samples)
        let end = source + most &* MemoryLayout<PointerSample>.stride
        var record = UnsafeMutableRawPointer(records + count)
        // Those that were received at one time are counted together.
        var first = source
        var received = samples.pointee.receivedNanoseconds
        while source < end {
            let word = source.load(as: UInt64.self)
            guard word & judged == usual else { break }
            let time = source.load(fromByteOffset: 8, as: Int64.self)
            if time != received {
                delays.record(now &- received, times: Self.count(from: first, to: source))
                (first, received) = (source, time)
            }
            head &+= aLength
            record.storeBytes(of: word & PointerSample.head(fields: all) | head, as: UInt64.self)
            record.storeBytes(of: now, toByteOffset: 8, as: Int64.self)
            let places = source.loadUnaligned(fromByteOffset: 16, as: Pair.self)
            let moments = source.loadUnaligned(fromByteOffset: 32, as: Pair.self)
            let rest = source.loadUnaligned(fromByteOffset: 48, as: Pair.self)
            record.storeBytes(of: places, toByteOffset: 16, as: Pair.self)
            record.storeBytes(of: moments, toByteOffset: 32, as: Pair.self)
            record.storeBytes(of: rest, toByteOffset: 48, as: Pair.self)
            record.storeBytes(of: 0, toByteOffset: 63, as: UInt8.self)
            source += MemoryLayout<PointerSample>.stride
            record += MemoryLayout<PointerSample>.stride
        }
        let taken = Self.count(from: UnsafeRawPointer(samples), to: source)
        delays.record(now &- received, times: Self.count(from: first, to: source))
        sampleCount &+= UInt16(truncatingIfNeeded: taken)
        count &+= Int(truncatingIfNeeded: taken)
        headN &+= taken
        headOrdinal &+= taken
        return Int(truncatingIfNeeded: taken)
    }

    /// The head of a sample, as it lies in memory.
    @inline(__always)
    private static func word(at sample: UnsafePointer<PointerSample>) -> UInt64 {
        UnsafeRawPointer(sample).load(as: UInt64.self)
    }

    /// How many records lie between two places.
    @inline(__always)
    private static func count(from first: UnsafeRawPointer, to end: UnsafeRawPointer) -> UInt64 {
        UInt64(bitPattern: Int64(end - first)) / UInt64(MemoryLayout<PointerSample>.stride)
    }

    /// Whether something was added to it that it has no room for.
    var isOverLimit: Bool { bytes > byteLimit && segments.count > 1 }

    /// Gives the newest record, which has none, a tail; the caller sees to the limit.
    mutating func appendTail(_ tail: SampleTail) {
        let head = segments[segments.count - 1]
        let before = head.tails.bytes
        head.tails.append(tail, at: count - 1)
        bytes += head.tails.bytes - before
        (records + count - 1).pointee.fields.insert(.tail)
    }

    /// Says another tail in place of the newest record's.
    mutating func replaceNewestTail(by tail: SampleTail) {
        segments[segments.count - 1].tails.replaceNewest(by: tail)
    }

    /// Appends the kill of a visitor; the head must not be full.
    mutating func appendKill(visitor: UInt32, now: Int64) {
        var record = PointerSample()
        record.type = RecordRun.killType
        record.slot = visitor
        record.receivedNanoseconds = now
        record.length = sampleCount
        (records + count).initialize(to: record)
        count += 1
        headN += 1
    }

    /// Shows what was appended.
    mutating func seal() {
        segments[segments.count - 1].count = count
        sealedN = headN
    }

    /// Begins a new head behind the full one.
    mutating func startSegment() {
        seal()
        let last = segments[segments.count - 1]
        if last.encodedCount == last.count { expectedTextBytes = last.textBytes + last.textBytes / 16 }
        let head = spare ?? RingSegment(capacity: segmentRecords)
        spare = nil
        head.restart(firstN: headN + 1, firstOrdinal: headOrdinal, keepingTextBytes: expectedTextBytes)
        segments.append(head)
        records = head.records
        count = 0
        sampleCount = 0
        measure()
    }

    /// Takes the oldest segment out where the ring is over its limit, or where it must; never the head.
    ///
    /// The caller looks through it and hands it back with `recycle`.
    mutating func takeOldest(always: Bool = false) -> RingSegment? {
        guard segments.count > 1, always || bytes > byteLimit else { return nil }
        let oldest = segments.removeFirst()
        measure()
        return oldest
    }

    /// Keeps a segment that was taken out, for the next head.
    mutating func recycle(_ segment: RingSegment) {
        segment.restart(firstN: 0, firstOrdinal: 0, keepingTextBytes: expectedTextBytes)
        if spare == nil, bytes + segment.bytes <= byteLimit {
            spare = segment
            measure()
        }
    }

    /// Makes what text segment `index` lacks.
    mutating func encode(
        segment index: Int, visitors: borrowing VisitorTable, texts: borrowing HubTexts,
        idPrefix: UnsafeRawBufferPointer
    ) {
        let segment = segments[index]
        let before = segment.bytes
        segment.encode(visitors: visitors, texts: texts, idPrefix: idPrefix, expectedBytes: expectedTextBytes)
        bytes += segment.bytes - before
    }
}

/// Taking over the records of another ring; this one is new.
extension SampleRing {
    /// Begins with an empty head at `firstN`, with `firstOrdinal` samples before it.
    mutating func begin(firstN: UInt64, firstOrdinal: UInt64, expectedTextBytes: Int) {
        segments[0].restart(firstN: firstN, firstOrdinal: firstOrdinal, keepingTextBytes: 0)
        headN = firstN - 1
        headOrdinal = firstOrdinal
        self.expectedTextBytes = expectedTextBytes
    }

    /// Appends a record as it is; returns how many samples the segment has now.
    @inline(__always)
    mutating func restore(_ record: PointerSample) -> UInt16 {
        (records + count).initialize(to: record)
        count += 1
        headN += 1
        if record.type == PointerSample.recordType {
            sampleCount &+= 1
            headOrdinal += 1
        }
        return sampleCount
    }

    /// Every record is there; those up to `sealedN`, which is not before the head's first, are shown.
    mutating func endRestoring(sealedN: UInt64, spareTextBytes: Int?) {
        let head = segments[segments.count - 1]
        head.count = Int(sealedN + 1 - head.firstN)
        self.sealedN = sealedN
        if let spareTextBytes {
            let segment = RingSegment(capacity: segmentRecords)
            segment.restoreText(capacity: spareTextBytes)
            spare = segment
        }
    }

    /// Makes the text of the first `owed` records of each segment; false where it takes more than the ring
    /// may.
    mutating func makeText(
        _ owed: [Int], visitors: borrowing VisitorTable, texts: borrowing HubTexts,
        idPrefix: UnsafeRawBufferPointer
    ) -> Bool {
        for (segment, owed) in zip(segments, owed) {
            let shown = segment.count
            segment.count = owed
            segment.encode(visitors: visitors, texts: texts, idPrefix: idPrefix, expectedBytes: 0)
            segment.count = shown
            measure()
            if segments.count > 1, bytes > byteLimit { return false }
        }
        return true
    }
}
