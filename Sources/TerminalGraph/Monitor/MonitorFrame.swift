/// Where the lines that all views share stand, and what they leave to the view.
///
/// ```
/// header          what this is and how it stands
/// tabs            only where there is room for lines around panels
/// body            the view
/// warning         only while something is wrong, and where there is room; else in the place of status
/// status          keys, and what is filtered and sorted
/// ```
struct MonitorFrame: Equatable, Sendable {
    /// Whether there is room for lines around panels, and for the line of tabs.
    var hasLines: Bool
    var headerRow: Int { 0 }
    var tabsRow: Int { 1 }
    var body: Rect
    /// Nil while nothing is wrong.
    var warningRow: Int?
    var statusRow: Int

    /// Lays out a canvas of at least the smallest size.
    init(columns: Int, rows: Int, hasWarning: Bool = false) {
        hasLines = columns >= 60 && rows >= 20
        let top = hasLines ? 2 : 1
        statusRow = rows - 1
        var end = statusRow
        if hasWarning {
            if rows >= 12 { end -= 1 }
            warningRow = end
        }
        body = Rect(row: top, column: 0, rows: end - top, columns: columns)
    }
}
