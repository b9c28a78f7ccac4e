import Testing

/// The repository checks itself. What each check can see is in the tests beside it.
struct RepositoryTests {
    private let repository = Repository.here

    private var swift: [SourceFile] {
        ["Sources", "Tests", "Benchmarks"].flatMap { repository.files(below: $0, "swift") }
    }

    private var code: [SourceFile] {
        swift + repository.files(below: "Sources", "c", "h")
            + repository.files(below: "client-js", "js", "mjs", "css").filter { !Self.isMade($0.path) }
    }

    /// What `make snippet` writes is for browsers; its source is beside it.
    private static func isMade(_ path: String) -> Bool { path.hasPrefix("client-js/snippet/pointerscope") }

    private func document() throws -> ModuleTable {
        let file = try #require(repository.file("docs/architecture.md"))
        return ModuleTable.ofDocument(file.text)
    }

    private func manifest() throws -> SourceFile { try #require(repository.file("Package.swift")) }

    private func expectNone(_ complaints: [Complaint]) {
        for complaint in complaints { Issue.record("\(complaint)") }
    }

    @Test func theRepositoryWasFound() {
        #expect(repository.file("Package.swift") != nil)
        #expect(swift.count > 100)
    }

    @Test func importsFollowTheCodeMap() throws {
        let table = try document()
        #expect(table.rows.count > 15)
        expectNone(
            repository.files(below: "Sources", "swift").flatMap { ImportCheck.check($0, against: table) })
        expectNone(ImportCheck.arrows(in: table))
    }

    @Test func theCodeMapAllowsNoMoreThanIsUsed() throws {
        let files = repository.files(below: "Sources", "swift", "h", "c", "modulemap")
        expectNone(ImportCheck.slack(in: try document(), files: files))
    }

    @Test func pureRoomsReachNothing() throws {
        let rooms = ModuleTable.pureRooms(
            ofDocument: try #require(repository.file("docs/architecture.md")).text)
        #expect(rooms.count > 9)
        let files = repository.files(below: "Sources", "swift")
        expectNone(PurityCheck.strays(rooms, files: files))
        expectNone(PurityCheck.arrows(in: try document(), rooms: rooms))
        expectNone(files.flatMap { PurityCheck.check($0, among: rooms) })
    }

    @Test func childrenInheritNothing() { expectNone(swift.flatMap(InheritanceCheck.check)) }

    @Test func everythingIsUsed() {
        let files = repository.files(below: "Sources", "swift")
        expectNone(UnusedCheck.check(files))
        expectNone(UnusedCheck.stale(files))
    }

    @Test func theCodeMapIsThePackage() throws {
        expectNone(ImportCheck.differences(try document(), ModuleTable.ofManifest(try manifest().text)))
    }

    @Test func filesFunctionsAndLinesAreShort() {
        expectNone(code.flatMap(LengthCheck.file))
        expectNone(swift.flatMap(LengthCheck.functions))
        expectNone(code.flatMap(LengthCheck.lines))
    }

    @Test func nothingIsLeftUndoneAndNoMachineIsNamed() {
        expectNone(repository.files.flatMap(WordingCheck.check))
    }

    @Test func everythingLiesWhereItBelongs() throws {
        expectNone(LayoutCheck.top(repository.topLevel))
        expectNone(
            LayoutCheck.tests(
                targets: repository.folders(below: "Sources"), folders: repository.folders(below: "Tests")))
        for folder in ["Sources", "Tests"] {
            let names = repository.folders(below: folder).filter { $0 != "EndToEnd" }
            expectNone(LayoutCheck.folders(names, below: folder, manifest: try manifest()))
        }
    }

    @Test func noFileIsDead() throws {
        let assets = repository.files(below: "Sources/ClientAssets", "c")
        #expect(!assets.isEmpty)
        expectNone(LayoutCheck.clientFiles(repository.paths, embeddedBy: assets))
        expectNone(
            repository.paths.filter { $0.hasSuffix("Placeholder.swift") }.map {
                Complaint(path: $0, what: "holds a place")
            })
    }

    @Test func linksLeadSomewhere() {
        let documents = repository.files.filter { $0.suffix == "md" }
        expectNone(documents.flatMap { LayoutCheck.links($0, paths: repository.paths) })
        expectNone(documents.flatMap { LayoutCheck.namedPaths($0, paths: repository.paths) })
    }
}
