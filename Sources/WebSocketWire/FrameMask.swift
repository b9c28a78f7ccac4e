/// The masking of client frames (RFC 6455 section 5.3): payload byte i is XORed with key byte i mod 4.
///
/// A key is the four bytes as they stand on the wire, read as a little-endian number.
public enum FrameMask {
    /// Reads the key whose four bytes are at `pointer`.
    @inlinable @inline(__always)
    public static func key(at pointer: UnsafeRawPointer) -> UInt32 {
        unsafe UInt32(littleEndian: pointer.loadUnaligned(as: UInt32.self))
    }

    /// Unmasks (or masks) `bytes` in place; the first of them is byte `phase` of the payload, modulo 4.
    public static func unmask(_ bytes: UnsafeMutableRawBufferPointer, key: UInt32, phase: Int = 0) {
        guard let base = bytes.baseAddress else { return }
        _ = unsafe unmask(base, count: bytes.count, key: rotated(key, by: phase))
    }

    /// Unmasks `count` bytes at `payload`, in place, behind a frame's header of 6 bytes or more.
    ///
    /// Returns the OR of all words: no bit of 0x8080808080808080 is set exactly if every byte is ASCII, so
    /// the common text needs no second pass. The bytes behind the last whole word are the upper ones of a
    /// word that ends with them; what stands in it before them, which may be the header's end, stays.
    @inlinable @inline(__always)
    static func unmaskPayload(_ payload: UnsafeMutableRawPointer, count: Int, key: UInt32) -> UInt64 {
        guard count >= 2 else { return unsafe unmask(payload, count: count, key: key) }
        let wide = UInt64(key) << 32 | UInt64(key)
        var seen: UInt64 = 0
        var index = 0
        while index &+ 8 <= count {
            let word =
                unsafe payload.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide.littleEndian
            unsafe payload.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            seen |= word
            index &+= 8
        }
        guard index < count else { return seen }
        let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* (count &- index))
        let bits = unsafe payload.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        let word = UInt64(littleEndian: bits) ^ wide &<< shift
        unsafe payload.storeBytes(of: word.littleEndian, toByteOffset: count &- 8, as: UInt64.self)
        return seen | (word &>> shift).littleEndian
    }

    /// Unmasks `count` bytes at `base` with a key whose first byte is for the first of them.
    ///
    /// Returns the OR of all words and bytes.
    @inlinable @inline(__always)
    static func unmask(_ base: UnsafeMutableRawPointer, count: Int, key: UInt32) -> UInt64 {
        let wide = (UInt64(key) << 32 | UInt64(key)).littleEndian
        var seen: UInt64 = 0
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            unsafe base.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            seen |= word
            index &+= 8
        }
        var tail = key
        while index < count {
            let byte =
                unsafe base.load(fromByteOffset: index, as: UInt8.self) ^ UInt8(truncatingIfNeeded: tail)
            unsafe base.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            seen |= UInt64(byte)
            tail = tail >> 8 | tail << 24
            index &+= 1
        }
        return seen
    }

    /// Copies `count` bytes from `source` to `target`, masked.
    static func copy(
        _ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int, key: UInt32
    ) {
        let wide = (UInt64(key) << 32 | UInt64(key)).littleEndian
        var index = 0
        while index &+ 8 <= count {
            let word = unsafe source.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            unsafe target.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < count {
            let byte = unsafe source.load(fromByteOffset: index, as: UInt8.self)
            let mask = UInt8(truncatingIfNeeded: key >> UInt32((index & 3) * 8))
            unsafe target.storeBytes(of: byte ^ mask, toByteOffset: index, as: UInt8.self)
            index &+= 1
        }
    }

    /// The key for a run that begins at payload byte `phase`.
    @inlinable
    static func rotated(_ key: UInt32, by phase: Int) -> UInt32 {
        let shift = UInt32(truncatingIfNeeded: phase & 3) * 8
        return shift == 0 ? key : key >> shift | key << (32 - shift)
    }
}
