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

    static func lines(_ file: SourceFile) -> [Complaint] {
        file.lines().enumerated().filter { $0.element.count > lineCharacters }.map { index, line in
            Complaint(
                path: file.path, line: index + 1,
                what: "\(line.count) characters, more than \(lineCharacters)")
        }
    }
}
