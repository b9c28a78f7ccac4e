import Testing

struct LengthCheckTests {
    private func file(_ text: String) -> SourceFile { SourceFile(path: "Sources/A/b.swift", text: text) }

    private func body(lines: Int) -> String { String(repeating: "    let a = 1\n", count: lines) }

    @Test func longFile() {
        #expect(LengthCheck.file(file(String(repeating: "a\n", count: 300))) == [])
        #expect(LengthCheck.file(file(String(repeating: "a\n", count: 301))).count == 1)
    }

    @Test func longLine() {
        let line = String(repeating: "é", count: 110)
        #expect(LengthCheck.lines(file("\(line)\n\(line)x\n")).map(\.line) == [2])
        #expect(LengthCheck.lines(file("// \(line)\n")).map(\.line) == [1])
        #expect(LengthCheck.lines(file("    #expect(a == \"\(line)\")\n")) == [])
        let code = String(repeating: "a + ", count: 30)
        #expect(LengthCheck.lines(file("let b = \(code)\"text\" + a\n")).map(\.line) == [1])
        let script = SourceFile(path: "client-js/a.js", text: "const a = '\(line)'\n")
        #expect(LengthCheck.lines(script).map(\.line) == [1])
    }

    @Test func longFunction() {
        #expect(LengthCheck.functions(file("func a() {\n\(body(lines: 68))}\n")) == [])
        let found = LengthCheck.functions(file("\nfunc a() {\n\(body(lines: 69))}\n"))
        #expect(
            found == [Complaint(path: "Sources/A/b.swift", line: 2, what: "a has 71 lines, more than 70")])
        #expect(LengthCheck.functions(file("init() {\n\(body(lines: 69))}\n")).count == 1)
        #expect(LengthCheck.functions(file("deinit {\n\(body(lines: 69))}\n")).count == 1)
    }

    @Test func findsFunctionsAndNothingElse() {
        let text = #"""
            protocol P {
                func required(_ a: Int) -> Int
                init(b: Int)
                var c: Int { get }
            }
            // func commented() { }
            let text = "func quoted() { \(call { "}" }) "
            let raw = ##"func "raw"# { "##
            struct S {
                func one<A>(
                    a: A = .init(), b: (Int) -> Void
                ) throws(E) -> Int where A: P
                {
                    let x = { 1 }
                    return x()
                }
                /* { /* nested */ */
                init?() { self.init(a: 1) }
                subscript(index: Int) -> Int { index }
            }
            """#
        #expect(
            FunctionFinder.functions(in: text) == [
                FunctionSpan(name: "one", line: 10, lineCount: 7),
                FunctionSpan(name: "init", line: 18, lineCount: 1),
                FunctionSpan(name: "subscript", line: 19, lineCount: 1),
            ])
    }

    @Test func blankingKeepsLinesAndLength() {
        let text = "let a = \"\"\"\n  func { \\(b)\n  \"\"\" // é\n/* \n */ let c = \"\\\"\"\n"
        let blanked = SwiftText.blanked(text)
        #expect(blanked.count == text.utf8.count)
        #expect(
            String(decoding: blanked, as: UTF8.self).split { $0 == " " || $0 == "\n" } == [
                "let", "a", "=", "let", "c", "=",
            ])
        #expect(blanked.count { $0 == 10 } == 5)
    }
}
