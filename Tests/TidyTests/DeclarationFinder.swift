/// A name that a Swift file declares.
struct Declaration: Equatable {
    var name: String
    var line: Int
}

/// Finds what a file declares: functions, properties, types and the cases of enums.
struct DeclarationFinder {
    private static let keywords: Set<String> = [
        "func", "var", "let", "struct", "class", "enum", "actor", "protocol", "typealias", "associatedtype",
    ]

    private let scanner: WordScanner
    private let words: [WordScanner.Word]

    static func declarations(in text: String) -> [Declaration] {
        let scanner = WordScanner(SwiftText.blanked(text))
        return DeclarationFinder(scanner: scanner, words: scanner.words()).find()
    }

    private func find() -> [Declaration] {
        var found: [Declaration] = []
        for (index, word) in words.enumerated() where word.before != UInt8(ascii: ".") {
            if Self.keywords.contains(word.text), index + 1 < words.count, isFollowedByName(word) {
                let name = words[index + 1]
                // `class func`, `static var`: the name comes behind the second one; `import func` declares
                // nothing.
                if !Self.keywords.contains(name.text), index == 0 || words[index - 1].text != "import" {
                    found.append(Declaration(name: name.text, line: name.line))
                }
            } else if word.text == "case" {
                found += cases(behind: index)
            }
        }
        return found
    }

    /// Whether a name stands behind a keyword: not a pattern in brackets, nor an operator.
    private func isFollowedByName(_ word: WordScanner.Word) -> Bool {
        scanner.byte(after: word.end).map { WordScanner.isWord($0) || $0 == UInt8(ascii: "`") } ?? false
    }

    /// The names of an enum's case, or none where it is a switch's: that has a colon behind its patterns.
    private func cases(behind index: Int) -> [Declaration] {
        var names: [Declaration] = []
        var depth = 0
        var wantsName = true
        var position = words[index].end
        var next = index + 1
        while position < scanner.bytes.count {
            let byte = scanner.bytes[position]
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":") where depth == 0: return []
            case UInt8(ascii: ",") where depth == 0: wantsName = true
            // A list goes on behind its comma.
            case UInt8(ascii: "\n") where depth == 0 && !wantsName, UInt8(ascii: "}") where depth == 0:
                return names
            case _ where WordScanner.isWord(byte):
                while next < words.count, words[next].end <= position { next += 1 }
                guard next < words.count else { return names }
                if depth == 0, wantsName {
                    // `.name`, `let name`, a number: patterns.
                    guard words[next].before != UInt8(ascii: "."),
                        !["let", "var", "is"].contains(words[next].text),
                        byte < UInt8(ascii: "0") || byte > UInt8(ascii: "9")
                    else { return [] }
                    names.append(Declaration(name: words[next].text, line: words[next].line))
                    wantsName = false
                }
                position = words[next].end
                continue
            case UInt8(ascii: ".") where depth == 0 && wantsName: return []
            default: break
            }
            position += 1
        }
        return names
    }
}
