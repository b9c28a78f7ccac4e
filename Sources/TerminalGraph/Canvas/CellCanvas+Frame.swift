extension CellCanvas {
    /// Draws a line around `rect` with a title in its upper edge and a note at that edge's right end.
    mutating func drawFrame(_ rect: Rect, title: String, note: String = "") {
        guard rect.rows >= 2, rect.columns >= 2 else { return }
        let bottom = rect.endRow - 1
        let right = rect.endColumn - 1
        for column in rect.column + 1..<right {
            put(glyphs.horizontal, row: rect.row, column: column, style: .border)
            put(glyphs.horizontal, row: bottom, column: column, style: .border)
        }
        for row in rect.row + 1..<bottom {
            put(glyphs.vertical, row: row, column: rect.column, style: .border)
            put(glyphs.vertical, row: row, column: right, style: .border)
        }
        put(glyphs.topLeft, row: rect.row, column: rect.column, style: .border)
        put(glyphs.topRight, row: rect.row, column: right, style: .border)
        put(glyphs.bottomLeft, row: bottom, column: rect.column, style: .border)
        put(glyphs.bottomRight, row: bottom, column: right, style: .border)
        let room = rect.columns - 4
        let titleColumns = write(
            " \(title) ", row: rect.row, column: rect.column + 2, limit: room, style: .title)
        let noteRoom = room - titleColumns - 1
        guard !note.isEmpty, width(of: note) + 2 <= noteRoom else { return }
        write(
            " \(note) ", row: rect.row, column: right - 1 - noteRoom, limit: noteRoom, style: .faint,
            alignment: .right)
    }

    /// How many columns `text` takes once it is safe.
    func width(of text: String) -> Int { SafeText.width(of: text, glyphs: glyphs, upTo: columns) }
}
