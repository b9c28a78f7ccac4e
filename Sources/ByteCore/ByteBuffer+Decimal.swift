extension ByteBuffer {
    /// Appends `value` in decimal digits.
    @inlinable @inline(__always)
    public mutating func appendDecimal(_ value: UInt64) {
        reserve(DecimalDigits.maximumCount)
        unsafe end += DecimalDigits.write(value, to: base + end)
    }

    /// Appends `value` in decimal digits, after a minus sign where it is negative.
    @inlinable @inline(__always)
    public mutating func appendDecimal(_ value: Int64) {
        reserve(DecimalDigits.maximumCount + 1)
        if value < 0 {
            unsafe base.storeBytes(of: UInt8(ascii: "-"), toByteOffset: end, as: UInt8.self)
            end += 1
        }
        unsafe end += DecimalDigits.write(value.magnitude, to: base + end)
    }

    /// Appends `value` in decimal digits, after a minus sign where it is negative.
    @inlinable @inline(__always)
    public mutating func appendDecimal(_ value: Int) {
        appendDecimal(Int64(value))
    }

    /// Appends the last `digits` (1 to 16) lower-case hexadecimal digits of `value`, with leading zeros.
    @inlinable
    public mutating func appendHex(_ value: UInt64, digits: Int) {
        precondition(digits >= 1 && digits <= 16)
        reserve(digits)
        var rest = value
        var index = digits
        while index > 0 {
            index -= 1
            let nibble = UInt8(truncatingIfNeeded: rest & 15)
            let digit = nibble < 10 ? nibble &+ UInt8(ascii: "0") : nibble &+ (UInt8(ascii: "a") &- 10)
            unsafe base.storeBytes(of: digit, toByteOffset: end &+ index, as: UInt8.self)
            rest >>= 4
        }
        end += digits
    }
}

/// Writes unsigned integers as decimal digits, two at a time.
@usableFromInline
enum DecimalDigits {
    /// Digits of `UInt64.max`.
    @inlinable static var maximumCount: Int { 20 }

    /// How many digits `value` has; zero has one.
    @inlinable @inline(__always)
    static func count(of value: UInt64) -> Int {
        var rest = value
        var count = 1
        // Coordinates have up to four digits and leave in the first round.
        while true {
            if rest < 10 { return count }
            if rest < 100 { return count &+ 1 }
            if rest < 1_000 { return count &+ 2 }
            if rest < 10_000 { return count &+ 3 }
            rest /= 10_000
            count &+= 4
        }
    }

    /// Writes the digits of `value` at `target`, which has room for them, and returns how many.
    @inlinable @inline(__always)
    static func write(_ value: UInt64, to target: UnsafeMutableRawPointer) -> Int {
        let count = count(of: value)
        unsafe write(value, count: count, to: target)
        return count
    }

    /// Writes the last `count` digits of `value` at `target`, with leading zeros where it has fewer.
    @inlinable @inline(__always)
    static func write(_ value: UInt64, count: Int, to target: UnsafeMutableRawPointer) {
        var rest = value
        var index = count
        while index >= 2 {
            index &-= 2
            let pair = unsafe UnsafeRawPointer(pairs.utf8Start)
                .loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: rest % 100) &* 2, as: UInt16.self)
            unsafe target.storeBytes(of: pair, toByteOffset: index, as: UInt16.self)
            rest /= 100
        }
        if index == 1 {
            unsafe target.storeBytes(
                of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10), as: UInt8.self)
        }
    }

    /// The digit pairs 00 to 99; a literal, because a stored array would cost a bounds and a once check.
    @inlinable @inline(__always)
    static var pairs: StaticString {
        """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    }
}
