/// Where the list of pages stands, and below it, where there is room, what goes on on one of them.
struct PagesLayout: Equatable, Sendable {
    var table: Rect
    /// Empty where there is no room for it.
    var detail = Rect.none

    /// Lays out `body` for so many pages.
    init(body: Rect, hasLines: Bool, pages count: Int) {
        table = body
        guard hasLines else { return }
        // A head, the lines, and whole groups of rows, so that what is below does not move with every page
        // that comes or goes.
        let needed = 3 + (max(count, 1) + 3) / 4 * 4
        let isTall = body.rows >= 30
        let most = body.rows - (isTall ? body.rows / 3 : PageDetailView.leastRows)
        guard isTall || 3 + count <= most else { return }
        table.rows = min(needed, most)
        detail = Rect(
            row: table.endRow, column: body.column, rows: body.endRow - table.endRow, columns: body.columns)
    }
}
