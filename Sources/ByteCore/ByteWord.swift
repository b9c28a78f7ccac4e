/// Eight bytes looked at together; the first one in memory is the lowest.
///
/// The tests are the classic borrow tricks: bytes above the first hit may be reported wrongly, the first hit
/// never, and only that one is used.
@frozen
public struct ByteWord {
    @usableFromInline let bits: UInt64

    /// Loads the eight bytes at `address`, which needs no alignment.
    @inlinable @inline(__always)
    public init(loadedFrom address: UnsafeRawPointer) {
        bits = unsafe UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
    }

    /// Loads the last `count` (1 to 7) of the eight bytes that end at `end`; zeros follow them.
    @inlinable @inline(__always)
    init(loadedFromLast count: Int, before end: UnsafeRawPointer) {
        bits = unsafe ByteWord(loadedFrom: end - 8).bits >> UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    }

    @inlinable @inline(__always)
    static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    @inlinable @inline(__always)
    static func repeating(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// Whether all eight are ASCII.
    @inlinable @inline(__always)
    var isASCII: Bool { bits & Self.highBits == 0 }

    /// The high bit of each byte that equals `byte`.
    @inlinable @inline(__always)
    func equal(to byte: UInt8) -> UInt64 {
        let difference = bits ^ Self.repeating(byte)
        return (difference &- Self.repeating(1)) & ~difference & Self.highBits
    }

    /// The high bit of each byte below `bound`, which is at most 0x80.
    @inlinable @inline(__always)
    func below(_ bound: UInt8) -> UInt64 {
        (bits &- Self.repeating(bound)) & ~bits & Self.highBits
    }

    /// The index of the first byte flagged in `flags`; 8 where none is.
    @inlinable @inline(__always)
    static func firstIndex(in flags: UInt64) -> Int { flags.trailingZeroBitCount >> 3 }

    /// How many bytes stand before the first that is not printable ASCII or that a JSON string has to escape;
    /// 8 where none is.
    @inlinable @inline(__always)
    public var countBeforeSpecialInJSON: Int {
        Self.firstIndex(
            in: below(0x20) | equal(to: UInt8(ascii: "\"")) | equal(to: UInt8(ascii: "\\")) | equal(to: 0x7F)
                | (bits & Self.highBits))
    }
}
