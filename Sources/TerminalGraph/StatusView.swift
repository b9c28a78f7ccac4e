import LiveModel

/// The last line: the keys, and where to connect.
struct StatusView {
    /// Draws the line; `range` says which visitors are shown, where nothing else does.
    static func draw(
        _ status: ServerStatus, on canvas: inout CellCanvas, row: Int, isScrollable: Bool, range: String
    ) {
        var line = LineOfParts()
        line.addLeft(weight: 10, ("q", .key), (" quit", .faint))
        if isScrollable {
            line.addLeft(weight: 8, (canvas.glyphs.arrows, .key), (" scroll", .faint))
            line.addLeft(weight: 4, ("PgUp PgDn", .key), (" page", .faint))
            line.addLeft(weight: 3, ("Home End", .key), (" ends", .faint))
        }
        line.addLeft(weight: 2, ("^L", .key), (" redraw", .faint))
        if !status.ingestAddress.isEmpty {
            line.addRight(weight: 6, ("ingest ", .faint), (status.ingestAddress, .reference))
        }
        if !status.httpAddress.isEmpty {
            line.addRight(weight: 7, ("http ", .faint), (status.httpAddress, .reference))
        }
        if !range.isEmpty { line.addRight(weight: 9, (range, .faint)) }
        let margin = canvas.columns >= 60 ? 1 : 0
        line.draw(on: &canvas, row: row, column: margin, columns: canvas.columns - 2 * margin)
    }
}
