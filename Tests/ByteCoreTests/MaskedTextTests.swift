import Testing

@testable import ByteCore

/// Text that is compared and read while it is masked.
@Suite struct MaskedTextTests {
    /// Runs `body` on a text under a mask, with as many bytes behind it as have to be readable.
    private func masked<Result>(
        _ text: [UInt8], key: UInt32 = 0xA1B2_C3D4, _ body: (inout MaskedText) -> Result
    ) -> Result {
        let bytes = (text + [UInt8](repeating: 0x55, count: MaskedText.slack)).enumerated().map {
            $1 ^ UInt8(truncatingIfNeeded: key >> UInt32($0 % 4 * 8))
        }
        return bytes.withUnsafeBytes { bytes in
            var text = MaskedText(bytes.baseAddress!, key: key)
            return body(&text)
        }
    }

    @Test func comparesSixteenBytesAtATimeLikeEight() {
        for count in 16...64 {
            let text = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 5) } + Array("7,".utf8)
            for wrong in -1..<count {
                var expected = text
                if wrong >= 0 { expected[wrong] ^= 1 << UInt8(wrong % 8) }
                let bits = UInt64(count * 8 & 63)
                let found = expected.withUnsafeBytes { expected in
                    masked(text) { here in
                        let isAlike = here.passLong(expected.baseAddress!, count: count, bits: bits)
                        return isAlike ? here.passNumber() : nil
                    }
                }
                let plain = expected.withUnsafeBytes { expected in
                    masked(text) { here in
                        let isAlike = here.pass(expected.baseAddress!, count: count, bits: bits)
                        return isAlike ? here.passNumber() : nil
                    }
                }
                #expect(found == (wrong < 0 ? 7 : nil) && plain == found, "\(count), \(wrong)")
            }
        }
    }

    @Test func readsUsualNumbersAsAllOthers() {
        let usual = [
            "0", "7", " 812", "999999", "0.5", "812.000123", "433.0001250000", "   12.5", "123456.12345678",
        ]
        for text in usual {
            let number = Double(text.drop { $0 == " " })
            #expect(masked(Array("\(text),".utf8)) { $0.passUsualNumber() } == number, "\(text)")
            #expect(masked(Array("\(text),".utf8)) { $0.passNumber() } == number, "\(text)")
        }
        for text in ["-3", "1234567", "0.12345678901234567", "-0.25", "1234567890123456"] {
            #expect(masked(Array("\(text),".utf8)) { $0.passUsualNumber().isNaN }, "\(text)")
            let number = Double(text.drop { $0 == " " })
            #expect(masked(Array("\(text),".utf8)) { $0.passNumber() } == number, "\(text)")
        }
        for text in ["", "01", "5.", ".5", "-", "x", "\"1\""] {
            #expect(masked(Array("\(text),".utf8)) { $0.passUsualNumber().isNaN }, "\(text)")
            #expect(masked(Array("\(text),".utf8)) { $0.passNumber().isNaN }, "\(text)")
        }
    }
}
