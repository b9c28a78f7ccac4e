/// Which target may import which others.
struct ModuleTable: Equatable {
    struct Row: Equatable {
        var target: String
        var imports: Set<String>
    }

    var rows: [Row]

    subscript(target: String) -> Set<String>? { rows.first { $0.target == target }?.imports }

    /// The rows of the code map in docs/architecture.md: `| \`target\` | what it holds | \`a\`, \`b\` or -
    /// |`.
    static func ofDocument(_ text: String) -> ModuleTable {
        ModuleTable(
            rows: text.split(separator: "\n").compactMap { line in
                let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                guard line.hasPrefix("|"), cells.count == 5, let target = quoted(cells[1]).first else {
                    return nil
                }
                return Row(target: target, imports: Set(quoted(cells[3])))
            })
    }

    /// The rooms that the document calls pure, in the paragraph that begins with "Pure are" and up to its
    /// colon: targets, and folders of targets.
    static func pureRooms(ofDocument text: String) -> [String] {
        guard let start = text.firstRange(of: "\nPure are ") else { return [] }
        return quoted(text[start.upperBound...].prefix { $0 != ":" })
    }

    /// The texts between backticks.
    private static func quoted(_ cell: Substring) -> [String] {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }

    /// The targets of Package.swift that lie below Sources, as they are written there.
    static func ofManifest(_ text: String) -> ModuleTable {
        let makers = ["room", ".target", ".executableTarget", ".systemLibrary"]
        let blanked = String(decoding: SwiftText.blanked(text), as: UTF8.self)
        let source = SwiftText.blanked(text, keepingStrings: true)
        var rows: [Row] = []
        for maker in makers {
            for found in blanked.ranges(of: "\(maker)(") {
                let start = blanked.utf8.distance(from: blanked.startIndex, to: found.upperBound)
                let end = closing(Array(blanked.utf8), from: start - 1)
                let call = String(decoding: source[start..<end], as: UTF8.self)
                // Targets that lie elsewhere say so, and are no rooms of the house; the makers' own
                // declarations begin with no name.
                guard call.drop(while: \.isWhitespace).first.map({ $0 == "\"" || $0 == "n" }) == true,
                    !call.contains("path:"), let name = strings(call).first
                else { continue }
                rows.append(Row(target: name, imports: dependencies(of: call)))
            }
        }
        return ModuleTable(rows: rows)
    }

    /// The strings of the list that a call has behind `over:` or `dependencies:`.
    private static func dependencies(of call: String) -> Set<String> {
        for label in ["over: [", "dependencies: ["] {
            guard let start = call.firstRange(of: label) else { continue }
            return Set(strings(String(call[start.upperBound...].prefix { $0 != "]" })))
        }
        return []
    }

    private static func closing(_ text: [UInt8], from open: Int) -> Int {
        var depth = 0
        for at in open..<text.count {
            if text[at] == UInt8(ascii: "(") { depth += 1 }
            if text[at] == UInt8(ascii: ")") {
                depth -= 1
                if depth == 0 { return at }
            }
        }
        return text.count
    }

    private static func strings(_ text: String) -> [String] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 }.map { String(parts[$0]) }
    }
}
