/// The shortest decimal that reads back as a given double, and of those the nearest to it.
///
/// Raffaello Giulietti's Schubfach ("The Schubfach way to render doubles", 2020): the bounds of the interval
/// that rounds to the double are scaled by a power of ten to integers, with one spare bit that tells exact
/// from inexact; one of four candidates beside the scaled double is then the answer.
struct ShortestDecimal {
    /// The digits, without zeros at their end.
    var digits: UInt64
    /// The power of ten that they are multiplied with.
    var exponent: Int

    /// Finds the decimal of a finite double above zero.
    init(_ value: Double) {
        let fraction = value.significandBitPattern
        let biased = Int(value.exponentBitPattern)
        let significand = biased == 0 ? fraction : fraction | 1 << 52
        let power = max(biased, 1) - 1075
        (digits, exponent) = Self.search(
            significand: significand, power: power, isLowerBoundCloser: fraction == 0 && biased > 1)
        while digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
    }

    /// Searches for significand * 2^power.
    private static func search(
        significand: UInt64, power: Int, isLowerBoundCloser: Bool
    ) -> (digits: UInt64, exponent: Int) {
        // An even significand wins a tie when the text is read back, so that the bounds belong to it.
        let outside: UInt64 = significand % 2 == 0 ? 0 : 1
        // floor(log10(interval's width)).
        let k = (power * 1_262_611 - (isLowerBoundCloser ? 524_031 : 0)) >> 22
        let shift = UInt64(power + PowersOfTen.floorLog2(ofPower: -k) + 1)
        let scale = PowersOfTen.roundedUp(-k)
        let lower =
            multiply(scale, (4 * significand - (isLowerBoundCloser ? 1 : 2)) << shift) + outside
        let middle = multiply(scale, (4 * significand) << shift)
        let upper = multiply(scale, (4 * significand + 2) << shift) - outside

        let quarter = middle / 4
        if quarter >= 10 {
            let tens = quarter / 10
            let isLowIn = lower <= 40 * tens
            let isHighIn = 40 * tens + 40 <= upper
            if isLowIn != isHighIn { return (tens + (isHighIn ? 1 : 0), k + 1) }
        }
        let isLowIn = lower <= 4 * quarter
        let isHighIn = 4 * quarter + 4 <= upper
        if isLowIn != isHighIn { return (quarter + (isHighIn ? 1 : 0), k) }
        // Both are in: the nearer one, and of two equally near ones the even one.
        let halfway = 4 * quarter + 2
        let roundsUp = middle > halfway || (middle == halfway && quarter % 2 == 1)
        return (quarter + (roundsUp ? 1 : 0), k)
    }

    /// scale * factor / 2^128, the last bit set where anything was cut off.
    private static func multiply(_ scale: UInt128, _ factor: UInt64) -> UInt64 {
        let low = UInt64(truncatingIfNeeded: scale).multipliedFullWidth(by: factor)
        let high = UInt64(truncatingIfNeeded: scale >> 64).multipliedFullWidth(by: factor)
        let (middle, carry) = high.low.addingReportingOverflow(low.high)
        return (high.high + (carry ? 1 : 0)) | (middle > 1 ? 1 : 0)
    }
}
