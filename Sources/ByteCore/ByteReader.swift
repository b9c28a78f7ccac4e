/// Reads bytes from borrowed memory one by one, never past its end.
@frozen
@safe public struct ByteReader {
    /// The bytes that are read.
    public let bytes: UnsafeRawBufferPointer
    @usableFromInline var offset: Int

    /// Makes a reader that stands at the start of `bytes`, which must outlive it.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
        offset = 0
    }

    /// Reads one byte; nil, and nothing moves, at the end.
    @inlinable @inline(__always)
    public mutating func readByte() -> UInt8? {
        guard unsafe offset < bytes.count else { return nil }
        let byte = unsafe bytes[offset]
        offset &+= 1
        return byte
    }
}
