/// Where the parts of one visitor's view stand in a body of a given size.
///
/// ```
/// with lines                             without
/// +- visitor ---+- path --------+        | id · page              |
/// |             |               |        | facts   | path         |
/// +- events ----+               |        | events, where there is |
/// |             +- px/s --------+        | room for some          |
/// +-------------+---------------+
/// ```
struct VisitorLayout: Equatable, Sendable {
    var facts: Rect
    var path: Rect
    /// Empty where there is no room for it.
    var speed = Rect.none
    var events = Rect.none

    init(body: Rect, hasLines: Bool) {
        guard hasLines else {
            let upper = body.rows >= 14 ? body.rows * 3 / 5 : body.rows
            let left = min(max(body.columns * 2 / 5, 18), 36)
            facts = Rect(row: body.row, column: body.column, rows: upper, columns: left)
            path = Rect(
                row: body.row + 1, column: body.column + left + 1, rows: upper - 1,
                columns: body.columns - left - 1)
            if upper < body.rows {
                events = Rect(
                    row: body.row + upper, column: body.column, rows: body.rows - upper, columns: body.columns
                )
            }
            return
        }
        let left = body.columns >= 160 ? 60 : body.columns >= 100 ? 44 : max(body.columns * 2 / 5, 28)
        let factsRows = min(15, body.rows * 13 / 21)
        let speedRows = max(6, min(body.rows / 4, 16) & ~1)
        facts = Rect(row: body.row, column: body.column, rows: factsRows, columns: left)
        events = Rect(
            row: facts.endRow, column: body.column, rows: body.rows - factsRows, columns: left)
        path = Rect(
            row: body.row, column: body.column + left, rows: body.rows - speedRows,
            columns: body.columns - left)
        speed = Rect(row: path.endRow, column: path.column, rows: speedRows, columns: path.columns)
    }
}
