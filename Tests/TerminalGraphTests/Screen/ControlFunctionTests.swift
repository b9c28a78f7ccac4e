import Testing

@testable import TerminalGraph

/// Answers to questions that another program asked: late, long, in every form, and never a key.
@Suite struct ControlFunctionTests {
    struct Function: Sendable {
        var start: [UInt8]
        /// What it is stretched with; an answer would have parameters or text here.
        var body: [UInt8]
        var end: [UInt8]

        init(_ start: String, _ body: String, _ end: String) {
            self.init(Array(start.utf8), body, Array(end.utf8))
        }

        init(_ start: [UInt8], _ body: String, _ end: [UInt8]) {
            (self.start, self.body, self.end) = (start, Array(body.utf8), end)
        }

        func bytes(length: Int) -> [UInt8] {
            start + (0..<length).map { body[$0 % body.count] } + end
        }
    }

    /// Letters in them are all keys that do something: q and y quit, d detaches, digits change views.
    static let functions = [
        Function("\u{1B}[?", "62;1;4;6", "c"), Function("\u{1B}[", "1;2", "R"),
        Function("\u{1B}[>", "41;", "c"),
        Function("\u{1B}[8;", "24;80;", "t"), Function("\u{1B}[", "2 !", "q"),
        Function("\u{1B}[?", "1;", "$y"),
        Function("\u{1B}P", "1+r62=q2;dy", "\u{1B}\\"), Function("\u{1B}P", "q1y", "\u{9C}"),
        Function("\u{1B}]", "11;rgb:qd/12/y", "\u{7}"), Function("\u{1B}]", "52;c;cXEx", "\u{1B}\\"),
        Function("\u{1B}X", "q12\u{9B}", "\u{1B}\\"), Function("\u{1B}^", "qd山", "\u{1B}\\"),
        Function("\u{1B}_", "Gi=31;OKq", "\u{1B}\\"), Function("\u{1B}_", "q\r\n\tq", "\u{18}"),
        Function("\u{1B}", "( #", "q"), Function("\u{1B}/", " ", "Z"), Function("\u{1B}O", "12;5", "q"),
        Function([0x9B], "?62;", [UInt8(ascii: "c")]), Function([0x90], "q1;d", [0x9C]),
        Function([0x9D], "11;q", [0x07]), Function([0x9F], "qqdd", [0x1B, 0x5C]),
        Function("\u{9B}", "?62;", "c"), Function("\u{90}", "1+r62=q2", "\u{9C}"),
        Function("\u{9D}", "q1", "\u{7}"),
    ]

    private static let lengths = Array(1...200) + [1_023, 4_096, 4_097, 8_192, 65_537]

    @Test(arguments: functions.indices)
    func noneIsAKeyAtAnyLength(_ index: Int) {
        var decoder = InputDecoder()
        for length in Self.lengths {
            let bytes = Self.functions[index].bytes(length: length)
            let inputs = (bytes + [UInt8(ascii: "x")]).compactMap { decoder.consume($0) }
            #expect(inputs == [.key(.character("x"))], "\(bytes.prefix(80)), \(length) long")
        }
    }

    @Test(arguments: functions.indices)
    func cutAnywhereItHoldsNothingUp(_ index: Int) {
        let bytes = Self.functions[index].bytes(length: 80)
        for length in 1..<bytes.count {
            var decoder = InputDecoder()
            let inputs = bytes[..<length].compactMap { decoder.consume($0) }
            #expect(inputs == [], "\(bytes[..<length])")
            // Another one behind it is read as such, and Control-C is heard in any case.
            let after = (Self.functions[0].bytes(length: 9) + [0x03, UInt8(ascii: "x")]).compactMap {
                decoder.consume($0)
            }
            #expect(after.suffix(2) == [.key(.control("C")), .key(.character("x"))], "\(bytes[..<length])")
        }
    }

    @Test func anAnswerOverASlowLineIsOneAnswer() {
        var decoder = InputDecoder()
        for byte in "\u{1B}P1+r".utf8 { #expect(decoder.consume(byte) == nil) }
        // Long enough that Alt and a letter would be over.
        #expect(decoder.patienceNanoseconds.map { $0 >= 1_000_000_000 } == true)
        // Nothing comes any more: whoever types is heard.
        #expect(decoder.expire() == nil && !decoder.isAwaitingMore)
        #expect(decoder.consume(UInt8(ascii: "q")) == .key(.character("q")))
        for byte in "\u{1B}(".utf8 { #expect(decoder.consume(byte) == nil) }
        #expect(decoder.patienceNanoseconds.map { $0 < 100_000_000 } == true)
    }

    /// A text that could end its own paste could press keys.
    @Test func aPasteEndsByNothingThatItSays() {
        var decoder = InputDecoder()
        let bytes = Array("\u{1B}[200~a\u{9B}201~q".utf8) + [0x9B] + Array("201~q\u{90}q\u{1B}[201~x".utf8)
        let keys = bytes.compactMap { decoder.consume($0) }.filter {
            if case .key = $0 { true } else { false }
        }
        #expect(keys == [.key(.character("x"))])
    }
}
