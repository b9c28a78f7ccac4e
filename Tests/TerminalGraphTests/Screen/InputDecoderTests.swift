import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct InputDecoderTests {
    static let keys: [(bytes: [UInt8], keys: [Key])] = [
        (Array("qQ?".utf8), [.character("q"), .character("Q"), .character("?")]),
        ([0x0C, 0x01, 0x1A], [.control("L"), .control("A"), .control("Z")]),
        ([0x0D, 0x0A, 0x09, 0x7F, 0x08], [.enter, .enter, .tab, .backspace, .backspace]),
        (Array("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D".utf8), [.up, .down, .right, .left]),
        (Array("\u{1B}OA\u{1B}OB\u{1B}OH\u{1B}OF\u{1B}OM".utf8), [.up, .down, .home, .end, .enter]),
        (Array("\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[F".utf8), [.pageUp, .pageDown, .home, .end]),
        (Array("\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~".utf8), [.home, .end, .home, .end]),
        (Array("\u{1B}[2~\u{1B}[3~\u{1B}[Z\u{1B}[1;2Z".utf8), [.insert, .delete, .backTab, .backTab]),
        (Array("üб山😀".utf8), [.character("ü"), .character("б"), .character("山"), .character("😀")]),
        // As xterm, the VT220, kitty and the console of Linux send them; F3 is no place of the cursor.
        (Array("\u{1B}OP\u{1B}[11~\u{1B}[P\u{1B}[[A".utf8), [Key](repeating: .function(1), count: 4)),
        (
            Array("\u{1B}OS\u{1B}[15~\u{1B}[17~\u{1B}[21~\u{1B}[23~\u{1B}[24;2~\u{1B}[R\u{1B}[1;2R".utf8),
            [4, 5, 6, 10, 11, 12, 3].map { .function($0) }
        ),
        // With Shift, Alt or Control an arrow is an arrow.
        (Array("\u{1B}[1;2A\u{1B}[1;5D\u{1B}[6;3~".utf8), [.up, .left, .pageDown]),
        // By code point: q, Control-l, Tab, Shift-Tab, Escape; not Alt-q, nor a key that is let go.
        (
            Array(
                "\u{1B}[113u\u{1B}[108;5u\u{1B}[9u\u{1B}[9;2u\u{1B}[27;1u\u{1B}[113;3u\u{1B}[113;1:3u".utf8),
            [.character("q"), .control("L"), .tab, .backTab, .escape]
        ),
        // A key nobody knows, one with Alt, what a terminal says of itself, focus that comes and goes.
        (Array("\u{1B}[99~\u{1B}[16~x".utf8), [.character("x")]),
        (Array("\u{1B}xq".utf8), [.character("q")]),
        (Array("\u{1B}[?62;22c\u{1B}[24;80R\u{1B}[I\u{1B}[Ox".utf8), [.character("x")]),
        (Array("\u{1B}]11;rgb:q/q/q\u{7}x\u{1B}P>|q(1)\u{1B}\\y".utf8), [.character("x"), .character("y")]),
        // Mice: with wheels to the side, moving without a button, of before 1006 and of after.
        (Array("\u{1B}[<66;1;1M\u{1B}[<32;10;20m\u{1B}[<35;10;20M\u{1B}[<128;1;1Mx".utf8), [.character("x")]),
        (
            Array("\u{1B}[<0;0;1M\u{1B}[<0;1M\u{1B}[<0;1;1;1M\u{1B}[<0;99999;1M\u{1B}[<64;1;1mx".utf8),
            [.character("x")]
        ),
        (Array("\u{1B}[M q!x".utf8), [.character("x")]),
        ([0x1B, 0x5B, 0x4D, 0x20, 0xFF, 0xFE, 0x78], [.character("x")]),
        (Array("\u{1B}[0;10;20Mx".utf8), [.character("x")]),
        // What breaks off is not the start of what follows.
        ([0x1B, 0x1B, UInt8(ascii: "["), UInt8(ascii: "A")], [.escape, .up]),
        ([0xC3, UInt8(ascii: "q")], [.character("q")]),
        ([0xE5, 0xB1, 0x1B, UInt8(ascii: "["), UInt8(ascii: "B")], [.down]),
        ([0x1B, UInt8(ascii: "["), 0x0D], [.enter]),
        ([0x1B, UInt8(ascii: "["), UInt8(ascii: "M"), 0x1B, UInt8(ascii: "["), UInt8(ascii: "B")], [.down]),
        ([0xFF, 0x80, 0xC0, 0xED, 0xA0, 0x80, 0xC2, 0x9B], []),
    ]

    private func inputs(_ bytes: some Sequence<UInt8>) -> [TerminalInput] {
        var decoder = InputDecoder()
        let inputs = bytes.compactMap { decoder.consume($0) }
        #expect(!decoder.isAwaitingMore)
        return inputs
    }

    @Test func bytesMakeKeys() {
        for (bytes, keys) in Self.keys { #expect(inputs(bytes) == keys.map { .key($0) }, "\(bytes)") }
    }

    @Test(arguments: [
        ("\u{1B}[<0;10;20M", MouseEvent(.press(.left), row: 19, column: 9)),
        ("\u{1B}[<1;1;1M", MouseEvent(.press(.middle), row: 0, column: 0)),
        ("\u{1B}[<2;300;100M", MouseEvent(.press(.right), row: 99, column: 299)),
        ("\u{1B}[<0;10;20m", MouseEvent(.release, row: 19, column: 9)),
        ("\u{1B}[<64;5;6M", MouseEvent(.wheelUp, row: 5, column: 4)),
        ("\u{1B}[<65;5;6M", MouseEvent(.wheelDown, row: 5, column: 4)),
        ("\u{1B}[<32;5;6M", MouseEvent(.drag(.left), row: 5, column: 4)),
        ("\u{1B}[<33;5;6M", MouseEvent(.drag(.middle), row: 5, column: 4)),
        ("\u{1B}[<34;5;6M", MouseEvent(.drag(.right), row: 5, column: 4)),
        ("\u{1B}[<48;5;6M", MouseEvent(.drag(.left), row: 5, column: 4)),
        // With Shift, Meta and Control.
        ("\u{1B}[<28;5;6M", MouseEvent(.press(.left), row: 5, column: 4)),
    ])
    func bytesMakeMouseEvents(text: String, event: MouseEvent) {
        #expect(inputs(text.utf8) == [.mouse(event)])
    }

    @Test func aPasteIsTextAndNothingElse() {
        let pasted = "q\u{1B}[A\r\n\t\u{2}\u{7F}\u{85}ü\u{1B}[<0;1;1M\u{1B}q\u{1B}\u{1B}[200~d"
        let typed = inputs("\u{1B}[200~\(pasted)\u{1B}[201~q".utf8)
        #expect(typed == [.paste("q"), .paste("ü"), .paste("d"), .key(.character("q"))])
    }

    /// It was a signal once, which nothing held up.
    @Test(arguments: [
        "", "\u{1B}", "\u{1B}[", "\u{1B}[1;", "\u{1B}[<0;10;2", "\u{1B}O", "\u{1B}[M", "\u{1B}[M !",
        "\u{1B}]11;rgb",
        "\u{1B}P", "\u{1B}[200~", "\u{1B}[200~some\u{1B}[text", "\u{1B}[200~\u{1B}",
    ])
    func controlCComesThroughWhateverHasNoEnd(start: String) {
        let typed = inputs(Array(start.utf8) + [0x03] + Array("\u{1B}[A".utf8))
        #expect(typed.filter { $0 == .key(.control("C")) }.count == 1)
        // A paste is still one behind it.
        #expect(typed.contains(.key(.up)) == !start.contains("[200~"))
        #expect(inputs([0xE5, 0xB1, 0x03]) == [.key(.control("C"))])
    }

    @Test func anEscapeAloneIsAKeyAfterAWhile() {
        var decoder = InputDecoder()
        let first = decoder.consume(0x1B)
        #expect(first == nil && decoder.isAwaitingMore)
        let expired = decoder.expire()
        #expect(expired == .key(.escape) && !decoder.isAwaitingMore)
        let again = decoder.expire()
        #expect(again == nil)
        // Alt with ], which looks like the start of a terminal's answer.
        for byte in [0x1B, UInt8(ascii: "]")] { _ = decoder.consume(byte) }
        #expect(decoder.isAwaitingMore)
        let answer = decoder.expire()
        let key = decoder.consume(UInt8(ascii: "q"))
        #expect(answer == nil && key == .key(.character("q")))
    }

    @Test func anyBytesAreSurvived() {
        var generator = SplitMix64(seed: 2)
        var decoder = InputDecoder()
        let likely = Array("\u{1B}\u{1B}[[<;M~20016mPO]\\".utf8)
        for _ in 0..<20_000 {
            let byte =
                Bool.random(using: &generator)
                ? UInt8.random(in: 0...255, using: &generator) : likely.randomElement(using: &generator)!
            switch decoder.consume(byte) {
            case .key(.character(let scalar)), .paste(let scalar):
                #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
            case .mouse(let event): #expect(event.row >= 0 && event.column >= 0)
            default: break
            }
        }
        // The end of a string, of a mouse report and of a paste bring it back from anywhere.
        for byte in Array("\u{18}\u{18}xxxx\u{1B}[201~".utf8) { _ = decoder.consume(byte) }
        let key = decoder.consume(UInt8(ascii: "q"))
        #expect(key == .key(.character("q")))
    }
}
