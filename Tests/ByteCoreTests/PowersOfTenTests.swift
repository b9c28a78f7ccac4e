import Testing

@testable import ByteCore

struct PowersOfTenTests {
    /// What the table promises: (g - 1) * 2^e < 10^k <= g * 2^e, with g of 128 bits.
    ///
    /// Every seventh power, and those around the borders, multiplied out.
    @Test func holdsPowersRoundedUp() {
        let borders = [-342, -341, -292, -28, -27, -1, 0, 1, 27, 28, 55, 56, 308, 323, 324]
        for k in Set(stride(from: -342, through: 324, by: 7)).union(borders) {
            let significand = PowersOfTen.roundedUp(k)
            let exponent = PowersOfTen.floorLog2(ofPower: k) - 127
            #expect(significand >> 127 == 1)
            // Both sides times 10^-k and 2^-exponent, wherever those are whole.
            var power = BigDecimal(1)
            if k > 0 { power.multiply(by: 10, times: k) }
            if exponent < 0 { power.multiply(by: 2, times: -exponent) }
            let above = product(significand, k: k, exponent: exponent)
            let below = product(significand - 1, k: k, exponent: exponent)
            #expect(below < power)
            #expect(!(above < power))
            #expect((above == power) == PowersOfTen.exact.contains(k))
        }
    }

    private func product(_ significand: UInt128, k: Int, exponent: Int) -> BigDecimal {
        // Built up bit by bit, because a limb takes no 128 bits.
        var result = BigDecimal(0)
        for bit in (0..<128).reversed() {
            result.multiply(by: 2)
            if significand >> UInt128(bit) & 1 == 1 { result.addOne() }
        }
        if exponent > 0 { result.multiply(by: 2, times: exponent) }
        if k < 0 { result.multiply(by: 10, times: -k) }
        return result
    }

    @Test func knowsTheBinaryLogarithm() {
        #expect(PowersOfTen.floorLog2(ofPower: 0) == 0)
        #expect(PowersOfTen.floorLog2(ofPower: 1) == 3)
        #expect(PowersOfTen.floorLog2(ofPower: -1) == -4)
        #expect(PowersOfTen.floorLog2(ofPower: 308) == 1_023)
        #expect(PowersOfTen.floorLog2(ofPower: -342) == -1_137)
    }
}
