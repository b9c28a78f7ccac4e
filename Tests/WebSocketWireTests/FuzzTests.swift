import TestSupport
import Testing
import WebSocketWire

@Suite("Frames, fuzzed")
struct FuzzTests {
    private static let words: [[UInt8]] = [
        [], Array("[]".utf8), Array(#"{"id":"a","x":1,"y":2}"#.utf8), Array("\u{E9}\u{20AC}\u{1F5B1}".utf8),
        Array(repeating: 0x20, count: 125), Array(repeating: 0x20, count: 126),
        Array(repeating: 0x20, count: 200),
        [0xE2, 0x82], [0xAC], [0xFF], [0xF0, 0x9F], [0x96, 0xB1],
    ]

    /// A stream of up to eight frames that mostly make sense together.
    private static func stream(_ random: inout SplitMix64, role: WebSocketRole) -> [UInt8] {
        var frames: [WireFrame] = []
        var isOpen = false
        for _ in 0...random.below(8) {
            // The first words are good ones; the others spoil a text in every way a text can be spoilt.
            let word = words[random.below(random.below(3) == 0 ? words.count : 7)]
            var frame: WireFrame
            switch random.below(10) {
            case 0: frame = WireFrame(opcode: 9, payload: Array(word.prefix(125)))
            case 1: frame = WireFrame(opcode: 10, payload: Array(word.prefix(125)))
            case 2 where random.below(4) == 0: frame = .close([nil, 1000, 1001, 4000, 1005][random.below(5)])
            default:
                let isFinal = random.below(2) == 0
                let opcode: UInt8 = isOpen ? 0 : random.below(12) == 0 ? 2 : 1
                frame = WireFrame(opcode: opcode, payload: word, isFinal: isFinal)
                isOpen = !isFinal
            }
            let key = random.next()
            frame.key = role == .client ? nil : (0..<4).map { UInt8(truncatingIfNeeded: key >> ($0 * 8)) }
            frames.append(frame)
        }
        return frames.bytes
    }

    /// Some single bits, bytes and cuts wrong; often in a header, where it matters.
    private static func spoil(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<random.below(3) where !bytes.isEmpty {
            let index = random.below(2) == 0 ? random.below(min(bytes.count, 16)) : random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[index] ^= 1 << UInt8(random.below(8))
            case 1: bytes[index] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.remove(at: index)
            default: bytes.removeLast(random.below(bytes.count))
            }
        }
    }

    private static func someCuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        guard count > 1 else { return [] }
        return (0...random.below(8)).map { _ in random.below(count) }.sorted()
    }

    @Test(
        "streams are heard as the simple model hears them, whatever the chunks",
        arguments: 0..<4 as Range<UInt64>)
    func streams(seed: UInt64) {
        var random = SplitMix64(seed: 0x5753_4652 + seed)
        let role: WebSocketRole = seed % 2 == 0 ? .server : .client
        let kinds: WebSocketMessageKinds = seed < 2 ? .text : [.text, .binary]
        var messages = 0
        var violations = 0
        for _ in 0..<1_500 {
            var bytes = Self.stream(&random, role: role)
            Self.spoil(&bytes, &random)
            let expected = SimpleModel.hear(bytes, role: role, kinds: kinds)
            for event in expected {
                switch event {
                case .message: messages += 1
                case .violation: violations += 1
                case .ping, .pong, .close: break
                }
            }
            let cuts = Self.someCuts(bytes.count, &random)
            let isPatient = random.below(2) == 0
            let heard = hear(bytes, cuts: cuts, role: role, kinds: kinds, isPatient: isPatient)
            #expect(heard == expected, "\(bytes) at \(cuts)")
            #expect(hear(bytes, role: role, kinds: kinds) == expected, "\(bytes)")
        }
        // Both ways have to be walked often for this to mean anything.
        #expect(messages > 500 && violations > 200)
    }

    @Test("random bytes never trap and are heard as the simple model hears them")
    func noise() {
        var random = SplitMix64(seed: 0x4E4F_4953)
        for _ in 0..<3_000 {
            let bytes = (0..<random.below(80)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let cuts = Self.someCuts(bytes.count, &random)
            let role: WebSocketRole = random.below(2) == 0 ? .server : .client
            let expected = SimpleModel.hear(bytes, role: role, kinds: .text)
            #expect(hear(bytes, cuts: cuts, role: role) == expected, "\(bytes) at \(cuts)")
        }
    }
}
