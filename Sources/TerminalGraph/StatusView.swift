/// The last line: the keys, and where in the list of visitors this is.
struct StatusView {
    static func draw(
        on canvas: inout CellCanvas, row: Int, isScrollable: Bool, offset: Int, shown: Int, count: Int
    ) {
        var line = LineOfParts()
        line.addLeft(weight: 10, ("q", .key), (" quit", .faint))
        if isScrollable {
            line.addLeft(weight: 8, (canvas.glyphs.arrows, .key), (" scroll", .faint))
            line.addLeft(weight: 5, ("PgUp PgDn", .key), (" page", .faint))
            line.addLeft(weight: 4, ("Home End", .key), (" ends", .faint))
        }
        line.addLeft(weight: 3, ("^L", .key), (" redraw", .faint))
        if shown > 0 {
            let first = Figures.count(offset + 1)
            let last = Figures.count(offset + shown)
            line.addRight(
                weight: 9, ("\(first)\(canvas.glyphs.dash)\(last) of \(Figures.count(count))", .faint))
        }
        let margin = canvas.columns >= 60 ? 1 : 0
        line.draw(on: &canvas, row: row, column: margin, columns: canvas.columns - 2 * margin)
    }
}
