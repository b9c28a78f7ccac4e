/// The line that names the views, and the server where there is a choice of them.
struct TabsView {
    static func draw(
        _ view: MonitorView, title: String?, alarms: Alarms, on canvas: inout CellCanvas, row: Int,
        hits: inout HitRegions
    ) {
        var column = 0
        // Where the names just fit a mark takes the blank behind one.
        let needed = MonitorView.allCases.reduce(0) { sum, tab in
            let count = alarms.unseen(in: tab)
            return sum + tab.title.count + 4 + (count > 0 ? mark(of: count).count : 0)
        }
        let isNarrow = canvas.columns < needed
        for tab in MonitorView.allCases {
            let isShown = tab == view
            let start = column
            column += canvas.write(" \(tab.number)", row: row, column: column, style: isShown ? .tab : .key)
            let count = alarms.unseen(in: tab)
            let blank = count > 0 && isNarrow ? "" : " "
            column += canvas.write(
                " \(tab.title)\(blank)", row: row, column: column, style: isShown ? .tab : .faint)
            if count > 0 {
                let mark = isNarrow ? "!" : mark(of: count)
                column += canvas.write(mark, row: row, column: column, style: .bad)
            }
            hits.add(.tab(tab), row: row, column: start, columns: column - start)
        }
        guard var title, canvas.columns - column > 10 else { return }
        let room = canvas.columns - column - 3
        // Which server it is stands at the end of its address.
        if canvas.width(of: title) > room, title.hasPrefix("http://") { title.removeFirst(7) }
        canvas.write(
            title, row: row, column: column + 2, limit: room, style: .reference, alignment: .right)
    }

    private static func mark(of count: Int) -> String { "!\(min(count, 99)) " }
}
