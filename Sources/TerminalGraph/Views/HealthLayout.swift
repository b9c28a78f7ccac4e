/// Where the parts of the view of the server's health stand in a body of a given size.
///
/// ```
/// with lines                          without
/// +- latency ------+- refused --+     | latency, a row a hop   |
/// +- viewers -------------------+     | viewers, a row for all |
/// |                             |     | refused, a row for all |
/// +- log -----------------------+     | log                    |
/// ```
/// On a large canvas there are charts above the log, and what went wrong beside it.
struct HealthLayout: Equatable, Sendable {
    var latency: Rect
    var refused: Rect
    var viewers: Rect
    var log: Rect
    /// Empty where there is no room for them.
    var charts = Rect.none
    var incidents = Rect.none

    /// Rows of the log that charts leave, with its lines, and columns that it has a neighbour from.
    private static let leastLogRows = 10
    private static let columnsOfTwo = 120

    /// Lays out `body` for so many viewers.
    init(body: Rect, hasLines: Bool, viewers count: Int) {
        let (row, columns) = (body.row, body.columns)
        guard hasLines else {
            latency = Rect(row: row, column: 0, rows: 4, columns: columns)
            viewers = Rect(row: row + 4, column: 0, rows: 1, columns: columns)
            refused = Rect(row: row + 5, column: 0, rows: 1, columns: columns)
            log = Rect(row: row + 6, column: 0, rows: body.rows - 6, columns: columns)
            return
        }
        let left = max(36, columns * 3 / 5)
        latency = Rect(row: row, column: 0, rows: 6, columns: left)
        refused = Rect(row: row, column: left, rows: 6, columns: columns - left)
        // Two lines and a row of the log at least.
        let most = max(body.rows - latency.rows - 3, 4)
        let viewerRows = min(min(max(count, 1), max(3, body.rows / 3)) + 3, most)
        viewers = Rect(row: latency.endRow, column: 0, rows: viewerRows, columns: columns)
        var top = viewers.endRow
        let spare = body.endRow - top - Self.leastLogRows
        if spare >= HealthChartsView.leastRows {
            charts = Rect(
                row: top, column: 0, rows: min(max(spare * 2 / 3, HealthChartsView.leastRows), 20) & ~1,
                columns: columns)
            top = charts.endRow
        }
        let logColumns = columns >= Self.columnsOfTwo ? columns * 3 / 5 : columns
        log = Rect(row: top, column: 0, rows: body.endRow - top, columns: logColumns)
        if logColumns < columns {
            incidents = Rect(
                row: top, column: logColumns, rows: log.rows, columns: columns - logColumns)
        }
    }
}
