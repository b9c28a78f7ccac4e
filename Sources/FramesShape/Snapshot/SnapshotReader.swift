public import ByteCore
public import PointerEvents

/// Why a snapshot is not read.
public enum SnapshotFault: Error, Equatable {
    /// It ends before its end.
    case truncated
    /// It begins with something else.
    case notASnapshot
    /// Another version wrote it.
    case otherVersion(UInt32)
    /// It is not what was written.
    case damaged
    /// It says what no hub can be like.
    case malformed
    /// The limits or the budget have no room for what it holds.
    case noRoom
}

/// Reads what a snapshot holds: every value is of explicit width in host byte order, and none is taken that
/// could do harm later.
public struct SnapshotReader {
    /// Counters and times beyond this are refused, so that nothing that is added to them overflows.
    private static let greatest = Int64(1) << 60

    /// No counter is beyond this.
    static var greatestCounter: UInt64 { UInt64(greatest) }

    private let source: UnsafeRawBufferPointer
    private var offset = 0

    /// A reader at the start of `bytes`, which must outlive it.
    public init(_ bytes: UnsafeRawBufferPointer) { source = bytes }

    /// Whether nothing is left.
    public var isAtEnd: Bool { offset == source.count }

    /// Refuses what cannot be.
    @inline(__always)
    public func require(_ isSound: Bool) throws(SnapshotFault) {
        guard isSound else { throw .malformed }
    }

    @inline(__always)
    public mutating func bytes(_ count: Int) throws(SnapshotFault) -> UnsafeRawBufferPointer {
        guard count <= source.count &- offset else { throw .truncated }
        let start = offset
        offset &+= count
        return UnsafeRawBufferPointer(rebasing: source[start..<offset])
    }

    /// Any integer.
    @inline(__always)
    public mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(SnapshotFault) -> Value {
        guard MemoryLayout<Value>.size <= source.count &- offset else { throw .truncated }
        let value = source.loadUnaligned(fromByteOffset: offset, as: Value.self)
        offset &+= MemoryLayout<Value>.size
        return Value(littleEndian: value)
    }

    /// A number of things up to `limit`, as u32.
    public mutating func count(upTo limit: Int) throws(SnapshotFault) -> Int {
        let count = Int(try integer(UInt32.self))
        try require(count <= limit)
        return count
    }

    /// The place of one of `count` things, as u32; nil for `UInt32.max`.
    public mutating func place(in count: Int) throws(SnapshotFault) -> Int? {
        let place = try integer(UInt32.self)
        if place == .max { return nil }
        try require(Int(place) < count)
        return Int(place)
    }

    /// A count of events, u64.
    public mutating func counter() throws(SnapshotFault) -> UInt64 {
        let value = try integer(UInt64.self)
        try require(value <= Self.greatestCounter)
        return value
    }

    /// An n or a number of samples, u64, up to `limit`.
    public mutating func number(upTo limit: UInt64) throws(SnapshotFault) -> UInt64 {
        let value = try integer(UInt64.self)
        try require(value <= limit)
        return value
    }

    /// A time, or a length of time, in nanoseconds, i64.
    public mutating func time() throws(SnapshotFault) -> Int64 {
        let value = try integer(Int64.self)
        try require(value > -Self.greatest && value < Self.greatest)
        return value
    }

    /// A time, or `sentinel`, which stands for none.
    public mutating func time(or sentinel: Int64) throws(SnapshotFault) -> Int64 {
        let value = try integer(Int64.self)
        try require(value == sentinel || value > -Self.greatest && value < Self.greatest)
        return value
    }

    /// The distance of two clocks in nanoseconds, i64; that from the epoch is beyond other times.
    public mutating func clock() throws(SnapshotFault) -> Int64 {
        let value = try integer(Int64.self)
        try require(value > -2 * Self.greatest && value < 2 * Self.greatest)
        return value
    }

    /// A byte that is 0 or 1.
    public mutating func flag() throws(SnapshotFault) -> Bool {
        let byte = try integer(UInt8.self)
        try require(byte <= 1)
        return byte == 1
    }

    /// A section's mark, u32, which must be the one that comes next.
    public mutating func mark(_ expected: UInt32) throws(SnapshotFault) {
        try require(try integer(UInt32.self) == expected)
    }

    /// A record of 64 bytes, as `PointerSample` draws it, of one of the `types`.
    @inline(__always)
    public mutating func record(types: ClosedRange<UInt8>) throws(SnapshotFault) -> PointerSample {
        let bytes = try bytes(MemoryLayout<PointerSample>.size)
        // What is not sound must not become a value: a kind is an enumeration.
        guard types.contains(bytes[0]), bytes[1] & ~SampleFields.all.rawValue == 0,
            bytes[62] <= PointerKind.cancel.rawValue
        else { throw .malformed }
        let record = bytes.loadUnaligned(as: PointerSample.self)
        let isFinite =
            record.x.isFinite && record.y.isFinite
            && (record.fields.isEmpty || Self.hasFiniteExtras(record))
        try require(isFinite && record.flags <= RecordRun.joinedFlag)
        return record
    }

    /// A tail of 48 bytes, as `SampleTail` draws it.
    public mutating func tail() throws(SnapshotFault) -> SampleTail {
        let tail = try bytes(MemoryLayout<SampleTail>.size).loadUnaligned(as: SampleTail.self)
        let sum = tail.scrollX * 0 + tail.scrollY * 0 + tail.documentWidth * 0 + tail.documentHeight * 0
        try require(sum == 0 && tail.documentWidth >= 0 && tail.documentHeight >= 0)
        try require(tail.fields.rawValue & ~TailFields.all.rawValue == 0)
        try require(tail.pointerType == 0 || PointerType(rawValue: tail.pointerType) != nil)
        return tail
    }

    private static func hasFiniteExtras(_ record: PointerSample) -> Bool {
        (!record.fields.contains(.clientTime) || record.clientTime.isFinite)
            && (!record.fields.contains(.width) || record.width.isFinite)
            && (!record.fields.contains(.height) || record.height.isFinite)
    }
}

extension SampleFields {
    /// Every key there is.
    static let all: SampleFields = [.clientTime, .kind, .buttons, .width, .height, .page, .tail]
}

extension TailFields {
    /// Every key there is.
    static let all: TailFields = surroundings.union(.element)
}

extension ByteBuffer {
    /// Appends an integer for `SnapshotReader`.
    @inline(__always)
    public mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(integer value: Value) {
        append(memoryOf: value.littleEndian)
    }

    /// Appends the place of one of many things; nil for none.
    public mutating func append(place: Int?) { append(integer: place.map { UInt32($0) } ?? .max) }

    /// Appends a flag.
    public mutating func append(flag: Bool) { append(flag ? 1 : 0 as UInt8) }
}
