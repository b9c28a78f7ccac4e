import ByteCore
import TestSupport
import Testing

struct ByteBufferDecimalTests {
    @Test func writesEveryLengthOfInteger() {
        var power: UInt64 = 1
        var values: [UInt64] = [0, 5, .max, .max - 1, UInt64(Int64.max)]
        while true {
            values += [power - 1, power, power + 1, power / 3 * 2]
            let (next, overflow) = power.multipliedReportingOverflow(by: 10)
            if overflow { break }
            power = next
        }
        for value in values {
            #expect(written { $0.appendDecimal(value) } == "\(value)")
        }
    }

    @Test(arguments: [Int64.min, .min + 1, -1_000, -10, -9, -1, 0, 1, 9, 10, .max])
    func writesSignedIntegers(value: Int64) {
        #expect(written { $0.appendDecimal(value) } == "\(value)")
        #expect(written { $0.appendDecimal(Int(value)) } == "\(value)")
    }

    @Test func writesRandomIntegersOneBehindTheOther() {
        var random = SplitMix64(seed: 2)
        let values = (0..<5_000).map { _ in random.next() >> UInt64(random.below(64)) }
        let text = written { buffer in
            for value in values {
                buffer.appendDecimal(value)
                buffer.append(UInt8(ascii: ","))
                buffer.appendDecimal(-Int64(value >> 1))
                buffer.append(UInt8(ascii: ","))
            }
        }
        #expect(text == values.map { "\($0),\(-Int64($0 >> 1))," }.joined())
    }

    @Test func writesHexadecimalDigits() {
        #expect(written { $0.appendHex(0, digits: 1) } == "0")
        #expect(written { $0.appendHex(0x1F, digits: 4) } == "001f")
        #expect(written { $0.appendHex(0xDEAD_BEEF_0123_4567, digits: 16) } == "deadbeef01234567")
        // Only the digits asked for.
        #expect(written { $0.appendHex(0xABCDE, digits: 2) } == "de")
    }
}
