import Testing

struct WordingCheckTests {
    private func complaints(_ text: String) -> Int {
        WordingCheck.check(SourceFile(path: "docs/a.md", text: text)).count
    }

    @Test(arguments: ["TO" + "DO", "FIX" + "ME", "X" + "XX"])
    func workLeftUndone(word: String) {
        #expect(complaints("// \(word): later") == 1)
        #expect(complaints("let \(word)_LIST = 1") == 1)
        #expect(complaints("\(word)S and \(word.lowercased())") == 0)
    }

    @Test(arguments: [
        "/wo" + "rk/a", "/ro" + "ot/.cache", "/ho" + "me/me", "/Us" + "ers/me", "/opt/sw" + "ift/usr",
    ])
    func pathsOfOneMachine(path: String) {
        #expect(complaints("open(\"\(path)\")") == 1)
        #expect(complaints(path) == 1)
        #expect(complaints("see docs\(path)") == 0)
        #expect(complaints("https://example.org\(path)") == 0)
        #expect(complaints("/usr/share/nodejs") == 0)
    }
}
