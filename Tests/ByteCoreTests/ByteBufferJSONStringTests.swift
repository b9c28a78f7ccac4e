import TestSupport
import Testing

@testable import ByteCore

struct ByteBufferJSONStringTests {
    private func encoded(_ bytes: [UInt8]) -> String {
        written { buffer in bytes.withUnsafeBytes { buffer.appendJSONString($0) } }
    }

    @Test(arguments: [
        ("", #""""#),
        ("user123", #""user123""#),
        ("a\"b", #""a\"b""#),
        ("a\\b", #""a\\b""#),
        ("/", #""/""#),
        ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
        ("\0\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
        ("Zoë 東京 🖱", #""Zoë 東京 🖱""#),
        ("\u{80}/a\u{9B}31m\u{9F}", #""\u0080/a\u009b31m\u009f""#),
        ("a\u{202E}b\u{2066}\u{200B}\u{FEFF}", #""a\u202eb\u2066\u200b\ufeff""#),
        ("\u{2028}\u{AD}é\u{61C}", #""\u2028\u00adé\u061c""#),
        ("\u{E0041}👩\u{200D}🚀", #""\udb40\udc41👩\u200d🚀""#),
        ("\u{A0}\u{300}\u{FFFD}\u{10FFFF}", "\"\u{A0}\u{300}\u{FFFD}\u{10FFFF}\""),
        ("12345678\"2345678\\", #""12345678\"2345678\\""#),
    ])
    func escapesWhatItMust(text: String, expected: String) {
        #expect(encoded(Array(text.utf8)) == expected)
    }

    @Test func takesMemoryWithoutAnAddress() {
        #expect(written { $0.appendJSONString(UnsafeRawBufferPointer(start: nil, count: 0)) } == "\"\"")
    }

    /// Every ASCII character at every place of up to three words of eight bytes.
    @Test func escapesWhereverACharacterStands() {
        for byte in UInt8(0)..<0x80 {
            let alone = encoded([byte]).dropFirst().dropLast()
            let isEscaped = byte < 0x20 || [0x22, 0x5C, 0x7F].contains(byte)
            #expect(alone.count == 1 || isEscaped)
            #expect(alone.first == "\\" || !isEscaped)
            for before in 0..<20 {
                let text = [UInt8](repeating: 0x61, count: before) + [byte] + [0x62, 0x63]
                let expected = "\"" + String(repeating: "a", count: before) + alone + "bc\""
                #expect(encoded(text) == expected)
            }
        }
    }

    /// Everything that the standard library knows to be a format character or passed over, alone and among
    /// others; nothing that is seen.
    @Test func escapesEveryCharacterThatIsNotSeen() {
        for value in UInt32(0x80)...0x10_FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let properties = scalar.properties
            let isUnseen: Bool
            switch properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: isUnseen = true
            case .unassigned: continue
            default: isUnseen = properties.isDefaultIgnorableCodePoint
            }
            guard UnseenCharacter.contains(value) != isUnseen else { continue }
            Issue.record("U+\(String(value, radix: 16)) is \(isUnseen ? "not seen" : "seen")")
        }
        for scalar: Unicode.Scalar in ["\u{85}", "\u{61C}", "\u{2067}", "\u{E0020}"] {
            let escaped = String(scalar).utf16.map { unit in
                "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count)
                    + String(unit, radix: 16)
            }.joined()
            for before in 0..<20 {
                for after in 0..<10 {
                    let head = String(repeating: "é", count: before)
                    let tail = String(repeating: "b", count: after)
                    let text = head + String(scalar) + tail
                    #expect(encoded(Array(text.utf8)) == "\"\(head)\(escaped)\(tail)\"")
                }
            }
        }
    }

    /// What is written reads back, whatever the scalars are.
    @Test func readsBack() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<random.below(30) {
                let bound = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000][random.below(5)]
                if let scalar = Unicode.Scalar(UInt32(random.below(bound))) {
                    text.unicodeScalars.append(scalar)
                }
            }
            let json = encoded(Array(text.utf8))
            let back = try scanned(json.utf8) { scanner throws(JSONFault) in
                let string = try scanner.scanString()
                try scanner.expectEnd()
                return unescaped(string)
            }
            #expect(back == text)
        }
    }
}
