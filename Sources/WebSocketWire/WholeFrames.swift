/// A message that came in one frame.
@frozen
@safe public struct WholeMessage {
    /// Unmasked; a text is valid UTF-8.
    public let message: UnsafeRawBufferPointer
    /// Whether it is a text; else it is binary.
    public let isText: Bool
    /// Bytes to drop from the start of the receive buffer.
    public let consumed: Int

    @inlinable @inline(__always)
    init(message: UnsafeRawBufferPointer, isText: Bool, consumed: Int) {
        unsafe self.message = message
        self.isText = isText
        self.consumed = consumed
    }
}

/// A message that came in one frame, still masked; whether a text is UTF-8 has not been looked at.
@frozen
@safe public struct MaskedMessage {
    /// Where it begins.
    public let payload: UnsafeMutableRawPointer
    public let count: Int
    /// The key, the first byte lowest.
    public let key: UInt32
    /// Bytes of the whole frame.
    public let consumed: Int

    @inlinable @inline(__always)
    init(payload: UnsafeMutableRawPointer, count: Int, key: UInt32, consumed: Int) {
        unsafe self.payload = unsafe payload
        self.count = count
        self.key = key
        self.consumed = consumed
    }

    /// Unmasks it where it lies, once.
    @inlinable @inline(__always)
    public func unmasked() -> UnsafeRawBufferPointer {
        _ = unsafe FrameMask.unmaskPayload(payload, count: count, key: key)
        return unsafe UnsafeRawBufferPointer(start: payload, count: count)
    }

    /// What stands behind its frame in `bytes`, which begin with it.
    @inlinable @inline(__always)
    public func rest(of bytes: UnsafeMutableRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: payload + count, count: bytes.count &- consumed)
    }
}

/// Which frames are messages that may be taken in one go: those that begin with this byte, if any do.
@frozen
public struct WholeFrames: BitwiseCopyable, Sendable {
    @usableFromInline let start: UInt16

    @inlinable @inline(__always)
    init(start: UInt16) { self.start = start }

    /// Whether they are texts; else they are binary.
    @inlinable @inline(__always)
    public var areTexts: Bool { start & 0xF == UInt16(FrameOpcode.text.rawValue) }

    /// The message that the next frame is, where it is one, masked, and whole.
    @inlinable @inline(__always)
    public func next(_ bytes: UnsafeMutableRawBufferPointer) -> MaskedMessage? {
        guard bytes.count >= 6, let base = bytes.baseAddress else { return nil }
        let head = unsafe UInt16(littleEndian: base.loadUnaligned(as: UInt16.self))
        // The mask bit has to be set; without a start that is a byte nothing equals it.
        guard head & 0x80FF == start | 0x8000 else { return nil }
        var count = Int(head &>> 8 & 0x7F)
        var headerCount = 6
        if count >= 126 {
            guard count == 126, bytes.count >= 8 else { return nil }
            count = unsafe Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            headerCount = 8
            guard count >= 126 else { return nil }
        }
        guard headerCount &+ count <= bytes.count else { return nil }
        let payload = unsafe base + headerCount
        return unsafe MaskedMessage(
            payload: payload, count: count, key: FrameMask.key(at: payload - 4),
            consumed: headerCount &+ count)
    }

    /// The same of what stands from `place` to `end`, behind which `slack` more bytes are readable: what is
    /// looked at is judged afterwards, and a small frame by two comparisons.
    @inlinable @inline(__always)
    public func next(
        from place: UnsafeMutableRawPointer, to end: UnsafeMutableRawPointer
    ) -> MaskedMessage? {
        let head = unsafe UInt16(littleEndian: place.loadUnaligned(as: UInt16.self))
        guard head & 0x80FF == start | 0x8000 else { return nil }
        var count = Int(head &>> 8 & 0x7F)
        var payload = unsafe place + 6
        if count >= 126 {
            guard count == 126 else { return nil }
            count = unsafe Int(UInt16(bigEndian: place.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            unsafe payload += 2
            guard count >= 126 else { return nil }
        }
        guard unsafe payload + count <= end else { return nil }
        return unsafe MaskedMessage(
            payload: payload, count: count, key: FrameMask.key(at: payload - 4),
            consumed: payload + count - place)
    }

    /// Bytes behind the end that have to be readable, whatever they hold.
    public static var slack: Int { 8 }
}
