import func Glibc.strtod

/// The double nearest to a decimal number, ties to even, for every input.
@usableFromInline
enum DecimalToDouble {
    /// 10^k for k in 0...22, the powers that are doubles themselves.
    @usableFromInline static let exactPowers: InlineArray<23, Double> = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Converts mantissa * 10^exponent; infinity where no finite double is near enough.
    @usableFromInline @inline(never)
    static func convert(mantissa: UInt64, exponent: Int) -> Double {
        // Both operands are exact doubles, so that the one rounding of IEEE 754 is the right one (Clinger,
        // "How to read floating point numbers accurately", 1990).
        if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
            return exponent < 0
                ? Double(mantissa) / exactPowers[-exponent] : Double(mantissa) * exactPowers[exponent]
        }
        return eiselLemire(mantissa: mantissa, exponent: exponent)
    }

    /// The product with a 128-bit power of ten, rounded (Lemire, "Number parsing at a gigabyte per second",
    /// 2021; Mushtak and Lemire, 2023, prove that it needs no way out for mantissas of 64 bits).
    private static func eiselLemire(mantissa: UInt64, exponent: Int) -> Double {
        if mantissa == 0 || exponent < -342 { return 0 }
        if exponent > 308 { return .infinity }
        let zeros = mantissa.leadingZeroBitCount
        let product = approximateProduct(mantissa << UInt64(zeros), exponent)
        let upperBit = Int(product.high >> 63)
        let shift = UInt64(upperBit + 64 - 52 - 3)
        // 52 bits, the hidden one and one more to round by.
        var significand = product.high >> shift
        var biased = PowersOfTen.floorLog2(ofPower: exponent) + 63 + upperBit - zeros + 1023
        if biased <= 0 {
            let drop = 1 - biased
            guard drop < 64 else { return 0 }
            significand >>= UInt64(drop)
            significand = (significand + (significand & 1)) >> 1
            // A significand that was rounded up to 2^52 makes the exponent field 1 by itself.
            return Double(bitPattern: significand)
        }
        // Exactly halfway, which only small powers of five allow: to even, not up.
        if product.low <= 1, exponent >= -4, exponent <= 23, significand & 3 == 1,
            significand << shift == product.high
        {
            significand &= ~1
        }
        significand = (significand + (significand & 1)) >> 1
        if significand >= 1 << 53 {
            significand = 1 << 52
            biased += 1
        }
        guard biased < 0x7FF else { return .infinity }
        return Double(bitPattern: UInt64(biased) << 52 | significand & (1 << 52 - 1))
    }

    /// The upper 128 bits of mantissa * 10^exponent, exact in the 55 that are looked at.
    private static func approximateProduct(
        _ mantissa: UInt64, _ exponent: Int
    ) -> (high: UInt64, low: UInt64) {
        var power = PowersOfTen.roundedUp(exponent)
        // The proof wants the powers of five rounded down and their reciprocals rounded up.
        if exponent > PowersOfTen.exact.upperBound { power -= 1 }
        var product = mantissa.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power >> 64))
        // Where the low nine bits are all ones, a carry from below might reach the others.
        if product.high & 0x1FF == 0x1FF {
            let below = mantissa.multipliedFullWidth(by: UInt64(truncatingIfNeeded: power)).high
            let (low, carry) = product.low.addingReportingOverflow(below)
            product = (product.high + (carry ? 1 : 0), low)
        }
        return (product.high, product.low)
    }

    /// Converts digits, with or without a point among them, times 10^exponent; for more digits than 64 bits
    /// hold.
    @usableFromInline @inline(never)
    static func convert(digits: UnsafeRawBufferPointer, exponent: Int) -> Double {
        unsafe withUnsafeTemporaryAllocation(byteCount: Limits.decisiveDigits + 32, alignment: 1) { scratch in
            var count = 0
            var scale = exponent
            var isAfterPoint = false
            var hasMore = false
            for index in digits.indices {
                let byte = unsafe digits[index]
                if byte == UInt8(ascii: ".") {
                    isAfterPoint = true
                } else if count < Limits.decisiveDigits {
                    if isAfterPoint { scale -= 1 }
                    if count == 0, byte == UInt8(ascii: "0") { continue }
                    unsafe scratch[count] = byte
                    count += 1
                } else {
                    if !isAfterPoint { scale += 1 }
                    hasMore = hasMore || byte != UInt8(ascii: "0")
                }
            }
            return unsafe parse(scratch, count: count, hasMore: hasMore, scale: scale)
        }
    }

    /// Lets the C library round `count` digits, which are followed by others that are not all zero where
    /// `hasMore` says so. They have no point, because it would look for the locale's.
    private static func parse(
        _ scratch: UnsafeMutableRawBufferPointer, count: Int, hasMore: Bool, scale: Int
    ) -> Double {
        guard count > 0 else { return 0 }
        var end = count
        var scale = scale
        if hasMore {
            unsafe scratch[end] = UInt8(ascii: "1")
            end += 1
            scale -= 1
        }
        unsafe scratch[end] = UInt8(ascii: "e")
        end += 1
        // strtod reads exponents of any size, but this is all that matters.
        let bounded = min(max(scale, -9_999), 9_999)
        if bounded < 0 {
            unsafe scratch[end] = UInt8(ascii: "-")
            end += 1
        }
        unsafe end += DecimalDigits.write(UInt64(bounded.magnitude), to: scratch.baseAddress! + end)
        unsafe scratch[end] = 0
        return unsafe strtod(scratch.baseAddress!.assumingMemoryBound(to: CChar.self), nil)
    }
}
