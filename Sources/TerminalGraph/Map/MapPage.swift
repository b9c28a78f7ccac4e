/// Where on a plot the page lies: as large as fits with its sides in proportion, in the middle.
///
/// ```
/// ┌──────┬────────────┬──────┐   a cell counts as twice as high as wide
/// │      │    page    │      │
/// └──────┴────────────┴──────┘
/// ```
struct MapPage: Equatable, Sendable {
    /// The cells it covers.
    var rect = Rect.none

    /// Fits a page `aspect` times as wide as high into `plot`.
    static func fit(aspect: Double, into plot: Rect) -> MapPage {
        let wide = Double(plot.columns)
        let high = Double(plot.rows) * 2
        let columns = aspect * high < wide ? Int((aspect * high).rounded()) : plot.columns
        let rows = aspect * high > wide ? Int((wide / aspect / 2).rounded()) : plot.rows
        let width = min(max(columns, 1), plot.columns)
        let height = min(max(rows, 1), plot.rows)
        return MapPage(
            rect: Rect(
                row: plot.row + (plot.rows - height) / 2, column: plot.column + (plot.columns - width) / 2,
                rows: height, columns: width))
    }

    /// Whether this differs so little from `other` that moving everything would only disturb.
    func isNear(_ other: MapPage) -> Bool {
        abs(rect.rows - other.rect.rows) <= 1 && abs(rect.columns - other.rect.columns) <= 1
    }

    /// Draws those of the page's edges that do not meet the plot's, where there is a cell for them.
    func drawEdges(on canvas: inout CellCanvas, plot: Rect) {
        let (left, right) = (rect.column - 1, rect.endColumn)
        if left >= plot.column, right < plot.endColumn {
            for row in rect.row..<rect.endRow {
                canvas.put(canvas.glyphs.vertical, row: row, column: left, style: .border)
                canvas.put(canvas.glyphs.vertical, row: row, column: right, style: .border)
            }
        }
        let (above, below) = (rect.row - 1, rect.endRow)
        if above >= plot.row, below < plot.endRow {
            for column in rect.column..<rect.endColumn {
                canvas.put(canvas.glyphs.horizontal, row: above, column: column, style: .border)
                canvas.put(canvas.glyphs.horizontal, row: below, column: column, style: .border)
            }
        }
    }
}
