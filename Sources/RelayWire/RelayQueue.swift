public import PointerEvents

/// What a worker has yet to write to its data channel, in order, from the hello on.
///
/// ```
///  base      boundary  start      head                       end    limit    capacity
///   | written | a record | its rest | whole records, foldable | free space     |
/// ```
/// `boundary` is where the first record not wholly written begins. Past the fold threshold the queue folds:
/// of each slot it keeps the newest move and the newest scroll and removes the older ones, see
/// `RelayQueue+Folding`. Samples are accounted for at any moment: appended = written + folded + queued.
@safe public struct RelayQueue: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var end = 0
    /// An append that ends at or before this offset needs neither room nor a fold.
    @usableFromInline var limit = 0
    var capacity: Int
    @usableFromInline var start = 0
    var boundary = 0
    /// Where the queue must have come to before it folds again.
    var foldDue = 0
    /// Where the last mark was set, and how many samples had been appended by then.
    @usableFromInline var mark = 0
    @usableFromInline var appendedAtMark: UInt64 = 0
    var table = FoldTable()
    /// Descriptors that wait, each to ride with the record at its offset.
    var riders: ContiguousArray<Rider> = []
    let thresholds: FoldThresholds
    /// What a test breaks on purpose, to see that its model notices.
    var fault: FoldFault?

    /// Samples that were ever appended.
    @usableFromInline var appended: UInt64 = 0
    @usableFromInline var unfoldable = 0
    /// Samples that were wholly written.
    public internal(set) var writtenCount: UInt64 = 0
    /// Samples that were removed because a newer one made them worthless.
    public internal(set) var foldedCount: UInt64 = 0
    /// Bytes that were ever written.
    public private(set) var writtenBytes: UInt64 = 0

    /// A descriptor on its way.
    struct Rider: BitwiseCopyable {
        var offset: Int
        let descriptor: Int32
    }

    /// Makes a queue that holds the hello and nothing else.
    public init() { self.init(thresholds: .standard) }

    init(thresholds: FoldThresholds) {
        self.thresholds = thresholds
        capacity = thresholds.initialBytes
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
        appendHello()
    }

    deinit { unsafe base.deallocate() }

    /// The bytes to write next; valid until the next mutation. With them `rider` has to go, and all behind
    /// the next one's record has to wait.
    public var readable: UnsafeRawBufferPointer {
        var end = end
        if let first = riders.first { end = first.offset > start ? first.offset : start + length(at: start) }
        return unsafe UnsafeRawBufferPointer(start: base + start, count: end - start)
    }

    /// The descriptor that rides with the first of the bytes to write next. Once one of them is written it is
    /// the caller's to close.
    public var rider: Int32? {
        guard let first = riders.first, first.offset == start else { return nil }
        return first.descriptor
    }

    /// How many bytes will have been written at most when all that is queued now has been.
    public var writtenBytesAtEnd: UInt64 { writtenBytes + UInt64(count) }

    /// Bytes to write.
    public var count: Int { end - start }

    /// Whether there is nothing to write.
    public var isEmpty: Bool { end == start }

    /// Queued bytes that no fold may remove, those of a partly written record included.
    public var unfoldableBytes: Int { unfoldable }

    /// Whether the worker must stop reading from the sockets that bring what cannot be folded.
    public var isOverUnfoldableLimit: Bool { load.isOverUnfoldableLimit }

    /// Whether it must stop reading from all of them.
    public var isAtUnfoldableCeiling: Bool { load.isAtUnfoldableCeiling }

    /// How much is queued, looked at once.
    @inlinable public var load: Load { Load(bytes: end &- start, unfoldableBytes: unfoldable) }

    /// How much a queue holds.
    @frozen
    public struct Load: BitwiseCopyable {
        public let bytes: Int
        public let unfoldableBytes: Int

        @inlinable
        init(bytes: Int, unfoldableBytes: Int) {
            self.bytes = bytes
            self.unfoldableBytes = unfoldableBytes
        }

        /// Whether the worker must stop reading from the sockets that bring what cannot be folded.
        @inlinable public var isOverUnfoldableLimit: Bool { unfoldableBytes >= RelayLimits.unfoldableBytes }

        /// Whether it must stop reading from all of them.
        @inlinable public var isAtUnfoldableCeiling: Bool {
            unfoldableBytes >= RelayLimits.unfoldableCeilingBytes
        }
    }

    /// Whether so much has drained that it may read again from who was stopped.
    public var hasRoomForUnfoldable: Bool { unfoldable < RelayLimits.unfoldableBytes / 2 }

    /// Bytes allocated.
    public var storageBytes: Int { capacity }

    /// Appends one sample, whose type and length are as `PointerSample.init` set them.
    @inlinable @inline(__always)
    public mutating func append(_ sample: PointerSample) {
        if end &+ RelayRecordType.sampleBytes > limit { makeRoom(RelayRecordType.sampleBytes) }
        unsafe base.storeBytes(of: sample, toByteOffset: end, as: PointerSample.self)
        end &+= RelayRecordType.sampleBytes
        appended &+= 1
        if !sample.kind.isFoldable { unfoldable &+= RelayRecordType.sampleBytes }
    }

    /// Where the next records go, and how many bytes of them as it is: before more something has to be moved
    /// or folded.
    @inlinable @inline(__always)
    public var room: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base + end, count: max(0, limit &- end))
    }

    /// Appends `count` samples, all of kinds that may be folded, that were written there in `byteCount`
    /// bytes, each as `append` would.
    @inlinable @inline(__always)
    public mutating func appendedFoldable(_ count: Int, byteCount: Int) {
        precondition(count >= 0 && byteCount >= 0 && byteCount <= max(0, limit &- end))
        end &+= byteCount
        appended &+= UInt64(truncatingIfNeeded: count)
    }

    /// Appends one sample with its tail; which of the tail's texts it says was told before.
    public mutating func append(_ sample: PointerSample, tail: SampleTail) {
        let bytes = RelayRecordType.tailedSampleBytes
        if end + bytes > limit { makeRoom(bytes) }
        storeTailed(sample, tail, at: end)
        end += bytes
        appended += 1
        if !sample.kind.isFoldable { unfoldable += bytes }
    }

    /// Writes both; the sample's header is made to say so.
    func storeTailed(_ sample: PointerSample, _ tail: SampleTail, at offset: Int) {
        var sample = sample
        sample.fields.insert(.tail)
        sample.length = UInt16(RelayRecordType.tailedSampleBytes)
        unsafe base.storeBytes(of: sample, toByteOffset: offset, as: PointerSample.self)
        unsafe base.storeBytes(
            of: tail, toByteOffset: offset + RelayRecordType.sampleBytes, as: SampleTail.self)
    }

    /// Marks the end: what is appended from here on is of one peer.
    @inlinable @inline(__always)
    public mutating func setMark() {
        mark = end
        appendedAtMark = appended
    }

    /// Samples appended since the mark was set.
    @inlinable @inline(__always)
    public var countSinceMark: Int { Int(truncatingIfNeeded: appended &- appendedAtMark) }

    /// Drops the first `count` readable bytes: the kernel took them.
    public mutating func wrote(_ count: Int) {
        precondition(count >= 0 && count <= end - start)
        if count > 0, rider != nil { riders.removeFirst() }
        writtenBytes &+= UInt64(count)
        start += count
        if start == end {
            becameEmpty()
        } else {
            passWrittenRecords()
        }
    }

    private mutating func becameEmpty() {
        writtenCount = appended - foldedCount
        unfoldable = 0
        start = 0
        boundary = 0
        end = 0
        foldDue = 0
        mark = 0
        table.release()
        if capacity > thresholds.idleBytes {
            unsafe base.deallocate()
            capacity = thresholds.idleBytes
            unsafe base = .allocate(byteCount: capacity, alignment: 16)
        }
        limit = min(capacity, thresholds.foldBytes)
    }

    private mutating func passWrittenRecords() {
        while true {
            let length = length(at: boundary)
            guard boundary + length <= start else { return }
            switch foldability(at: boundary) {
            case .foldable:
                writtenCount += 1
            case .unfoldableSample:
                writtenCount += 1
                unfoldable -= length
            case .other:
                unfoldable -= length
            }
            boundary += length
        }
    }

    /// Sees to it that `count` bytes can be appended: by folding where that is due, else by moving or
    /// growing.
    @usableFromInline @inline(never)
    mutating func makeRoom(_ count: Int) {
        if end - start + count > thresholds.foldBytes, end >= foldDue { fold() }
        if capacity - end < count { moveOrGrow(count) }
        limit = min(capacity, max(start + thresholds.foldBytes, foldDue))
    }

    private mutating func moveOrGrow(_ count: Int) {
        let kept = end - boundary
        if boundary >= kept, capacity - kept >= count {
            unsafe base.copyMemory(from: base + boundary, byteCount: kept)
        } else {
            while capacity - kept < count { capacity *= 2 }
            if capacity - kept < kept { capacity *= 2 }
            let moved = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
            unsafe moved.copyMemory(from: base + boundary, byteCount: kept)
            unsafe base.deallocate()
            unsafe base = moved
        }
        start -= boundary
        foldDue -= boundary
        mark = max(0, mark - boundary)
        for place in riders.indices { riders[place].offset -= boundary }
        end = kept
        boundary = 0
    }
}

/// When a queue folds and what storage it keeps; tests use small ones.
struct FoldThresholds {
    var foldBytes: Int
    var intervalBytes: Int
    var initialBytes: Int
    var idleBytes: Int

    static let standard = FoldThresholds(
        foldBytes: RelayLimits.foldThresholdBytes,
        intervalBytes: RelayLimits.foldIntervalBytes,
        initialBytes: RelayLimits.initialQueueBytes,
        idleBytes: RelayLimits.idleQueueBytes
    )
}
