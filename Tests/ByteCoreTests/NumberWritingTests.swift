import ByteCore
import TestSupport
import Testing

struct NumberWritingTests {
    /// ECMA-262, Number::toString, which JSON.stringify follows; minus zero loses its sign there.
    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (812, "812"), (-433, "-433"), (0x1p53 - 1, "9007199254740991"),
            (0x1p53, "9007199254740992"), (-0x1p53, "-9007199254740992"), (1e15, "1000000000000000"),
            (123_456_789_012_345_683_968, "123456789012345680000"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (1.5e21, "1.5e+21"), (-1e300, "-1e+300"), (1e23, "1e+23"), (9.5e22, "9.5e+22"),
            (0.5, "0.5"), (-0.5, "-0.5"), (812.25, "812.25"), (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3, "0.3333333333333333"), (2.0 / 3, "0.6666666666666666"),
            (100.0 / 3, "33.333333333333336"),
            (1e-6, "0.000001"), (1.5e-6, "0.0000015"), (1e-7, "1e-7"), (1.25e-7, "1.25e-7"),
            (999_999.999_999, "999999.999999"), (999_999_999.999_999, "999999999.999999"),
            (0.000_001_234_567, "0.000001234567"), (812.799_987_792_968_75, "812.7999877929688"),
            (1_732_109_508_123.25, "1732109508123.25"), (2_251_799_813_685_249.5, "2251799813685249.5"),
            (.leastNonzeroMagnitude, "5e-324"), (3 * Double.leastNonzeroMagnitude, "1.5e-323"),
            (2.225_073_858_507_201_4e-308, "2.2250738585072014e-308"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.nan, "null"), (.infinity, "null"),
            (-.infinity, "null"),
        ] as [(Double, String)])
    func writesAsJavaScriptDoes(value: Double, expected: String) {
        #expect(written { $0.appendNumber(value) } == expected)
    }

    /// The digits of a number without sign, point, exponent and zeros at either end, and the power of ten
    /// that they are multiplied with.
    private func parts(of text: String) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var isAfterPoint = false
        let pieces = text.utf8.split(whereSeparator: { $0 | 0x20 == UInt8(ascii: "e") })
        for byte in pieces[0] {
            if byte == UInt8(ascii: ".") { isAfterPoint = true }
            guard byte >= UInt8(ascii: "0") else { continue }
            digits.append(byte)
            if isAfterPoint { exponent -= 1 }
        }
        if pieces.count == 2 { exponent += Int(String(decoding: pieces[1], as: UTF8.self)) ?? 0 }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        return (Array(digits.drop { $0 == UInt8(ascii: "0") }), exponent)
    }

    /// Against the standard library, whose digits are the shortest and nearest too.
    private func check(_ value: Double, _ buffer: inout ByteBuffer) {
        buffer.removeAll()
        buffer.appendNumber(value)
        let text = String(decoding: buffer.readable, as: UTF8.self)
        let (ours, theirs) = (parts(of: text), parts(of: value.description))
        if Double(text) != value || ours.digits.count != theirs.digits.count || ours != theirs {
            Issue.record("\(value.description) was written \(text)")
        }
    }

    @Test func isShortestForRandomBits() {
        var random = SplitMix64(seed: 5)
        var buffer = ByteBuffer(capacity: 64)
        for _ in 0..<200_000 {
            let value = Double(bitPattern: random.next())
            if value.isFinite { check(value, &buffer) }
        }
    }

    /// Coordinates as pages have them: fractions of pixels, some from single precision.
    @Test func isShortestForCoordinates() {
        var random = SplitMix64(seed: 6)
        var buffer = ByteBuffer(capacity: 64)
        for _ in 0..<40_000 {
            let whole = Double(random.below(1_000_000_000) >> random.below(30))
            let fraction = Double(random.next() >> 11) * 0x1p-53
            check(whole + fraction, &buffer)
            check(-(whole + (fraction * 64).rounded(.down) / 64), &buffer)
            check(Double(Float(whole + fraction)), &buffer)
            check((whole * 1_000 + fraction * 1_000).rounded() / 1_000, &buffer)
        }
    }

    /// Where the distance to the next double changes, where notation changes, and where fast paths end.
    @Test func isShortestAtBorders() {
        var buffer = ByteBuffer(capacity: 64)
        for exponent in -1_074...1_023 {
            let power =
                exponent < -1_022
                ? Double(bitPattern: 1 << (exponent + 1_074))
                : Double(sign: .plus, exponent: exponent, significand: 1)
            for value in [power, power.nextUp, power.nextDown] where value > 0 { check(value, &buffer) }
        }
        for exponent in -323...308 {
            guard let power = Double("1e\(exponent)") else { continue }
            for value in [power, power.nextUp, power.nextDown, power * 5] where value.isFinite {
                check(value, &buffer)
            }
        }
    }
}
