/// Files, functions and lines that a person can take in at once.
enum LengthCheck {
    static let fileLines = 300
    static let functionLines = 70
    static let lineCharacters = 110

    static func file(_ file: SourceFile) -> [Complaint] {
        let count = file.lines().count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard count > fileLines else { return [] }
        return [Complaint(path: file.path, what: "\(count) lines, more than \(fileLines)")]
    }

    static func functions(_ file: SourceFile) -> [Complaint] {
        FunctionFinder.functions(in: file.text).filter { $0.lineCount > functionLines }.map { span in
            Complaint(
                path: file.path, line: span.line,
                what: "\(span.name) has \(span.lineCount) lines, more than \(functionLines)")
        }
    }

    /// A line that is long for the text it quotes is left alone: bytes of a protocol are not to be broken up.
    static func lines(_ file: SourceFile) -> [Complaint] {
        let quoted = file.suffix == "swift" ? quotedLengths(file.text) : []
        return file.lines().enumerated().compactMap { index, line in
            guard line.count > lineCharacters else { return nil }
            if index < quoted.count, quoted[index] > 0, line.count - quoted[index] <= lineCharacters {
                return nil
            }
            return Complaint(
                path: file.path, line: index + 1,
                what: "\(line.count) characters, more than \(lineCharacters)")
        }
    }

    /// How many bytes of each line are within string literals.
    private static func quotedLengths(_ text: String) -> [Int] {
        var lengths = [0]
        for (before, after) in zip(text.utf8, SwiftText.blanked(text, keepingComments: true)) {
            if before == UInt8(ascii: "\n") {
                lengths.append(0)
            } else if before != after {
                lengths[lengths.count - 1] += 1
            }
        }
        return lengths
    }
}
