import Testing

struct ImportCheckTests {
    private let table = ModuleTable(rows: [
        .init(target: "PosixIO", imports: []), .init(target: "ByteCore", imports: []),
        .init(target: "Hub", imports: ["ByteCore"]),
    ])

    private func complaints(_ text: String) -> [String] {
        ImportCheck.check(SourceFile(path: "Sources/Hub/a.swift", text: text), against: table).map(\.what)
    }

    @Test func allowedImports() {
        #expect(
            complaints("public import ByteCore\nimport Glibc\n// import Foundation\nlet a = \"import B\"\n")
                == [])
    }

    @Test(arguments: [
        "import Foundation", "@preconcurrency import Foundation", "public import struct Foundation.Data",
        "#if canImport(Foundation)\nimport Foundation\n#endif", "@_exported public import Foundation",
    ])
    func foundation(text: String) {
        #expect(complaints(text) == ["Hub may not import Foundation"])
    }

    @Test func importsBesideTheTable() {
        #expect(complaints("import ByteCore\nimport PosixIO\n") == ["Hub may not import PosixIO"])
        let stray = SourceFile(path: "Sources/New/a.swift", text: "")
        #expect(ImportCheck.check(stray, against: table).map(\.what) == ["New is not in the module table"])
    }

    @Test func arrowsThatPointUp() {
        let table = ModuleTable(rows: [
            .init(target: "Hub", imports: ["ByteCore"]), .init(target: "ByteCore", imports: ["ByteCore"]),
        ])
        #expect(ImportCheck.arrows(in: table).count == 2)
        #expect(ImportCheck.arrows(in: self.table) == [])
    }

    @Test func rowsThatAllowTooMuch() {
        let files = [
            SourceFile(path: "Sources/Hub/a.swift", text: "import Glibc\n// import ByteCore\n"),
            SourceFile(path: "Sources/ByteCore/a.swift", text: ""),
            SourceFile(path: "Sources/New/shim.h", text: ""),
            SourceFile(path: "Sources/InC/main.c", text: ""),
        ]
        var table = table
        table.rows.append(.init(target: "InC", imports: ["Hub"]))
        #expect(
            ImportCheck.slack(in: table, files: files).map(\.description) == [
                "Hub: may import ByteCore, and does not", "New: is not in the module table",
                "PosixIO: is in the module table and not there",
            ])
    }

    @Test func readsTheCodeMap() {
        let text = """
            | target | holds | may import |
            |---|---|---|
            | `A` | `b` and | - |
            | `B` | things | `A`, `C` |

            | other | table |
            | `x` | y |
            """
        #expect(
            ModuleTable.ofDocument(text)
                == ModuleTable(rows: [
                    .init(target: "A", imports: []), .init(target: "B", imports: ["A", "C"]),
                ]))
    }

    @Test func readsTheManifest() {
        let text = #"""
            func room(_ name: String, over dependencies: [Target.Dependency]) -> Target {
                .target(name: name, dependencies: dependencies)
            }
            let package = Package(targets: [
                .systemLibrary(name: "C"), // room("no", over: [])
                .target(name: "D"),
                room("A", over: []),
                room(
                    "B",
                    over: ["A", "C"]),
                .executableTarget(
                    // "In C", of all things.
                    name: "main", dependencies: ["B"], linkerSettings: [.unsafeFlags(["-Xlinker"])]),
                .executableTarget(name: "bench", dependencies: ["B"], path: "Benchmarks/x"),
                tests(of: "A", also: ["B"]),
            ])
            """#
        let expected: [String: Set<String>] = ["A": [], "B": ["A", "C"], "C": [], "D": [], "main": ["B"]]
        let rows = ModuleTable.ofManifest(text).rows
        #expect(Dictionary(rows.map { ($0.target, $0.imports) }, uniquingKeysWith: { a, _ in a }) == expected)
        #expect(rows.count == 5)
    }

    @Test func tablesThatDiffer() {
        var other = table
        #expect(ImportCheck.differences(table, other) == [])
        other.rows[2].imports = ["ByteCore", "PosixIO"]
        other.rows.append(.init(target: "New", imports: []))
        #expect(ImportCheck.differences(table, other).map(\.path) == ["Hub", "New"])
    }
}
