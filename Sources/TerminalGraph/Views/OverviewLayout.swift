/// Where the parts of the overview stand in a body of a given size.
///
/// ```
/// wide (100 columns and more)            tall                       small (below 60x20: no lines)
/// +- samples ---+- workers ----+   +- samples ----+           | chart        |
/// |             |              |   +- workers ----+           | workers line |
/// +- visitors --+--------------+   +- visitors ---+           | visitors     |
/// ```
struct OverviewLayout: Equatable, Sendable {
    /// Whether there is room for lines around the panels.
    var hasLines: Bool
    var chart: Rect
    /// One row where there are no lines, and a summary stands in it.
    var workers: Rect
    var visitors: Rect

    /// Lays out the body of a canvas of at least the smallest size; `workers` is how many the server has.
    init(body: Rect, hasLines: Bool, workers workerCount: Int) {
        self.hasLines = hasLines
        let top = body.row
        let columns = body.columns
        guard hasLines else {
            let chartRows = max(3, body.rows * 2 / 5)
            chart = Rect(row: top, column: 0, rows: chartRows, columns: columns)
            workers = Rect(row: chart.endRow, column: 0, rows: 1, columns: columns)
            visitors = Rect(
                row: workers.endRow, column: 0, rows: body.rows - chartRows - 1, columns: columns)
            return
        }
        if columns >= 100 {
            // A chart is read from afar and a table of workers from near: neither gains from more.
            let upper = Self.even(min(max(body.rows * 2 / 5, 8), 28))
            let side = columns >= 160 ? 58 : 48
            chart = Rect(row: top, column: 0, rows: upper, columns: columns - side)
            workers = Rect(row: top, column: columns - side, rows: upper, columns: side)
            visitors = Rect(row: top + upper, column: 0, rows: body.rows - upper, columns: columns)
            return
        }
        let chartRows = Self.even(min(max(body.rows / 3, 6), 20))
        let workerRows = min(max(workerCount, 1), max(1, body.rows / 7)) + 3
        chart = Rect(row: top, column: 0, rows: chartRows, columns: columns)
        workers = Rect(row: chart.endRow, column: 0, rows: workerRows, columns: columns)
        visitors = Rect(
            row: workers.endRow, column: 0, rows: body.rows - chartRows - workerRows, columns: columns)
    }

    /// An even number of rows, so that a label can stand at the middle of the chart's scale.
    private static func even(_ rows: Int) -> Int { rows & ~1 }

    /// How many visitors can be seen at once: the panel without its lines and its heading.
    var visitorRows: Int { max(0, visitors.rows - (hasLines ? 3 : 1)) }
}
