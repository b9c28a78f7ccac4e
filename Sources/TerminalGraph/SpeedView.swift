import LiveModel

/// How fast the followed visitor's pointer went, second by second.
struct SpeedView {
    /// Draws into `rect`, with a line around it where that leaves room.
    static func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect) {
        let hasLines = rect.rows >= 4 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return }
        let seconds = min(
            AreaChart.seconds(columns: plot.columns, glyphs: canvas.glyphs), LiveModel.speedSeconds)
        let chart = AreaChart((0..<seconds).map { speed(model, secondsAgo: $0) })
        if hasLines {
            let now = Figures.rate(chart.values.first ?? 0)
            let peak = Figures.rate(chart.values.max() ?? 0)
            canvas.drawFrame(rect, title: "speed, px/s", note: "now \(now)  peak \(peak)")
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
