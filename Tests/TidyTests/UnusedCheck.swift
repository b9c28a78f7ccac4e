/// Declarations that nothing uses: their name stands in the sources once, where they are declared.
///
/// A name that two declarations share hides both, and so does a string that says it; what is found is dead
/// for certain, unless it is one of the exceptions below. Tests are no use: what only they need is theirs to
/// have.
enum UnusedCheck {
    /// Names that are used without being said, each with how.
    static let exceptions: [String: String] = [:]
    /// Beginnings of such names.
    static let prefixes: [String: String] = [
        "hue": "styles of a row are found by adding to the raw value of its first",
        "recentHue": "as hue",
        "fadingHue": "as hue",
    ]

    static func check(_ files: [SourceFile]) -> [Complaint] {
        let counts = occurrences(in: files)
        return files.flatMap { file in
            DeclarationFinder.declarations(in: file.text)
                .filter { counts[$0.name] == 1 && !isExcused($0.name) }
                .map { Complaint(path: file.path, line: $0.line, what: "\($0.name) is used by nothing") }
        }
    }

    /// Exceptions that are none: the name is used, or not there.
    static func stale(_ files: [SourceFile]) -> [Complaint] {
        let counts = occurrences(in: files)
        return exceptions.keys.sorted().filter { counts[$0] != 1 }
            .map { Complaint(path: $0, what: "is excused from being used without need") }
    }

    private static func isExcused(_ name: String) -> Bool {
        exceptions[name] != nil
            || prefixes.keys.contains {
                name.hasPrefix($0) && name.dropFirst($0.count).allSatisfy(\.isNumber)
            }
    }

    /// How often each word stands in the code; strings count, for what is interpolated in them.
    private static func occurrences(in files: [SourceFile]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for file in files {
            let text = SwiftText.blanked(file.text, keepingStrings: true)
            for word in WordScanner(text).words() { counts[word.text, default: 0] += 1 }
        }
        return counts
    }
}
