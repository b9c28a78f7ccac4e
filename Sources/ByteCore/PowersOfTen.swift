/// 10^k as 128-bit significands, for reading and writing doubles exactly.
///
/// For each k in -342...324 there is one e with 2^127 <= 10^k * 2^-e < 2^128; the table holds that number
/// rounded up to an integer. It is exact for k in 0...55, where 5^k has no more than 128 bits.
///
/// It takes 10.7 KB and 0.1 ms to compute, once, when the first number comes that the fast paths cannot
/// take: cheaper than carrying and checking a literal of 1,334 words.
enum PowersOfTen {
    static let lowest = -342
    static let highest = 324
    /// The powers whose significand is the power itself.
    static let exact = 0...55

    private nonisolated(unsafe) static let table: UnsafePointer<UInt128> = unsafe makeTable()

    /// The significand of 10^k rounded up, for k in `lowest...highest`.
    static func roundedUp(_ k: Int) -> UInt128 {
        precondition(k >= lowest && k <= highest)
        return unsafe table[k - lowest]
    }

    /// floor(log2(10^k)) for |k| <= 1233.
    static func floorLog2(ofPower k: Int) -> Int { (k &* 1_741_647) >> 19 }

    private static func makeTable() -> UnsafePointer<UInt128> {
        let table = UnsafeMutablePointer<UInt128>.allocate(capacity: highest - lowest + 1)
        // 5^k grows from 1; the factor 2^k changes only the exponent.
        var power = WideInteger(one: 0)
        for k in 0...highest {
            unsafe table[k - lowest] = power.leading128RoundedUp
            power.multiply(by: 5)
        }
        // 2^1023 / 5^k shrinks by fives. Rounding down at every step is the same as rounding down once, and
        // 5^342 has 795 bits, so that 228 are left at the end.
        var reciprocal = WideInteger(one: 1023)
        for k in 1...(-lowest) {
            reciprocal.divide(by: 5)
            // What was cut off is never zero: 5^k divides no power of two.
            unsafe table[-k - lowest] = reciprocal.leading128 + 1
        }
        return unsafe UnsafePointer(table)
    }
}

/// An unsigned integer of 1,024 bits, for making the table.
private struct WideInteger {
    /// The least significant word first.
    private var words = InlineArray<16, UInt64>(repeating: 0)

    /// Makes 2^bit.
    init(one bit: Int) {
        words[bit / 64] = 1 << UInt64(bit % 64)
    }

    mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in 0..<16 {
            let product = words[index].multipliedFullWidth(by: factor)
            let (low, overflow) = product.low.addingReportingOverflow(carry)
            words[index] = low
            carry = product.high + (overflow ? 1 : 0)
        }
        precondition(carry == 0)
    }

    mutating func divide(by divisor: UInt64) {
        var remainder: UInt64 = 0
        for index in (0..<16).reversed() {
            (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
        }
    }

    /// The 128 bits from the highest one on; zeros follow where there are fewer.
    var leading128: UInt128 {
        var top = 15
        while words[top] == 0 { top -= 1 }
        let shift = UInt64(words[top].leadingZeroBitCount)
        let first = UInt128(words[top]) << 64 | UInt128(word(top - 1))
        return first << UInt128(shift) | (UInt128(word(top - 2)) << UInt128(shift)) >> 64
    }

    var leading128RoundedUp: UInt128 {
        bitWidth <= 128 ? leading128 : leading128 + 1  // an odd number: what is cut off is not zero
    }

    private var bitWidth: Int {
        var top = 15
        while words[top] == 0 { top -= 1 }
        return top * 64 + 64 - words[top].leadingZeroBitCount
    }

    private func word(_ index: Int) -> UInt64 { index >= 0 ? words[index] : 0 }
}
