/// Where the parts of the overview stand on a canvas of a given size.
///
/// ```
/// wide (100 columns and more)            tall                       small (below 60x20: no lines)
/// | header                     |   | header       |           | header       |
/// +- samples ---+- workers ----+   +- samples ----+           | chart        |
/// |             |              |   +- workers ----+           | workers line |
/// +- visitors --+--------------+   +- visitors ---+           | visitors     |
/// | keys                       |   | keys         |           | keys         |
/// ```
struct OverviewLayout: Equatable, Sendable {
    /// Whether there is room for lines around the panels.
    var hasLines: Bool
    var chart: Rect
    /// One row where there are no lines, and a summary stands in it.
    var workers: Rect
    var visitors: Rect
    /// Whether the workers stand beside the chart, with room below them.
    var isWide: Bool { workers.row == chart.row }
    var headerRow: Int { 0 }
    var statusRow: Int

    /// Lays out a canvas of at least the smallest size; `workers` is how many the server has.
    init(columns: Int, rows: Int, workers workerCount: Int) {
        statusRow = rows - 1
        let body = rows - 2
        hasLines = columns >= 60 && rows >= 20
        guard hasLines else {
            let chartRows = max(3, body * 2 / 5)
            chart = Rect(row: 1, column: 0, rows: chartRows, columns: columns)
            workers = Rect(row: chart.endRow, column: 0, rows: 1, columns: columns)
            visitors = Rect(
                row: workers.endRow, column: 0, rows: body - chartRows - 1, columns: columns)
            return
        }
        if columns >= 100 {
            // A chart is read from afar and a table of workers from near: neither gains from more.
            let top = Self.even(min(max(body * 2 / 5, 8), 28))
            let side = columns >= 160 ? 58 : 48
            chart = Rect(row: 1, column: 0, rows: top, columns: columns - side)
            workers = Rect(row: 1, column: columns - side, rows: top, columns: side)
            visitors = Rect(row: 1 + top, column: 0, rows: body - top, columns: columns)
            return
        }
        let chartRows = Self.even(min(max(body / 3, 6), 20))
        let workerRows = min(max(workerCount, 1), max(1, body / 7)) + 3
        chart = Rect(row: 1, column: 0, rows: chartRows, columns: columns)
        workers = Rect(row: chart.endRow, column: 0, rows: workerRows, columns: columns)
        visitors = Rect(
            row: workers.endRow, column: 0, rows: body - chartRows - workerRows, columns: columns)
    }

    /// An even number of rows, so that a label can stand at the middle of the chart's scale.
    private static func even(_ rows: Int) -> Int { rows & ~1 }

    /// How many visitors can be seen at once: the panel without its lines and its heading.
    var visitorRows: Int { max(0, visitors.rows - (hasLines ? 3 : 1)) }
}
