/// Why what a process left to its successor cannot be read.
public enum CarryFault: Error, Equatable {
    /// It ends before it should, or goes on behind its end.
    case truncated
    /// Something stands there that its writer never writes.
    case malformed
    /// There is more of it than its reader keeps.
    case noRoom
}

/// Takes values from a process to the one that takes its place: written there, and read here in the same
/// order, by one description of each record that serves both ways.
///
/// ```
///  integer  its bytes, little-endian       flag   u8, 0 or 1
///  bytes    [ count u32 ][ bytes ]         list   [ count u32 ][ records ]
///  optional [ u8, 0 or 1 ][ record ]       mark   u32, four letters
/// ```
/// An `Int` is carried in 64 bits. Descriptors are their numbers; which they are is kept, so that they can be
/// left open for the successor. Reading is strict and never traps.
@safe public struct Carrier: ~Copyable {
    private let input: UnsafeRawBufferPointer
    private var offset = 0
    private var output = ByteBuffer(capacity: 4096)
    /// Whether values are read; else they are written.
    public let isReading: Bool
    /// Every descriptor that was carried.
    public private(set) var descriptors: [Int32] = []

    /// One that writes.
    public init() {
        unsafe input = UnsafeRawBufferPointer(start: nil, count: 0)
        isReading = false
    }

    /// One that reads what was written; the bytes stay where they are for as long as this lives.
    public init(reading bytes: UnsafeRawBufferPointer) {
        unsafe input = bytes
        isReading = true
    }

    /// What was written.
    public var written: UnsafeRawBufferPointer { unsafe output.readable }

    /// Appends what `body` makes, where this writes.
    public mutating func append(_ body: (inout ByteBuffer) -> Void) { body(&output) }

    /// What was not read yet.
    public var rest: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: input[offset...]) }

    /// The next `count` bytes of what is read.
    public mutating func take(_ count: Int) throws(CarryFault) -> UnsafeRawBufferPointer {
        guard unsafe count >= 0 && count <= input.count - offset else { throw .truncated }
        defer { offset += count }
        return unsafe UnsafeRawBufferPointer(rebasing: input[offset..<(offset + count)])
    }

    /// Where this reads, holds that what was read can be.
    public func require(_ isSound: Bool) throws(CarryFault) {
        guard !isReading || isSound else { throw .malformed }
    }

    // MARK: Values

    /// Carries an integer of explicit width.
    public mutating func carry<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout Value
    ) throws(CarryFault) {
        guard isReading else { return output.append(memoryOf: value.littleEndian) }
        let bytes = unsafe try take(MemoryLayout<Value>.size)
        value = unsafe Value(littleEndian: bytes.loadUnaligned(as: Value.self))
    }

    /// Carries a number that is 0 to `limit`.
    public mutating func carry(_ value: inout Int, limit: Int = .max) throws(CarryFault) {
        var wide = Int64(value)
        try carry(&wide)
        guard isReading else { return }
        guard wide >= 0, let number = Int(exactly: wide), number <= limit else { throw .malformed }
        value = number
    }

    /// Carries a flag.
    public mutating func carry(_ flag: inout Bool) throws(CarryFault) {
        var byte: UInt8 = flag ? 1 : 0
        try carry(&byte)
        try require(byte <= 1)
        flag = byte == 1
    }

    /// Carries a share or a rate.
    public mutating func carry(_ value: inout Double) throws(CarryFault) {
        var bits = value.bitPattern
        try carry(&bits)
        value = Double(bitPattern: bits)
        try require(value.isFinite)
    }

    /// Carries up to `limit` bytes.
    public mutating func carry(_ bytes: inout [UInt8], limit: Int) throws(CarryFault) {
        let count = try carryCount(bytes.count, limit: limit)
        if isReading {
            unsafe try bytes = Array(take(count))
        } else {
            unsafe bytes.withUnsafeBytes { unsafe output.append($0) }
        }
    }

    /// Carries a text of up to `limit` bytes.
    public mutating func carry(_ text: inout String, limit: Int) throws(CarryFault) {
        var bytes = Array(text.utf8)
        try carry(&bytes, limit: limit)
        if isReading { text = String(decoding: bytes, as: UTF8.self) }
    }

    /// Carries the number of an open descriptor.
    public mutating func carry(descriptor: inout Int32) throws(CarryFault) {
        try carry(&descriptor)
        try require(descriptor >= 0)
        descriptors.append(descriptor)
    }

    /// Carries four letters, so that what is read from the wrong place is seen.
    public mutating func mark(_ letters: StaticString) throws(CarryFault) {
        var word: UInt32 = 0
        for place in 0..<min(4, letters.utf8CodeUnitCount) {
            unsafe word |= UInt32(letters.utf8Start[place]) << UInt32(8 * place)
        }
        var found = word
        try carry(&found)
        try require(found == word)
    }

    private mutating func carryCount(_ count: Int, limit: Int) throws(CarryFault) -> Int {
        var carried = UInt32(clamping: count)
        try carry(&carried)
        guard !isReading || Int(carried) <= limit else { throw .noRoom }
        return Int(carried)
    }

    // MARK: Records and lists

    /// Carries a record.
    public mutating func carry<Record: Carriable>(_ record: inout Record) throws(CarryFault) {
        try record.carry(with: &self)
    }

    /// Carries a record, or that there is none.
    public mutating func carry<Record: Carriable>(_ record: inout Record?) throws(CarryFault) {
        var isThere = record != nil
        try carry(&isThere)
        guard isThere else {
            record = nil
            return
        }
        var value = record ?? Record()
        try value.carry(with: &self)
        record = value
    }

    /// Carries an integer, or that there is none.
    public mutating func carry<Value: FixedWidthInteger & BitwiseCopyable>(
        _ value: inout Value?
    ) throws(CarryFault) {
        var isThere = value != nil
        try carry(&isThere)
        guard isThere else {
            value = nil
            return
        }
        var number = value ?? 0
        try carry(&number)
        value = number
    }

    /// Carries up to `limit` records.
    public mutating func carry<Record: Carriable>(_ list: inout [Record], limit: Int) throws(CarryFault) {
        let count = try carryCount(list.count, limit: limit)
        if isReading { list = [] }
        for place in 0..<count {
            if isReading { list.append(Record()) }
            try list[place].carry(with: &self)
        }
    }

    /// Carries up to `limit` integers.
    public mutating func carry<Value: FixedWidthInteger & BitwiseCopyable>(
        _ list: inout [Value], limit: Int
    ) throws(CarryFault) {
        let count = try carryCount(list.count, limit: limit)
        guard isReading else {
            for value in list { output.append(memoryOf: value.littleEndian) }
            return
        }
        let bytes = unsafe try take(count * MemoryLayout<Value>.size)
        list = (0..<count).map { place in
            unsafe Value(
                littleEndian: bytes.loadUnaligned(
                    fromByteOffset: place * MemoryLayout<Value>.size, as: Value.self))
        }
    }
}

/// A record that a process leaves to its successor, described once for writing and reading.
public protocol Carriable {
    /// One to be read into.
    init()
    /// Carries every field, in the order of the layout.
    mutating func carry(with carrier: inout Carrier) throws(CarryFault)
}

/// A text of a list.
public struct CarriedText: Carriable, Equatable, Sendable {
    /// Its bytes.
    public var bytes: [UInt8]

    /// Takes them.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// An empty one.
    public init() { bytes = [] }

    /// Up to 1 MiB of them.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&bytes, limit: 1 << 20)
    }
}
