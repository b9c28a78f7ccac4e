/// Words that must not be committed. They are put together here, so that this file does not hold them.
enum WordingCheck {
    /// Work left undone is written down elsewhere, not in the code.
    private static let undone = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    /// Where somebody's copy of the repository lay; nothing is there on another machine.
    private static let places = [
        "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/opt/sw" + "ift",
    ]

    static func check(_ file: SourceFile) -> [Complaint] {
        file.lines().enumerated().flatMap { index, line in
            complaints(about: line).map { Complaint(path: file.path, line: index + 1, what: $0) }
        }
    }

    private static func complaints(about line: Substring) -> [String] {
        let words = line.split { !$0.isLetter }
        let undone = undone.filter { word in words.contains { $0 == word } }.map { "says \($0)" }
        let places = places.filter { holds(line, path: $0) }.map { "names the path \($0) of one machine" }
        return undone + places
    }

    /// Whether an absolute path begins so; one in the middle of a relative path or a URL is none.
    private static func holds(_ line: Substring, path: String) -> Bool {
        line.ranges(of: path).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || "./~$}_-".contains(before))
        }
    }
}
