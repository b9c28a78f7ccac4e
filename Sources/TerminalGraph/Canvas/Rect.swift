/// A part of the canvas.
struct Rect: Equatable, Sendable {
    var row: Int
    var column: Int
    var rows: Int
    var columns: Int

    static let none = Rect(row: 0, column: 0, rows: 0, columns: 0)

    var isEmpty: Bool { rows <= 0 || columns <= 0 }
    /// The row behind the last.
    var endRow: Int { row + rows }
    /// The column behind the last.
    var endColumn: Int { column + columns }

    /// What is left inside of a line around it.
    var inside: Rect { Rect(row: row + 1, column: column + 1, rows: rows - 2, columns: columns - 2) }
}
