import Testing

@testable import PosixIO

@Suite("What is said on a terminal")
struct ComplainingTests {
    @Test(arguments: [
        ("a b \u{E9} \u{5C71} \u{1F600}", "a b \u{E9} \u{5C71} \u{1F600}"),
        ("a\nb\u{1B}[31m\u{7F}", "a?b?[31m?"),
        ("\u{85}\u{9B}31m", "??31m"),
        ("a\u{202E}b\u{2066}\u{200B}\u{FEFF}\u{AD}", "a?b????"),
        ("\u{2028}\u{2029}\u{3164}\u{115F}\u{E0041}\u{FE0F}\u{E000}", "???????"),
    ])
    func isOneLineWithNothingUnseen(text: String, line: String) {
        #expect(oneLine(text) == line)
    }

    @Test func longTextsAreCut() {
        #expect(oneLine(String(repeating: "a", count: 2_000)) == String(repeating: "a", count: 1_000) + "...")
    }
}
