/// A growable run of bytes that is written at its end and consumed from its start.
///
/// The storage is one allocation, kept until the buffer goes. Pointers handed out are valid until the next
/// mutation.
///
/// ```
///  base        start            end          capacity
///   | consumed | readable bytes | free space |
/// ```
@safe public struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var start: Int
    @usableFromInline var end: Int
    /// Bytes allocated.
    public private(set) var capacity: Int

    /// Makes an empty buffer with room for `capacity` bytes (at least 16).
    public init(capacity: Int = 256) {
        self.capacity = max(capacity, 16)
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
        start = 0
        end = 0
    }

    deinit { unsafe base.deallocate() }

    /// Bytes that can be read.
    @inlinable public var count: Int { end - start }

    /// Whether nothing can be read.
    @inlinable public var isEmpty: Bool { end == start }

    /// The readable bytes; valid until the next mutation.
    @inlinable public var readable: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + start, count: end - start)
    }

    /// The readable bytes, for rewriting in place; valid until the next mutation.
    @inlinable public var mutableReadable: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base + start, count: end - start)
    }

    /// Makes room for `count` more bytes: first by moving the readable bytes down, else by doubling.
    @inlinable @inline(__always)
    public mutating func reserve(_ count: Int) {
        if capacity - end < count { makeRoom(count) }
    }

    @usableFromInline @inline(never)
    mutating func makeRoom(_ count: Int) {
        let readableCount = end - start
        if start >= readableCount, capacity - readableCount >= count {
            unsafe (base).copyMemory(from: base + start, byteCount: readableCount)
        } else {
            var larger = max(capacity * 2, 64)
            while larger - readableCount < count { larger *= 2 }
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
            unsafe moved.copyMemory(from: base + start, byteCount: readableCount)
            unsafe base.deallocate()
            unsafe base = moved
            capacity = larger
        }
        start = 0
        end = readableCount
    }

    /// Appends one byte.
    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end += 1
    }

    /// Appends a copy of `bytes`.
    @inlinable @inline(__always)
    public mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        guard count > 0, let source = bytes.baseAddress else { return }
        reserve(count)
        unsafe (base + end).copyMemory(from: source, byteCount: count)
        end += count
    }

    /// Appends the UTF-8 bytes of a literal.
    @inlinable @inline(__always)
    public mutating func append(_ literal: StaticString) {
        unsafe append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends the memory of a value of fixed layout, in host byte order.
    @inlinable @inline(__always)
    public mutating func append<Value: BitwiseCopyable>(memoryOf value: Value) {
        reserve(MemoryLayout<Value>.size)
        unsafe base.storeBytes(of: value, toByteOffset: end, as: Value.self)
        end += MemoryLayout<Value>.size
    }

    /// Appends the UTF-8 bytes of a string; not for the hot path.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    /// Lets `body` write into at least `minimum` bytes of free space; it returns how many it wrote.
    @inlinable
    public mutating func appendInPlace<Failure: Error>(
        minimum: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        reserve(minimum)
        let written = try unsafe body(UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end))
        precondition(written >= 0 && written <= capacity - end)
        end += written
        return written
    }

    /// Drops `count` bytes from the start.
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start)
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Drops `count` bytes from the end.
    @inlinable
    public mutating func truncate(by count: Int) {
        precondition(count >= 0 && count <= end - start)
        end -= count
    }

    /// Drops every byte and keeps the storage.
    @inlinable
    public mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Drops every byte and, where the storage is larger than `limit` bytes, gives it back.
    public mutating func removeAll(shrinkingTo limit: Int) {
        removeAll()
        guard capacity > limit else { return }
        unsafe base.deallocate()
        capacity = max(limit, 16)
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    }
}
