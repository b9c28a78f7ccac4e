/// Where a function's body begins and how many lines it has, its signature included.
struct FunctionSpan: Equatable {
    var name: String
    var line: Int
    var lineCount: Int
}

/// Finds the functions, initializers and deinitializers of a Swift file.
struct FunctionFinder {
    private static let keywords: Set<String> = ["func", "init", "deinit", "subscript"]
    /// A line that begins with one of these is a declaration of its own: what came before it had no body.
    private static let declarations: Set<String> = [
        "func", "init", "deinit", "subscript", "var", "let", "case", "static", "mutating", "associatedtype",
        "typealias", "public", "private", "internal", "fileprivate", "struct", "enum", "class", "extension",
        "protocol", "import", "@inlinable", "@usableFromInline", "@discardableResult", "@Test", "#if",
        "#endif",
    ]

    private let text: [UInt8]

    static func functions(in text: String) -> [FunctionSpan] {
        FunctionFinder(text: SwiftText.blanked(text)).find()
    }

    private func find() -> [FunctionSpan] {
        var spans: [FunctionSpan] = []
        var position = 0
        var line = 1
        while position < text.count {
            guard beginsWord(at: position) else {
                if text[position] == UInt8(ascii: "\n") { line += 1 }
                position += 1
                continue
            }
            let word = word(at: position)
            if Self.keywords.contains(word), !isUse(at: position),
                let end = bodyEnd(after: position + word.utf8.count)
            {
                let count = text[position...end].count { $0 == UInt8(ascii: "\n") } + 1
                spans.append(FunctionSpan(name: name(word, at: position), line: line, lineCount: count))
            }
            position += word.utf8.count
        }
        return spans
    }

    private func beginsWord(at position: Int) -> Bool {
        isWord(text[position]) && (position == 0 || !isWord(text[position - 1]))
    }

    private func word(at position: Int) -> String {
        String(decoding: text[position...].prefix(while: isWord), as: UTF8.self)
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }

    /// `.init(...)` and the like are uses, as is a word within backticks.
    private func isUse(at position: Int) -> Bool {
        position > 0 && (text[position - 1] == UInt8(ascii: ".") || text[position - 1] == UInt8(ascii: "`"))
    }

    private func name(_ keyword: String, at position: Int) -> String {
        guard keyword == "func" else { return keyword }
        let rest = text[(position + 4)...].drop { $0 == UInt8(ascii: " ") }
        return String(decoding: rest.prefix { !" (<\n".utf8.contains($0) }, as: UTF8.self)
    }

    /// Where the body ends that belongs to the keyword before `position`; nil where there is none.
    private func bodyEnd(after position: Int) -> Int? {
        var depth = 0
        for at in position..<text.count {
            switch text[at] {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 { return nil }
            case UInt8(ascii: "{") where depth == 0: return matchingBrace(at)
            case UInt8(ascii: "}") where depth == 0: return nil
            case UInt8(ascii: "\n") where depth == 0:
                if beginsDeclaration(after: at) { return nil }
            default: break
            }
        }
        return nil
    }

    private func beginsDeclaration(after newline: Int) -> Bool {
        let line = text[(newline + 1)...].prefix { $0 != UInt8(ascii: "\n") }.drop { $0 == UInt8(ascii: " ") }
        let first = line.prefix { isWord($0) || $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "#") }
        return line.isEmpty || Self.declarations.contains(String(decoding: first, as: UTF8.self))
    }

    private func matchingBrace(_ open: Int) -> Int? {
        var depth = 0
        for at in open..<text.count {
            if text[at] == UInt8(ascii: "{") { depth += 1 }
            if text[at] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return at }
            }
        }
        return nil
    }
}
