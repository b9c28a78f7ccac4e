import LiveModel

/// How fast the followed visitor's pointer went, second by second.
struct SpeedView {
    /// Draws into `rect`, with a line around it where that leaves room.
    static func draw(
        _ model: borrowing LiveModel, secondsPerColumn: Int = 1, on canvas: inout CellCanvas,
        rect: Rect
    ) {
        let hasLines = rect.rows >= 4 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return }
        let chart = AreaChart(
            room: AreaChart.seconds(columns: plot.columns, glyphs: canvas.glyphs),
            seconds: LiveModel.speedSeconds, secondsPerColumn: secondsPerColumn,
            at: model.nowMilliseconds / 1_000
        ) { speed(model, secondsAgo: $0) }
        if hasLines {
            let title = "speed, px/s"
            let note = chart.note(
                now: Figures.rate(speed(model, secondsAgo: 0)), peak: Figures.rate(chart.values.max() ?? 0),
                title: title.count, columns: rect.columns)
            canvas.drawFrame(rect, title: title, note: note)
        }
        chart.draw(on: &canvas, plot: plot, timesRow: hasLines ? rect.endRow - 1 : nil)
    }

    /// What is missing of the second that is not over yet stands in from the one before, as in the chart of
    /// samples.
    private static func speed(_ model: borrowing LiveModel, secondsAgo: Int) -> Double {
        let speed = model.followedSpeed(secondsAgo: secondsAgo)
        guard secondsAgo == 0 else { return speed }
        return speed + model.followedSpeed(secondsAgo: 1) * (1 - model.fractionOfSecond)
    }
}
