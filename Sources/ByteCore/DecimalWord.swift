/// Up to eight decimal digits looked at together.
@frozen
public struct DecimalWord {
    /// How many there are, 0...8.
    public let count: Int
    /// The value of the first one, if there is any.
    public let first: UInt8
    /// What they say together.
    public let value: UInt64

    /// Looks at the digits at `offset`, before `end`, which stands at least a word behind `base`.
    @inlinable @inline(__always)
    public init(_ base: UnsafeRawPointer, _ offset: Int, _ end: Int) {
        let left = end &- offset
        let bits: UInt64
        if left >= 8 {
            bits = unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        } else {
            // Near the end the word is loaded from before, so as not to read past it; zeros follow.
            let last = unsafe base.loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self)
            bits = UInt64(littleEndian: last) >> UInt64(truncatingIfNeeded: 64 &- 8 &* left)
        }
        let digits = UInt64(littleEndian: bits) ^ Self.zeros
        count = Self.others(in: digits).trailingZeroBitCount &>> 3
        first = UInt8(truncatingIfNeeded: digits)
        // Zeros in front of them, and nothing behind; a shift by 64 leaves nothing at all.
        value = Self.value(digits << UInt64(truncatingIfNeeded: 64 &- 8 &* count))
    }

    /// Eight times "0": a word of digits XORed with it holds their values.
    @inlinable @inline(__always)
    static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The high bit of each byte of `digits` that is above 9; bytes above the first such may be reported
    /// wrongly.
    @inlinable @inline(__always)
    static func others(in digits: UInt64) -> UInt64 {
        ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    }

    /// What eight digits say together, the first one lowest.
    @inlinable @inline(__always)
    static func value(_ digits: UInt64) -> UInt64 {
        // Pairs, then all four of them at once.
        let pairs = digits &* 10 &+ digits &>> 8
        let upper = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let lower = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (upper &+ lower) &>> 32
    }

    /// 10^`exponent`, of 0...11.
    @inlinable @inline(__always)
    public static func power(_ exponent: Int) -> UInt64 { powers[exponent] }

    @usableFromInline static let powers: InlineArray<12, UInt64> = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000,
    ]
}
