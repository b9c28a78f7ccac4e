import Testing

struct LayoutCheckTests {
    @Test func strayFilesAtTheTop() {
        #expect(LayoutCheck.top(["Sources", ".ci", "README.md", "notes.txt"]).map(\.path) == ["notes.txt"])
    }

    @Test func targetsWithoutTests() {
        let excused = Array(LayoutCheck.untested.keys)
        #expect(LayoutCheck.tests(targets: excused + ["A"], folders: ["ATests"]) == [])
        #expect(LayoutCheck.tests(targets: excused + ["A"], folders: []).map(\.path) == ["Sources/A"])
        #expect(
            LayoutCheck.tests(targets: excused, folders: ["CNCursesTests"]).map(\.path) == [
                "Sources/CNCurses"
            ])
        #expect(LayoutCheck.tests(targets: [], folders: []).count == excused.count)
    }

    @Test func foldersThatAreNoTargets() {
        let manifest = SourceFile(
            path: "Package.swift", text: #"room("A", over: []), tests(of: "A"), name: "BTests""#)
        #expect(
            LayoutCheck.folders(["A", "Old"], below: "Sources", manifest: manifest).map(\.path) == [
                "Sources/Old"
            ])
        let tests = LayoutCheck.folders(["ATests", "BTests", "CTests"], below: "Tests", manifest: manifest)
        #expect(tests.map(\.path) == ["Tests/CTests"])
    }

    @Test func clientFilesThatNobodyServes() {
        let sources = ["a", "gone"].map {
            SourceFile(path: "\($0).c", text: "x = {\n#embed \"../../client-js/\($0).js\"\n};\n")
        }
        let paths = [
            "client-js/a.js", "client-js/dead.js", "client-js/test/a.test.mjs", "client-js/README.md",
            "client-js/snippet/source/a.js", "client-js/snippet/build.mjs", "client-js/snippet/a.d.ts",
            "docs/x.js",
        ]
        #expect(
            LayoutCheck.clientFiles(paths, embeddedBy: sources).map(\.path) == [
                "client-js/dead.js", "client-js/gone.js",
            ])
    }

    @Test func linksThatLeadNowhere() {
        let text =
            "[a](b.md) [b](../README.md#top) [c](https://x.y/z) [d](#here) [e](decisions)\n[f](gone.md)\n"
        let file = SourceFile(path: "docs/a.md", text: text)
        let paths = ["docs/b.md", "README.md", "docs/decisions/0001.md"]
        #expect(LayoutCheck.links(file, paths: paths).map(\.line) == [2])
    }

    @Test func namesOfFilesThatAreNotThere() {
        let text = """
            `docs/b.md` `docs/` docs/gone `Sources/*/x` `docs/a.md -k b` `/metrics` `Benchmarks/results/`
            `docs/gone` `.ci/b`
            """
        let file = SourceFile(path: "docs/a.md", text: text)
        #expect(LayoutCheck.namedPaths(file, paths: ["docs/b.md"]).map(\.line) == [2, 2])
    }
}
