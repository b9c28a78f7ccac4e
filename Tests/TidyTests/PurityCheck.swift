/// Pure rooms decide and reach nothing: they get at the operating system neither by an import nor by a call.
///
/// What a C module holds they may only import name by name, `import func Glibc.memchr`: then the compiler
/// knows no other of its names, and the names below are all there are.
enum PurityCheck {
    /// What pure rooms may import of the modules that are not theirs: it works on memory or numbers alone.
    private static let allowed: Set<String> = [
        "Glibc.calloc", "Glibc.free", "Glibc.memchr", "Glibc.memcmp", "Glibc.memmove", "Glibc.iovec",
        "Glibc.cos", "Glibc.exp", "Glibc.exp2", "Glibc.log", "Glibc.log2", "Glibc.sin", "Glibc.strtod",
        // Glibc's tables of what a character of the locale is wide.
        "CNCurses.ps_column_width",
        "COpenSSL.ps_sha256", "COpenSSL.ps_hmac_sha256", "COpenSSL.ps_memory_differs",
        "COpenSSL.ps_memory_cleanse", "COpenSSL.ps_public_key_of_pem", "COpenSSL.ps_public_key_kind",
        "COpenSSL.ps_public_key_free", "COpenSSL.ps_signature_holds",
        "CArgon2.ps_argon2id",
        "CZlib.ps_inflate", "CZlib.ps_inflater_begin", "CZlib.ps_inflater_free", "CZlib.ps_inflater_make",
        "CZlib.PS_INFLATE_BETWEEN_BLOCKS", "CZlib.PS_INFLATE_ENDED", "CZlib.PS_INFLATE_FAILED",
    ]
    /// Modules of the toolchain without a way out.
    private static let harmless: Set<String> = ["Synchronization"]
    /// What Swift's own library has that reaches outside, and what would get round the imports.
    private static let refused: Set<String> = [
        "print", "debugPrint", "dump", "readLine", "CommandLine", "SystemRandomNumberGenerator",
        "ContinuousClock",
        "SuspendingClock", "Task", "_silgen_name", "_extern", "_cdecl",
    ]
    /// Members that ask the system for chance, unless a generator is handed to them.
    private static let chances: Set<String> = ["random", "randomElement", "shuffle", "shuffled"]

    /// The pure room that a file is in, of those that the code map names: a target, or a folder of one.
    static func room(of file: SourceFile, among rooms: [String]) -> String? {
        rooms.first { file.path.hasPrefix("Sources/\($0)/") }
    }

    static func check(_ file: SourceFile, among rooms: [String]) -> [Complaint] {
        guard room(of: file, among: rooms) != nil, file.suffix == "swift" else { return [] }
        let blanked = SwiftText.blanked(file.text)
        return imports(file, blanked, rooms) + calls(file, blanked)
    }

    private static func imports(_ file: SourceFile, _ blanked: [UInt8], _ rooms: [String]) -> [Complaint] {
        let lines = String(decoding: blanked, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return ImportCheck.imports(of: file).compactMap { line, module in
            guard !harmless.contains(module), !rooms.contains(module) else { return nil }
            let words = lines[line - 1].split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at + 2 < words.count else {
                return Complaint(path: file.path, line: line, what: "is pure and imports all of \(module)")
            }
            let name = String(words[at + 2].prefix { $0 != ";" })
            return allowed.contains(name)
                ? nil : Complaint(path: file.path, line: line, what: "is pure and imports \(name)")
        }
    }

    private static func calls(_ file: SourceFile, _ blanked: [UInt8]) -> [Complaint] {
        let scanner = WordScanner(blanked)
        let lines = String(decoding: blanked, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        return scanner.words().compactMap { word in
            let isMember = word.before == UInt8(ascii: ".")
            if !isMember, refused.contains(word.text), !isDeclared(word, in: lines) {
                return Complaint(path: file.path, line: word.line, what: "is pure and uses \(word.text)")
            }
            if isMember, chances.contains(word.text), scanner.byte(after: word.end) == UInt8(ascii: "("),
                !lines[word.line - 1].contains("using:")
            {
                return Complaint(path: file.path, line: word.line, what: "is pure and asks for chance")
            }
            return nil
        }
    }

    /// A function of one's own may have such a name.
    private static func isDeclared(_ word: WordScanner.Word, in lines: [Substring]) -> Bool {
        lines[word.line - 1].contains("func \(word.text)")
    }

    /// Pure rooms import pure rooms; of C modules they take what is allowed above.
    static func arrows(in table: ModuleTable, rooms: [String]) -> [Complaint] {
        table.rows.filter { rooms.contains($0.target) }.flatMap { row in
            row.imports.filter { module in
                !rooms.contains(module) && !allowed.contains { $0.hasPrefix("\(module).") }
            }.sorted().map { Complaint(path: row.target, what: "is pure and may import \($0)") }
        }
    }

    /// Rooms that are named and not there.
    static func strays(_ rooms: [String], files: [SourceFile]) -> [Complaint] {
        rooms.filter { room in !files.contains { $0.path.hasPrefix("Sources/\(room)/") } }
            .map { Complaint(path: "docs/architecture.md", what: "calls \($0) pure, which is not there") }
    }
}
