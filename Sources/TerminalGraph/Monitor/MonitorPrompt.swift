/// A line that is being typed, with a cursor in it.
///
/// It never holds a control character, and never more than `Limits.promptScalars` scalars.
struct MonitorPrompt: Equatable, Sendable {
    private var scalars: [Unicode.Scalar]
    /// How many scalars stand before the cursor.
    private(set) var cursor: Int

    init(_ text: String) {
        scalars = text.unicodeScalars.filter(Self.isTypable).prefix(Limits.promptScalars).map { $0 }
        cursor = scalars.count
    }

    var text: String { Self.text(scalars[...]) }
    /// What stands before the cursor.
    var head: String { Self.text(scalars[..<cursor]) }
    /// What stands at the cursor and behind it.
    var tail: String { Self.text(scalars[cursor...]) }

    /// Puts a scalar in at the cursor, as long as there is room.
    mutating func insert(_ scalar: Unicode.Scalar) {
        guard Self.isTypable(scalar), scalars.count < Limits.promptScalars else { return }
        scalars.insert(scalar, at: cursor)
        cursor += 1
    }

    mutating func apply(_ edit: MonitorAction.Edit) {
        switch edit {
        case .left: cursor = max(cursor - 1, 0)
        case .right: cursor = min(cursor + 1, scalars.count)
        case .start: cursor = 0
        case .end: cursor = scalars.count
        case .removeBefore: remove(from: max(cursor - 1, 0))
        case .removeAfter: if cursor < scalars.count { scalars.remove(at: cursor) }
        case .removeWord:
            var start = cursor
            while start > 0, scalars[start - 1] == " " { start -= 1 }
            while start > 0, scalars[start - 1] != " " { start -= 1 }
            remove(from: start)
        case .clear: remove(from: 0)
        }
    }

    private mutating func remove(from start: Int) {
        scalars.removeSubrange(start..<cursor)
        cursor = start
    }

    private static func isTypable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}
