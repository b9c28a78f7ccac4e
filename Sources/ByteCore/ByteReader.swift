/// Reads integers and runs of bytes from borrowed memory, never past its end.
///
/// Every read answers nil, and moves nothing, where too few bytes are left.
@frozen
public struct ByteReader {
    /// The bytes that are read.
    public let bytes: UnsafeRawBufferPointer
    @usableFromInline var offset: Int

    /// Makes a reader that stands at the start of `bytes`, which must outlive it.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        offset = 0
    }

    /// How many have been read.
    @inlinable public var position: Int { offset }

    /// How many bytes are left.
    @inlinable public var remaining: Int { bytes.count - offset }

    /// Reads one byte.
    @inlinable @inline(__always)
    public mutating func readByte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        let byte = bytes[offset]
        offset &+= 1
        return byte
    }

    /// Reads an integer whose first byte is its most significant (network byte order).
    @inlinable @inline(__always)
    public mutating func readBigEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) -> Value? {
        load(type).map { Value(bigEndian: $0) }
    }

    /// Reads an integer whose first byte is its least significant.
    @inlinable @inline(__always)
    public mutating func readLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) -> Value? {
        load(type).map { Value(littleEndian: $0) }
    }

    /// Reads `count` bytes, as a view of the memory they stand in.
    @inlinable @inline(__always)
    public mutating func readBytes(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else { return nil }
        let start = offset
        offset &+= count
        return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    }

    /// Passes over `count` bytes; false where fewer are left.
    @inlinable @inline(__always)
    public mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        offset &+= count
        return true
    }

    /// Reads a value in host byte order; any bits must make a valid one.
    @inlinable @inline(__always)
    mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value? {
        guard MemoryLayout<Value>.size <= remaining else { return nil }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
        offset &+= MemoryLayout<Value>.size
        return value
    }
}
