/// A target is a layer: it imports what the module table allows, and never Foundation.
enum ImportCheck {
    /// Part of the toolchain, small, and linked into every binary that is static.
    private static let system: Set<String> = ["Glibc", "Synchronization"]

    /// The modules a Swift file imports, with their lines.
    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        String(decoding: SwiftText.blanked(file.text), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                    words[..<at].allSatisfy(isModifier)
                else { return nil }
                let kinds: Set<Substring> = [
                    "struct", "class", "enum", "func", "protocol", "typealias", "var", "let",
                ]
                let name =
                    kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
                return (index + 1, String(name.prefix { $0 != "." && $0 != ";" }))
            }
    }

    private static func isModifier(_ word: Substring) -> Bool {
        ["public", "package", "internal", "fileprivate", "private"].contains(word) || word.hasPrefix("@")
    }

    static func check(_ file: SourceFile, against table: ModuleTable) -> [Complaint] {
        guard let target = file.target else { return [] }
        guard let allowed = table[target] else {
            return [Complaint(path: file.path, what: "\(target) is not in the module table")]
        }
        return imports(of: file).filter { !allowed.contains($0.module) && !system.contains($0.module) }.map {
            Complaint(path: file.path, line: $0.line, what: "\(target) may not import \($0.module)")
        }
    }

    /// Each row may import only rows above it.
    static func arrows(in table: ModuleTable) -> [Complaint] {
        var above: Set<String> = []
        var complaints: [Complaint] = []
        for row in table.rows {
            for module in row.imports.subtracting(above).sorted() {
                complaints.append(
                    Complaint(path: row.target, what: "imports \(module), which is not above it"))
            }
            above.insert(row.target)
        }
        return complaints
    }

    /// What a row allows and no file of the target does, targets without a row, and rows without a target.
    ///
    /// Targets in C call what they link without an import.
    static func slack(in table: ModuleTable, files: [SourceFile]) -> [Complaint] {
        var used: [String: Set<String>] = [:]
        var isInC: [String: Bool] = [:]
        for file in files {
            guard let target = file.target else { continue }
            used[target, default: []].formUnion(imports(of: file).map(\.module))
            isInC[target] = isInC[target] != false && file.suffix != "swift"
        }
        let idle = table.rows.filter { isInC[$0.target] == false }.flatMap { row in
            row.imports.subtracting(used[row.target] ?? []).sorted().map {
                Complaint(path: row.target, what: "may import \($0), and does not")
            }
        }
        let rows = Set(table.rows.map(\.target))
        return idle
            + Set(used.keys).subtracting(rows).sorted().map {
                Complaint(path: $0, what: "is not in the module table")
            }
            + rows.subtracting(used.keys).sorted().map {
                Complaint(path: $0, what: "is in the module table and not there")
            }
    }

    /// Where two tables say different things about the targets of either.
    static func differences(_ document: ModuleTable, _ manifest: ModuleTable) -> [Complaint] {
        let targets = Set(document.rows.map(\.target)).union(manifest.rows.map(\.target)).sorted()
        return targets.filter { document[$0] != manifest[$0] }.map { target in
            func list(_ table: ModuleTable) -> String {
                table[target].map { $0.sorted().joined(separator: ", ") } ?? "absent"
            }
            return Complaint(
                path: target, what: "code map: [\(list(document))], Package.swift: [\(list(manifest))]")
        }
    }
}
