import func Glibc.memmove

extension ByteBuffer {
    /// Appends the shortest JSON number that reads back as `value`.
    ///
    /// Byte for byte what JavaScript's `JSON.stringify` writes (ECMA-262, Number::toString): 812 for 812.0, 0
    /// for minus zero, null for what is not finite. At most 25 bytes.
    @inlinable @inline(__always)
    public mutating func appendNumber(_ value: Double) {
        // The bound keeps the conversion in range; above it not every integer is a double.
        if value.magnitude < 0x1p53 {
            let whole = Int64(value)
            if Double(whole) == value {
                appendDecimal(whole)
                return
            }
        }
        appendNumberWithFraction(value)
    }

    @usableFromInline @inline(never)
    mutating func appendNumberWithFraction(_ value: Double) {
        guard value.isFinite else {
            append("null")
            return
        }
        if value < 0 { append(UInt8(ascii: "-")) }
        let magnitude = value.magnitude
        if magnitude >= 1e-6, magnitude < 1e9, appendMillionths(magnitude) { return }
        append(ShortestDecimal(magnitude))
    }

    /// Appends `value` where six decimals suffice for it, as they do for the coordinates of most browsers.
    ///
    /// With at most 15 digits only one multiple of a millionth can read back as the double, and it does so if
    /// the division below, which IEEE 754 rounds as a reader does, gives the double back.
    private mutating func appendMillionths(_ value: Double) -> Bool {
        let millionths = UInt64(value * 1e6 + 0.5)
        guard Double(millionths) / 1e6 == value else { return false }
        reserve(DecimalDigits.maximumCount + 7)
        let (whole, fraction) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        unsafe end += DecimalDigits.write(whole, to: base + end)
        unsafe base.storeBytes(of: UInt8(ascii: "."), toByteOffset: end, as: UInt8.self)
        unsafe DecimalDigits.write(fraction, count: 6, to: base + end + 1)
        end += 7
        while unsafe base.load(fromByteOffset: end - 1, as: UInt8.self) == UInt8(ascii: "0") { end -= 1 }
        return true
    }

    /// Lays out digits and a point as ECMA-262, Number::toString does.
    private mutating func append(_ decimal: ShortestDecimal) {
        let count = DecimalDigits.count(of: decimal.digits)
        // Digits before the point, were it written where it belongs.
        let point = count + decimal.exponent
        switch point {
        case count...21 where count <= 21:
            appendDecimal(decimal.digits)
            appendZeros(decimal.exponent)
        case 1...21:
            appendDigits(decimal.digits, count: count, pointAfter: point)
        case -5...0:
            append("0.")
            appendZeros(-point)
            appendDecimal(decimal.digits)
        default:
            if count == 1 {
                appendDecimal(decimal.digits)
            } else {
                appendDigits(decimal.digits, count: count, pointAfter: 1)
            }
            append(point > 0 ? "e+" : "e-")
            appendDecimal(UInt64((point - 1).magnitude))
        }
    }

    private mutating func appendZeros(_ count: Int) {
        for _ in 0..<count { append(UInt8(ascii: "0")) }
    }

    private mutating func appendDigits(_ digits: UInt64, count: Int, pointAfter point: Int) {
        reserve(count + 1)
        let target = unsafe base + end
        unsafe DecimalDigits.write(digits, count: count, to: target + 1)
        unsafe memmove(target, target + 1, point)
        unsafe target.storeBytes(of: UInt8(ascii: "."), toByteOffset: point, as: UInt8.self)
        end += count + 1
    }
}
