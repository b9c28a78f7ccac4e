import Testing

@testable import TerminalGraph

@Suite struct KeyDecoderTests {
    static let table: [(bytes: [UInt8], keys: [Key])] = [
        (Array("qQ?".utf8), [.character("q"), .character("Q"), .character("?")]),
        ([0x0C, 0x01, 0x1A], [.control("L"), .control("A"), .control("Z")]),
        ([0x0D, 0x0A, 0x09, 0x7F, 0x08], [.enter, .enter, .tab, .backspace, .backspace]),
        (Array("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D".utf8), [.up, .down, .right, .left]),
        (Array("\u{1B}OA\u{1B}OB\u{1B}OH\u{1B}OF".utf8), [.up, .down, .home, .end]),
        (Array("\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[F".utf8), [.pageUp, .pageDown, .home, .end]),
        (Array("\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~".utf8), [.home, .end, .home, .end]),
        (Array("\u{1B}[2~\u{1B}[3~".utf8), [.insert, .delete]),
        (Array("üб山😀".utf8), [.character("ü"), .character("б"), .character("山"), .character("😀")]),
        // An arrow with Shift, a mouse report, a key nobody knows, one with Alt: whole, and nothing.
        (Array("\u{1B}[1;2Zx".utf8), [.character("x")]),
        (Array("\u{1B}[<0;10;20Mx".utf8), [.character("x")]),
        (Array("\u{1B}[99~x".utf8), [.character("x")]),
        (Array("\u{1B}xq".utf8), [.character("q")]),
        // What breaks off is not the start of what follows.
        ([0x1B, 0x1B, UInt8(ascii: "["), UInt8(ascii: "A")], [.escape, .up]),
        ([0xC3, UInt8(ascii: "q")], [.character("q")]),
        ([0xE5, 0xB1, 0x1B, UInt8(ascii: "["), UInt8(ascii: "B")], [.down]),
        ([0x1B, UInt8(ascii: "["), 0x0D], [.enter]),
        ([0xFF, 0x80, 0xC0, 0xED, 0xA0, 0x80], []),
    ]

    @Test func bytesMakeKeys() {
        for (bytes, keys) in Self.table {
            var decoder = KeyDecoder()
            #expect(bytes.compactMap { decoder.consume($0) } == keys, "\(bytes)")
            #expect(!decoder.isAwaitingMore)
        }
    }

    @Test func anEscapeAloneIsAKeyAfterAWhile() {
        var decoder = KeyDecoder()
        let first = decoder.consume(0x1B)
        #expect(first == nil && decoder.isAwaitingMore)
        let expired = decoder.expireEscape()
        #expect(expired == .escape && !decoder.isAwaitingMore)
        let again = decoder.expireEscape()
        #expect(again == nil)
    }

    @Test func aSequenceWithoutEndIsGivenUp() {
        var decoder = KeyDecoder()
        var keys: [Key] = []
        for byte in [0x1B, UInt8(ascii: "[")] + [UInt8](repeating: UInt8(ascii: "7"), count: 1_000) {
            if let key = decoder.consume(byte) { keys.append(key) }
        }
        // The rest are just sevens.
        #expect(keys.count > 900)
        #expect(keys.allSatisfy { $0 == .character("7") })
    }

    @Test func anyBytesAreSurvived() {
        var generator = SeededGenerator(seed: 2)
        var decoder = KeyDecoder()
        for _ in 0..<20_000 { _ = decoder.consume(UInt8.random(in: 0...255, using: &generator)) }
        for byte in Array("xxxx".utf8) { _ = decoder.consume(byte) }
        let key = decoder.consume(UInt8(ascii: "q"))
        #expect(key == .character("q"))
    }
}
