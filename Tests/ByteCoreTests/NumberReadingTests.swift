import Glibc
import TestSupport
import Testing

@testable import ByteCore

struct NumberReadingTests {
    private func read(_ text: String) -> Double? {
        try? scanned(text.utf8) { scanner throws(JSONFault) in
            let value = try scanner.scanNumber()
            try scanner.expectEnd()
            return value
        }
    }

    private func readBits(_ text: String) -> UInt64? { read(text)?.bitPattern }

    @Test(
        arguments: [
            ("0", 0x0p0), ("-0", -0.0), ("812", 812), ("-433", -433), ("0.5", 0.5), ("1e2", 100),
            ("1E+2", 100),
            ("25e-2", 0.25), ("0e999999999999999999999", 0), ("0.1", 0.1), ("9007199254740993", 0x1p53),
            ("9007199254740995", 0x1p53 + 4), ("123456789012345678", 123_456_789_012_345_680),
            ("18446744073709551615", 0x1p64), ("18446744073709551616", 0x1p64), ("1e23", 1e23),
            ("8.5e22", 8.5e22), ("1e400", .infinity), ("-1e400", -.infinity), ("1e-400", 0),
            ("1e999999999999999999999999", .infinity), ("1e-999999999999999999999999", 0),
            ("1.7976931348623157e308", .greatestFiniteMagnitude),
            ("1.7976931348623158e308", .greatestFiniteMagnitude), ("1.7976931348623159e308", .infinity),
            ("5e-324", .leastNonzeroMagnitude), ("2.4703282292062328e-324", .leastNonzeroMagnitude),
            ("2.4703282292062327e-324", 0), ("2.2250738585072011e-308", 0x1p-1022.nextDown),
            ("2.2250738585072014e-308", 0x1p-1022), ("0.000000000000000000000000000000000000001e39", 1),
            // 1 + 2^-53, exactly between two doubles, and a little more.
            ("1.00000000000000011102230246251565404236316680908203125", 1),
            ("1.00000000000000011102230246251565404236316680908203126", 1.0.nextUp),
        ] as [(String, Double)])
    func roundsToTheNearest(text: String, expected: Double) {
        #expect(readBits(text) == expected.bitPattern)
    }

    @Test func readsNumbersOfAbsurdLength() {
        let zeros = String(repeating: "0", count: 60_000)
        #expect(read("0.\(zeros)1e60001") == 1)
        #expect(read("1\(zeros)e-60000") == 1)
        #expect(read("1\(zeros).\(zeros)e-60000") == 1)
        // A digit far behind the tie decides it.
        let tie = "9007199254740993"
        #expect(read("\(tie).\(zeros)") == 0x1p53)
        #expect(read("\(tie).\(zeros)1") == 0x1p53 + 2)
        #expect(read("\(tie)\(zeros)e-60000") == 0x1p53)
        #expect(read("\(tie)\(zeros)1e-60001") == 0x1p53 + 2)
    }

    /// The C library, in the C locale, is right for all of these.
    @Test func agreesWithTheCLibrary() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<60_000 {
            var text = random.below(2) == 0 ? "-" : ""
            let count = random.below(4) == 0 ? 1 + random.below(40) : 15 + random.below(6)
            text += String(1 + random.below(9))
            for _ in 1..<count { text += String(random.below(10)) }
            if random.below(2) == 0 {
                text += "."
                for _ in 0...random.below(20) { text += String(random.below(10)) }
            }
            switch random.below(4) {
            case 0: text += "e\(random.below(660) - 345)"
            case 1: text += "e\(random.below(50) - 35)"
            default: break
            }
            let expected = strtod(text, nil)
            if readBits(text) != expected.bitPattern { Issue.record("\(text) should be \(expected)") }
        }
    }

    /// What is written reads back: any bits but those that are not finite.
    @Test func readsBackWhatIsWritten() {
        var random = SplitMix64(seed: 8)
        var buffer = ByteBuffer(capacity: 64)
        for _ in 0..<60_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            buffer.removeAll()
            buffer.appendNumber(value)
            var scanner = JSONScanner(buffer.readable, maximumDepth: 0)
            let back = try? scanner.scanNumber()
            let isWhole = scanner.isAtEnd
            if back?.bitPattern != value.bitPattern || !isWhole { Issue.record("\(value) was lost") }
        }
    }

    /// Numbers exactly between two doubles, and next to it in their last digit, multiplied out.
    @Test func roundsTiesToEven() {
        var random = SplitMix64(seed: 9)
        for _ in 0..<80 {
            checkTie(above: random.next() >> 12 | 1 << 52, exponent: random.below(2_044) - 1_073)
            checkTie(above: random.next() >> 12 | 1 << 52, exponent: -random.below(80))
            checkTie(above: random.next() >> (13 + UInt64(random.below(50))), exponent: -1_074)
        }
        checkTie(above: 0, exponent: -1_074)
        checkTie(above: 1 << 52 - 1, exponent: -1_074)
        checkTie(above: 1 << 53 - 1, exponent: -10)
        // Above the greatest double stands infinity, and it is the even one.
        checkTie(above: 1 << 53 - 1, exponent: 971)
    }

    /// Checks around the tie above significand * 2^exponent, which is a double.
    private func checkTie(above significand: UInt64, exponent: Int) {
        let lower = scalbn(Double(significand), Int32(exponent))
        // The tie is (2 * significand + 1) * 2^(exponent - 1).
        var tie = BigDecimal(2 * significand + 1)
        var scale = 0
        if exponent >= 1 {
            tie.multiply(by: 2, times: exponent - 1)
        } else {
            tie.multiply(by: 5, times: 1 - exponent)
            scale = exponent - 1
        }
        let even = significand % 2 == 0 ? lower : lower.nextUp
        #expect(readBits("\(tie.digits)e\(scale)") == even.bitPattern)
        var below = tie
        below.subtractOne()
        #expect(readBits("\(below.digits)e\(scale)") == lower.bitPattern)
        #expect(readBits("\(tie.digits).0001e\(scale)") == lower.nextUp.bitPattern)
    }
}
