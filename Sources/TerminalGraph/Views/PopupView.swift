/// The menu of what can be done, beside what it is about, with the keys that do the same.
///
/// ```
/// ╭─ user123 ──────────────────╮
/// │ its path             Enter │
/// │ where it is on the map     │
/// ╰────────────────────────────╯
/// ```
struct PopupView {
    var menu: PopupMenu

    /// The widest one: a name may be long.
    private static let mostColumns = 44

    func draw(on canvas: inout CellCanvas, body: Rect, hits: inout HitRegions) {
        let text = menu.entries.map { canvas.width(of: $0.text) }.max() ?? 0
        let keys = menu.entries.map(\.key.utf8.count).max() ?? 0
        let wanted = max(text + keys + (keys > 0 ? 2 : 0) + 4, canvas.width(of: menu.title) + 6)
        let columns = min(wanted, Self.mostColumns, body.columns)
        let rows = min(menu.entries.count + 2, body.rows)
        let rect = Rect(
            row: min(max(menu.row, body.row), body.endRow - rows),
            column: min(max(menu.column, body.column), body.endColumn - columns), rows: rows, columns: columns
        )
        canvas.blank(rect)
        canvas.drawFrame(rect, title: menu.title)
        // What is below is not what a click in the frame means.
        hits.add(.entry(-1), rect)
        let inside = rect.inside
        let first = min(max(menu.place - inside.rows / 2, 0), max(menu.entries.count - inside.rows, 0))
        for (index, entry) in menu.entries.dropFirst(first).prefix(max(inside.rows, 0)).enumerated() {
            let row = inside.row + index
            let keyColumns = entry.key.utf8.count
            canvas.write(
                entry.text, row: row, column: inside.column + 1,
                limit: inside.columns - 2 - (keyColumns > 0 ? keyColumns + 1 : 0), style: .plain)
            canvas.write(
                entry.key, row: row, column: inside.column + 1, limit: inside.columns - 2, style: .key,
                alignment: .right)
            hits.add(.entry(first + index), row: row, column: inside.column, columns: inside.columns)
            if first + index == menu.place {
                canvas.highlight(row: row, column: inside.column, columns: inside.columns)
            }
        }
    }
}
