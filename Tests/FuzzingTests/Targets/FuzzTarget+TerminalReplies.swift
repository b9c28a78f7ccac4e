@testable import TerminalGraph

extension FuzzTarget {
    /// Control functions in a row, as a terminal answers with them: none presses a key, wherever it is cut
    /// and however it is stretched.
    ///
    /// Of each, a byte says which it is, one how often its body is repeated, one how much of it is cut away;
    /// then come the length of the body and the body, brought into the range that it may have.
    static let terminalReplies = FuzzTarget(
        name: "terminal-replies", longestInput: 256,
        seeds: {
            let bodies = ["62;1;4;6", "1+r62=q2;dy", "rgb:qd/12/y", "\u{18}\u{1A}\u{7}\u{1B}\u{9C}", "q"]
            var seeds: [[UInt8]] = []
            for form in 0..<UInt8(forms.count) {
                for body in bodies { seeds.append([form, 1, 0, UInt8(body.utf8.count)] + Array(body.utf8)) }
                seeds.append([form, 9, 3, 2, 0x31, 0x3B, form, 0, 0, 1, 0x32])
            }
            return seeds + [Array(seeds.prefix(12).joined())]
        }
    ) { input in
        var rest = input[...]
        var decoder = InputDecoder()
        while rest.count >= 4 {
            let head = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
            let form = forms[Int(head[0]) % forms.count]
            let body = rest.prefix(Int(head[3])).map(form.fitting)
            rest = rest.dropFirst(Int(head[3]))
            let repeated = Array(repeatElement(body, count: 1 + Int(head[1])).joined())
            let whole = form.start + repeated + form.end
            let cut = Int(head[2]) % whole.count
            for byte in whole.dropLast(cut) {
                if let input = decoder.consume(byte) { return "\(input) from \(whole.prefix(80))" }
            }
            // What is cut goes on for ever; Control-C is the way out of it.
            if cut > 0, decoder.consume(0x03) != .key(.control("C")) {
                return "no way out of \(whole.prefix(80))"
            }
            guard decoder.consume(UInt8(ascii: "x")) == .key(.character("x")) else {
                return "no key behind \(whole.prefix(80)), cut by \(cut)"
            }
        }
        return nil
    }

    private struct Form: Sendable {
        var start: [UInt8]
        var end: [UInt8]
        /// Parameters and intermediate bytes only, or any text.
        var isSequence = false

        func fitting(_ byte: UInt8) -> UInt8 {
            if isSequence { return 0x20 | byte & 0x1F }
            // Neither what ends a string nor Control-C.
            return byte < 0x20 || (0x7F..<0xA0).contains(byte) || byte == 0xC2 ? 0x71 : byte
        }
    }

    private static let forms: [Form] = [
        Form(start: [0x1B, 0x5B, 0x3F], end: [0x63], isSequence: true),
        Form(start: [0x1B, 0x5B, 0x31], end: [0x52], isSequence: true),
        Form(start: [0x9B, 0x3F], end: [0x79], isSequence: true),
        Form(start: [0xC2, 0x9B, 0x3E], end: [0x63], isSequence: true),
        // Longer than any key, and so none whatever its final byte.
        Form(start: [0x1B, 0x5B] + [UInt8](repeating: 0x31, count: 40), end: [0x41], isSequence: true),
        Form(start: [0x1B, 0x50], end: [0x1B, 0x5C]), Form(start: [0x1B, 0x58], end: [0x1B, 0x5C]),
        Form(start: [0x1B, 0x5D], end: [0x07]), Form(start: [0x1B, 0x5E], end: [0xC2, 0x9C]),
        Form(start: [0x1B, 0x5F], end: [0x18]), Form(start: [0x90], end: [0x9C]),
        Form(start: [0x98], end: [0x1A]),
        Form(start: [0x9D], end: [0x07]), Form(start: [0xC2, 0x9E], end: [0x1B, 0x5C]),
    ]
}
