/// The settings, in front of the view: a row each, the chosen one marked, and where they are kept.
struct SettingsView {
    var menu: SettingsMenu
    var values: [(title: String, value: String)]
    /// The file; nil where they are forgotten.
    var path: String?

    func draw(on canvas: inout CellCanvas, body: Rect, hits: inout HitRegions) {
        let columns = min(body.columns, 60)
        let rows = min(body.rows, values.count + 4)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - columns) / 2,
            rows: rows, columns: columns)
        canvas.blank(rect)
        canvas.drawFrame(rect, title: "settings", note: "kept from one day to the next")
        let inside = rect.inside
        let room = max(inside.rows - (inside.rows > values.count ? inside.rows - values.count : 0), 1)
        // Around the chosen one, where not all can be seen.
        let first = min(max(menu.place - room / 2, 0), max(values.count - room, 0))
        let valueColumn = inside.columns * 3 / 5
        for (index, row) in values[first..<min(first + room, values.count)].enumerated() {
            canvas.write(
                row.title, row: inside.row + index, column: inside.column + 1, limit: valueColumn - 2,
                style: .plain)
            canvas.write(
                row.value, row: inside.row + index, column: inside.column + valueColumn,
                limit: inside.columns - valueColumn - 1, style: .strong)
            hits.add(
                .setting(first + index), row: inside.row + index, column: inside.column,
                columns: inside.columns)
            if first + index == menu.place {
                canvas.highlight(row: inside.row + index, column: inside.column, columns: inside.columns)
            }
        }
        guard inside.rows >= values.count + 2 else { return }
        canvas.write(
            path.map { "in \($0)" } ?? "forgotten at the end: no home to keep them in",
            row: inside.endRow - 1,
            column: inside.column + 1, limit: inside.columns - 2, style: .faint)
    }
}
