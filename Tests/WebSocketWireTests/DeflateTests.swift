import ByteCore
import TestSupport
import Testing

@testable import WebSocketWire

private let kinds: WebSocketMessageKinds = [.text, .deflated]

private func compressed(_ payload: [UInt8], isFinal: Bool = true) -> WireFrame {
    WireFrame(opcode: 1, payload: payload, isFinal: isFinal, reservedBits: 4)
}

private func text(_ text: String) -> Heard { .message(Array(text.utf8), .text) }

@Suite("Compressed messages (RFC 7692)")
struct DeflateTests {
    @Test("are those of the RFC's examples, however they are cut")
    func examples() {
        // Section 7.2.3.1: "Hello" in one block with the fixed codes, whole and in two fragments; 7.2.3.3: as
        // it is; 7.2.3.4: in a block that calls itself the last; 7.2.3.5: in two blocks; 7.2.3.6: nothing.
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let frames: [WireFrame] = [
            compressed(hello),
            compressed(Array(hello[..<3]), isFinal: false), .more(Array(hello[3...]), isFinal: true),
            .text("in between"),
            compressed([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]),
            compressed([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]),
            compressed([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]),
            compressed([0x00]),
            compressed(Array(hello[..<2]), isFinal: false), WireFrame(opcode: 9, payload: [0x21]),
            .more([]), .more(Array(hello[2...]), isFinal: true),
        ]
        let expected: [Heard] = [
            text("Hello"), text("Hello"), text("in between"), text("Hello"), text("Hello"), text("Hello"),
            text(""), .ping([0x21]), text("Hello"),
        ]
        #expect(hear(frames.bytes, kinds: kinds) == expected)
        expectSameWhateverTheCut(frames.bytes, kinds: kinds)
        // Unmasked, as the section has them.
        let pieces: [UInt8] = [0x41, 0x03] + hello[..<3] + [0x80, 0x04] + hello[3...]
        let unmasked: [UInt8] = [0xC1, 0x07] + hello + pieces
        #expect(hear(unmasked, role: .client, kinds: kinds) == [text("Hello"), text("Hello")])
    }

    @Test(
        "are refused where they are damaged, end within a block, or build on the message before",
        arguments: [
            // A block of the third kind, which there is none of; a length that its complement belies; the
            // example's first byte; nothing at all; its last block without what must follow.
            [0x06], [0x00, 0x05, 0x00, 0xFB, 0xFF], [0xF2], [],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            // Section 7.2.3.2, with the window of the message before.
            [0xF2, 0x00, 0x11, 0x00, 0x00],
            // "\xC3" in a block as it is: half a character.
            [0x00, 0x01, 0x00, 0xFE, 0xFF, 0xC3, 0x00],
        ] as [[UInt8]])
    func damaged(payload: [UInt8]) {
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let frames = [compressed(hello), compressed(payload), compressed(hello)]
        #expect(hear(frames.bytes, kinds: kinds) == [text("Hello"), .violation(1007)])
        expectSameWhateverTheCut(frames.bytes, kinds: kinds)
    }

    @Test("may be as long as any message, and are inflated no further")
    func bombs() {
        for (runs, extra, isTaken) in [(254, 3, true), (254, 4, false), (254, 5, false), (40_000, 0, false)] {
            let payload = Bits.fixedBlock(of: 0x61, runs: runs, extra: extra)
            let count = 1 + 258 * runs + extra
            let heard = hear(compressed(payload).bytes, kinds: kinds)
            let message = Heard.message([UInt8](repeating: 0x61, count: min(count, 65_536)), .text)
            #expect(heard == [isTaken ? message : .violation(1009)], "\(count) bytes")
        }
        var inflater = MessageInflater()
        let bomb = Bits.fixedBlock(of: 0x61, runs: 1_000_000, extra: 0)
        guard case .tooLong = bomb.withUnsafeBytes({ inflater.inflate($0, limit: 65_536) }) else {
            Issue.record("a message of 258 MB was taken")
            return
        }
        #expect(inflater.keptBytes <= 2 * 65_536 + 4_096)
    }

    @Test("mark their first frame alone, and only where it was agreed on")
    func reservedBits() {
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        var more = WireFrame.more(Array(hello[3...]), isFinal: true)
        more.reservedBits = 4
        let first = compressed(Array(hello[..<3]), isFinal: false)
        #expect(hear([first, more].bytes, kinds: kinds) == [.violation(1002)])
        for opcode: UInt8 in [8, 9, 10] {
            let control = WireFrame(opcode: opcode, reservedBits: 4)
            #expect(hear(control.bytes, kinds: kinds) == [.violation(1002)])
        }
        for bits: UInt8 in [1, 2, 3, 5, 6, 7] {
            let frame = WireFrame(opcode: 1, payload: hello, reservedBits: bits)
            #expect(hear(frame.bytes, kinds: kinds) == [.violation(1002)])
        }
        #expect(hear(compressed(hello).bytes) == [.violation(1002)])
        let binary = WireFrame(opcode: 2, payload: hello, reservedBits: 4)
        #expect(hear(binary.bytes, kinds: kinds) == [.violation(1003)])
        #expect(
            hear(binary.bytes, kinds: [.binary, .deflated]) == [.message(Array("Hello".utf8), .binary)])
    }

    @Test("are inflated as they were compressed, a thousand times over, with one inflater")
    func roundTrips() {
        var random = SplitMix64(seed: 7692)
        var inflater = MessageInflater()
        for _ in 0..<1_000 {
            let count = Int.random(in: 0...3_000, using: &random)
            let plain = (0..<count).map { _ in UInt8.random(in: 0x20...0x27, using: &random) }
            let payload = Bits.storedBlocks(of: plain, cuts: Int.random(in: 1...5, using: &random))
            payload.withUnsafeBytes { payload in
                guard case .whole(let bytes) = inflater.inflate(payload, limit: 65_536) else {
                    Issue.record("\(count) bytes were refused")
                    return
                }
                #expect(bytes.elementsEqual(plain))
            }
        }
    }
}

/// Deflate data (RFC 1951) by hand.
private struct Bits {
    private var bytes: [UInt8] = []
    private var used = 0

    /// Appends `count` bits of `value`, the lowest first.
    private mutating func append(_ value: Int, _ count: Int) {
        for bit in 0..<count {
            if used % 8 == 0 { bytes.append(0) }
            bytes[used / 8] |= UInt8(value >> bit & 1) << UInt8(used % 8)
            used += 1
        }
    }

    /// Appends a code, which begins with its highest bit.
    private mutating func append(code: Int, _ count: Int) {
        for bit in (0..<count).reversed() { append(code >> bit & 1, 1) }
    }

    /// A byte below 144, then `runs` repetitions of 258 bytes of it and `extra` more, with the fixed codes
    /// (section 3.2.6), as the end of a message is written.
    static func fixedBlock(of byte: UInt8, runs: Int, extra: Int) -> [UInt8] {
        var bits = Bits()
        bits.append(0b010, 3)
        bits.append(code: 0x30 + Int(byte), 8)
        for _ in 0..<runs {
            bits.append(code: 0b1100_0101, 8)
            bits.append(code: 0, 5)
        }
        for _ in 0..<extra { bits.append(code: 0x30 + Int(byte), 8) }
        bits.append(code: 0, 7)
        // The empty block, without its lengths.
        bits.append(0, 3)
        return bits.bytes
    }

    /// `plain` as it is, in so many blocks (section 3.2.4), as the end of a message is written.
    static func storedBlocks(of plain: [UInt8], cuts: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = plain[...]
        for cut in (0..<cuts).reversed() {
            let count = cut == 0 ? rest.count : rest.count / (cut + 1)
            let (low, high) = (UInt8(count & 0xFF), UInt8(count >> 8))
            bytes += [0, low, high, ~low, ~high] + rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        return bytes + [0]
    }
}
