/// The line that names the views, and the server where there is a choice of them.
struct TabsView {
    static func draw(
        _ view: MonitorView, title: String?, on canvas: inout CellCanvas, row: Int, hits: inout HitRegions
    ) {
        var column = 0
        for tab in MonitorView.allCases {
            let isShown = tab == view
            let start = column
            column += canvas.write(" \(tab.number)", row: row, column: column, style: isShown ? .tab : .key)
            column += canvas.write(" \(tab.title) ", row: row, column: column, style: isShown ? .tab : .faint)
            hits.add(.tab(tab), row: row, column: start, columns: column - start)
        }
        guard let title, canvas.columns - column > 10 else { return }
        canvas.write(
            title, row: row, column: column + 2, limit: canvas.columns - column - 3, style: .reference,
            alignment: .right)
    }
}
