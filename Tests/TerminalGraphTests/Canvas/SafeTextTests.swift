import Testing

@testable import TerminalGraph

@Suite struct SafeTextTests {
    init() { #expect(TestLocale.isUTF8) }

    private func shown(_ text: String, glyphs: Glyphs = .unicode, columns: Int = 40) -> String {
        var canvas = CellCanvas(columns: columns, rows: 1, glyphs: glyphs)
        let width = canvas.write(text, row: 0, column: 0, style: .plain)
        #expect(width == min(SafeText.width(of: text, glyphs: glyphs, upTo: columns), columns))
        var shown = ""
        for column in 0..<width {
            let cell = canvas[0, column]
            for value in [cell.scalar, cell.firstMark, cell.secondMark] where value != 0 {
                shown.unicodeScalars.append(Unicode.Scalar(value)!)
            }
        }
        return shown
    }

    @Test(arguments: [
        ("user123", "user123", 7),
        ("a b", "a b", 3),
        ("grüße", "grüße", 5),
        ("山田太郎", "山田太郎", 8),
        ("한국", "한국", 4),
        ("ｆｕｌｌ", "ｆｕｌｌ", 8),
        ("😀!", "😀!", 3),
        ("שלום", "שלום", 4),
        ("مرحبا", "مرحبا", 5),
        // A letter and a mark that stands on it take one column together.
        ("e\u{301}x", "e\u{301}x", 2),
        ("a\u{300}\u{301}b", "a\u{300}\u{301}b", 2),
        ("ก\u{0E34}\u{0E48}", "ก\u{0E34}\u{0E48}", 1),
    ])
    func whatIsSafeIsKept(text: String, expected: String, width: Int) {
        #expect(shown(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
        #expect(SafeText.width(of: text, glyphs: .unicode, upTo: 100) == width)
    }

    @Test(arguments: [
        ("\u{1B}[31mred", "·[31mred"),
        ("a\tb\nc\rd\0e\u{7F}", "a·b·c·d·e·"),
        ("\u{9B}31m\u{85}", "·31m·"),
        ("a\u{202E}b\u{2066}c\u{200F}d\u{61C}e", "a·b·c·d·e"),
        ("a\u{200B}\u{200D}\u{2060}\u{FEFF}\u{AD}b", "a·····b"),
        ("\u{2028}\u{2029}", "··"),
        // No sign to stand on, and too many on one.
        ("\u{301}a", "·a"),
        (" \u{301}", " ·"),
        ("a\u{300}\u{301}\u{302}\u{303}b", "a\u{300}\u{301}··b"),
        // What terminals disagree about.
        ("\u{2764}\u{FE0F}", "\u{2764}·"),
        ("👍🏽", "👍·"),
        ("👨\u{200D}👩", "👨·👩"),
        ("🇩🇪", "··"),
        ("1\u{20E3}", "1·"),
        ("का", "क·"),
        ("\u{1100}\u{1161}", "\u{1100}·"),
        ("\u{3164}\u{3000}\u{A0}\u{2003}\u{2800}", "·····"),
        ("\u{E000}\u{378}\u{10FFFF}\u{E0041}", "····"),
        ("\u{0E33}", "·"),
    ])
    func whatIsNotSafeIsMarked(text: String, expected: String) {
        #expect(shown(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func inASCIIEverythingElseIsMarked() {
        #expect(shown("grüße 山 e\u{301}\u{1B}", glyphs: .ascii) == "gr??e ? e??")
    }

    @Test func whatIsNotUTF8IsVisible() {
        #expect(shown(String(decoding: [0x61, 0xFF, 0xC3], as: UTF8.self)) == "a\u{FFFD}\u{FFFD}")
        #expect(shown(String(decoding: [0xFF], as: UTF8.self), glyphs: .ascii) == "?")
    }

    @Test func aTextIsCutWithAnEllipsis() {
        #expect(shown("abcdefgh", columns: 5) == "abcd…")
        #expect(shown("abcde", columns: 5) == "abcde")
        #expect(shown("abcdefgh", glyphs: .ascii, columns: 5) == "abcd~")
        #expect(shown("a", columns: 1) == "a")
        #expect(shown("ab", columns: 1) == "…")
        // A wide sign that does not fit whole leaves its column to nobody.
        var canvas = CellCanvas(columns: 6, rows: 1, glyphs: .unicode)
        #expect(canvas.write("山田太郎", row: 0, column: 0, limit: 4, style: .plain) == 3)
        #expect(canvas.text(row: 0) == "山…   ")
    }
}
