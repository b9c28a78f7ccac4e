/// Where the parts of the view of the server's health stand in a body of a given size.
///
/// ```
/// with lines                          without
/// +- latency ------+- refused --+     | latency, a row a hop   |
/// +- viewers -------------------+     | viewers, a row for all |
/// |                             |     | refused, a row for all |
/// +- log -----------------------+     | log                    |
/// ```
struct HealthLayout: Equatable, Sendable {
    var latency: Rect
    var refused: Rect
    var viewers: Rect
    var log: Rect

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
        let viewerRows = min(max(count, 1), max(3, body.rows / 3)) + 3
        viewers = Rect(row: latency.endRow, column: 0, rows: viewerRows, columns: columns)
        log = Rect(
            row: viewers.endRow, column: 0, rows: body.endRow - viewers.endRow, columns: columns)
    }
}
