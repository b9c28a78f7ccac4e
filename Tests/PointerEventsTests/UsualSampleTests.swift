import ByteCore
import TestSupport
import Testing

@testable import PointerEvents

/// The short way through the usual JSON message says the same as the long one, which a space behind the brace
/// makes any message take.
@Suite struct UsualSampleTests {
    /// Whether the short way takes it.
    private func isUsual(_ message: [UInt8]) -> Bool {
        message.withUnsafeBytes { UsualSample($0)?.end == $0.count }
    }

    private func isUsual(_ text: String) -> Bool { isUsual(Array(text.utf8)) }

    /// The message with a space behind each brace that opens an object in it.
    private func long(_ message: [UInt8]) -> [UInt8] {
        message.flatMap { $0 == UInt8(ascii: "{") ? [$0, UInt8(ascii: " ")] : [$0] }
    }

    @Test func whatIsUsual() {
        let usual = [
            #"{"id":"user123","x":812,"y":433}"#, #"{"id":"a","x":0,"y":10}"#,
            #"{"id":"lod-000017","x": 812.000123,"y":   4.0123456789}"#,
            #"{"id":"user123","x":-12.5,"y":-0.25}"#, #"{"id":"user123","x":1234567,"y":0.12345678901}"#,
        ]
        for message in usual { #expect(isUsual(message), "\(message)") }
        let others = [
            #"{"id":"user123","x":812,"y":433,"k":"down"}"#, #"{ "id":"user123","x":812,"y":433}"#,
            #"{"id":"user123","y":433,"x":812}"#, #"{"id":"user123","x":812,"y":433} "#,
            #"{"id":"","x":812,"y":433000}"#, #"{"id":"us\u0065r","x":812,"y":433}"#,
            #"{"id":"zoë","x":812,"y":433}"#, #"{"id":"user123","x":0812,"y":433}"#,
            #"{"id":"user123","x":12345678,"y":433}"#, #"{"id":"user123","x":8.,"y":433}"#,
            #"{"id":"user123","x":.5,"y":433}"#, #"{"id":"user123","x":8e1,"y":433}"#,
            #"{"id":"user123","x":812,"y":43e3}"#, #"{"id":"user123","x":-,"y":4333}"#,
            #"{"id":"\#(String(repeating: "a", count: 65))","x":812,"y":433}"#, "", "{", #"{"id":""#,
        ]
        for message in others { #expect(!isUsual(message), "\(message)") }
    }

    @Test func bothWaysAgreeOnEveryNumber() {
        var random = SplitMix64(seed: 0x7573_7561)
        var short = JSONPointerDecoder()
        var taken = 0
        for _ in 0..<40_000 {
            let id = String(repeating: "u", count: 1 + random.below(20))
            let text = "{\"id\":\"\(id)\",\"x\":\(number(&random)),\"y\":\(number(&random))}"
            let message = Array(text.utf8)
            if isUsual(message) { taken += 1 }
            let decoded = Decoded(message, with: &short)
            let expected = Decoded(long(message))
            #expect(decoded == expected, "\(text)")
            guard decoded.refusal == nil, decoded == expected else { continue }
            // The sign of zero, too.
            let bits = message.withUnsafeBytes { bytes in
                UsualSample(bytes).map { ($0.x.bitPattern, $0.y.bitPattern) }
            }
            let same = long(message).withUnsafeBytes { bytes in
                var decoder = JSONPointerDecoder()
                _ = decoder.decode(bytes)
                let sample = decoder.sample(at: 0).sample
                return bits.map { $0 == sample.x.bitPattern && $1 == sample.y.bitPattern } ?? true
            }
            #expect(same, "\(text)")
        }
        // Both ways have come up.
        #expect(taken > 10_000 && taken < 39_000)
    }

    @Test func bothWaysAgreeOnDamagedMessages() {
        var random = SplitMix64(seed: 0x6461_6D67)
        let good = [
            #"{"id":"user123","x":812,"y":433}"#, #"{"id":"a","x":1.25,"y":-4.5}"#,
            #"[{"id":"user123","x":812,"y":433},{"id":"bo","x": 1,"y":2.0625}]"#,
        ]
        let bytes = Array(#"{}[]",:.-+eE0123456789 \u{7F}"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xFF]
        for _ in 0..<40_000 {
            var message = Array(random.pick(good).utf8)
            for _ in 0...random.below(3) {
                let place = random.below(message.count)
                switch random.below(4) {
                case 0: message.insert(random.pick(bytes), at: place)
                case 1: message.remove(at: place)
                case 2: message.removeSubrange(place...)
                default: message[place] = random.pick(bytes)
                }
                if message.isEmpty { break }
            }
            let short = Decoded(message)
            let expected = Decoded(long(message))
            // A text that is cut within a string, or a brace within one, is another one with a space in it.
            if short.refusal == nil || expected.refusal == nil, !hasBraceWithinString(message) {
                #expect(short == expected, "\(String(decoding: message, as: UTF8.self))")
            }
        }
    }

    /// Whether a brace stands in a string, where a space behind it would change what is said.
    private func hasBraceWithinString(_ message: [UInt8]) -> Bool {
        var isWithin = false
        for byte in message {
            if byte == UInt8(ascii: "\"") { isWithin.toggle() }
            if isWithin, byte == UInt8(ascii: "{") { return true }
        }
        return false
    }

    @Test func everyPrefixIsReadWithinItsMemory() {
        let message = Array(#"{"id":"user123","x":-812.0625,"y":433.0123456789}"#.utf8)
        for count in message.indices {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
            defer { memory.deallocate() }
            memory.copyBytes(from: message[..<count])
            #expect(UsualSample(UnsafeRawBufferPointer(memory)) == nil)
        }
        #expect(isUsual(message))
    }

    /// A number as pages write it, or nearly.
    private func number(_ random: inout SplitMix64) -> String {
        func digits(_ most: Int) -> String {
            String((0..<(1 + random.below(most))).map { _ in random.pick(Array("0123456789")) })
        }
        let spaces = String(repeating: " ", count: random.once(in: 3) ? random.below(4) : 0)
        let sign = random.once(in: 4) ? "-" : ""
        let whole = random.once(in: 8) ? digits(10) : "\(random.below(10_000))"
        let fraction = random.once(in: 2) ? "." + digits(13) : random.once(in: 30) ? "." : ""
        let exponent = random.once(in: 25) ? random.pick(["e1", "E-2", "e+3", "e"]) : ""
        return spaces + sign + whole + fraction + exponent
    }
}
