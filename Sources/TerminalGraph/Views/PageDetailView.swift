import LiveModel

/// What goes on on one page: its samples in the last minute, and who is there.
struct PageDetailView {
    /// Rows below which it says nothing.
    static let leastRows = 6

    /// The page's number; -1 stands for none.
    let page: Int32
    let chart: Rect
    let visitors: Rect

    init(page: Int32, rect: Rect, glyphs: Glyphs) {
        self.page = page
        // As wide as a minute, which is all that is remembered of a page, or as a multiple of it.
        let minute = LiveModel.activitySeconds / glyphs.chartColumnsPerCell
        let others = ChartView.axisColumns + 2
        let times = max((rect.columns * 2 / 5 - others) / minute, 1)
        let columns = min(minute * times + others, rect.columns / 2)
        chart = Rect(row: rect.row, column: rect.column, rows: rect.rows, columns: columns)
        visitors = Rect(
            row: rect.row, column: chart.endColumn, rows: rect.rows, columns: rect.columns - columns)
    }

    func draw(
        _ model: borrowing LiveModel, visitors rows: VisitorRows, chosen: VisitorMark?,
        on canvas: inout CellCanvas, hits: inout HitRegions
    ) {
        let room = AreaChart.seconds(columns: chart.inside.columns, glyphs: canvas.glyphs)
        let samples = AreaChart(
            room: room, seconds: LiveModel.activitySeconds,
            secondsPerColumn: MonitorSettings.columnSeconds.first { $0 * room >= LiveModel.activitySeconds }
                ?? 1,
            at: model.nowMilliseconds / 1_000
        ) { Sparkline.samples(model, page: page, secondsAgo: $0) }
        let title = chart.columns < 50 ? "samples/s" : "samples per second"
        let now = Sparkline.samples(model, page: page, secondsAgo: 0)
        canvas.drawFrame(
            chart, title: title,
            note: samples.note(
                now: Figures.rate(now), peak: Figures.axis(samples.values.max() ?? 0), title: title.count,
                columns: chart.columns))
        samples.draw(on: &canvas, plot: chart.inside, timesRow: chart.endRow - 1)
        var view = VisitorsView(
            rows: rows, chosen: chosen, order: .rate, isReversed: false, isFiltered: false)
        view.page = page < 0 ? "no page" : model.pageText(page)
        view.draw(model, on: &canvas, rect: visitors, hasLines: true, hits: &hits)
    }
}
