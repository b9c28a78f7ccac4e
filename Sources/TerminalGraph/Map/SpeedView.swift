import LiveModel

/// How fast the followed visitor's pointer went, second by second.
struct SpeedView {
    /// Draws into `rect`, with a line around it where that leaves room; returns where its seconds are.
    @discardableResult
    static func draw(
        _ model: borrowing LiveModel, secondsPerColumn: Int = 1, span: ChartSpan? = nil,
        on canvas: inout CellCanvas, rect: Rect
    ) -> ChartGeometry? {
        let hasLines = rect.rows >= 4 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return nil }
        let chart = AreaChart(
            room: AreaChart.seconds(columns: plot.columns, glyphs: canvas.glyphs),
            seconds: LiveModel.speedSeconds, secondsPerColumn: secondsPerColumn,
            at: model.nowMilliseconds / 1_000
        ) { speed(model, secondsAgo: $0) }
        if hasLines {
            let title = "speed, px/s"
            let usual = chart.note(
                now: Figures.rate(speed(model, secondsAgo: 0)), peak: Figures.rate(chart.values.max() ?? 0),
                title: title.count, columns: rect.columns)
            let selected = chart.note(
                of: span, remembered: LiveModel.speedSeconds, room: rect.columns - 9 - title.count,
                text: Figures.rate
            ) { speed(model, secondsAgo: $0) }
            canvas.drawFrame(rect, title: title, note: selected ?? usual)
        }
        chart.draw(on: &canvas, plot: plot, timesRow: hasLines ? rect.endRow - 1 : nil)
        let geometry = chart.geometry(plot: plot, glyphs: canvas.glyphs)
        geometry.mark(span, on: &canvas)
        return geometry
    }

    /// What is missing of the second that is not over yet stands in from the one before, as in the chart of
    /// samples.
    private static func speed(_ model: borrowing LiveModel, secondsAgo: Int) -> Double {
        let speed = model.followedSpeed(secondsAgo: secondsAgo)
        guard secondsAgo == 0 else { return speed }
        return speed + model.followedSpeed(secondsAgo: 1) * (1 - model.fractionOfSecond)
    }
}
