import Testing

@testable import LoadGenerator

@Suite struct EscapedHTMLTests {
    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80"),
        (#"<b a="1">&"#, "&lt;b a=&quot;1&quot;&gt;&amp;"),
        // With a mark on it a sign is another character.
        ("<\u{301}&\u{20DD}", "&lt;\u{301}&amp;\u{20DD}"),
        ("a\u{202E}b\u{85}\u{9B}\u{7F}\u{200B}", "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ])
    func escapes(text: String, page: String) {
        #expect(LoadReport.escaped(text).unicodeScalars.elementsEqual(page.unicodeScalars))
    }
}
