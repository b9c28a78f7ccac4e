import LiveModel

/// The area chart of everyone's samples a second, the newest second at the right.
struct ChartView {
    /// Columns of the axis: five for a figure and one for the line.
    static let axisColumns = 6

    /// Seconds that one column shows, the busiest of which counts.
    var secondsPerColumn = 1
    /// The figure at the upper edge; 0 is as high as it takes.
    var top = 0
    /// The seconds that are selected.
    var span: ChartSpan?

    /// Draws the chart into `rect`; where `hasLines`, with a line around it and times in its lower edge.
    /// Returns where its seconds are; nil where there is no room for any.
    @discardableResult
    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool
    ) -> ChartGeometry? {
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return nil }
        var chart = AreaChart(
            room: AreaChart.seconds(columns: plot.columns, glyphs: canvas.glyphs),
            seconds: LiveModel.historySeconds, secondsPerColumn: secondsPerColumn,
            at: model.nowMilliseconds / 1_000
        ) { Self.value(model, secondsAgo: $0) }
        let peak = chart.values.max() ?? 0
        if top > 0 { chart.scale = Double(top) }
        if hasLines {
            let now = "now \(Figures.rate(model.samplesPerSecond))  peak \(Figures.axis(peak))"
            let width = chart.secondsPerColumn > 1 ? "  \(chart.secondsPerColumn) s a column" : ""
            let scale = top > 0 ? "  scale \(Figures.axis(Double(top)))" : ""
            let title = "samples per second"
            let room = rect.columns - 10 - title.count
            let usual = [now + width + scale, now + scale, now].first { $0.count <= room } ?? now
            let selected = chart.note(
                of: span, remembered: LiveModel.historySeconds, room: room, text: Figures.rate
            ) { Self.value(model, secondsAgo: $0) }
            canvas.drawFrame(rect, title: title, note: selected ?? usual)
        }
        chart.draw(on: &canvas, plot: plot, timesRow: hasLines ? rect.endRow - 1 : nil)
        let geometry = chart.geometry(plot: plot, glyphs: canvas.glyphs)
        geometry.mark(span, on: &canvas)
        return geometry
    }

    /// The newest second is not over yet: what is missing of it stands in from the one before, so that the
    /// right end moves with the visitors and does not fall to nothing once a second.
    private static func value(_ model: borrowing LiveModel, secondsAgo: Int) -> Double {
        secondsAgo == 0 ? model.samplesPerSecond : Double(model.samples(secondsAgo: secondsAgo))
    }

    /// The next round figure above `peak`, and ten at least.
    static func scale(for peak: Double) -> Double {
        var power = 10.0
        while power * 10 < peak, power < 1e15 { power *= 10 }
        for step in [1.0, 1.5, 2, 3, 4, 5, 6, 8] where power * step >= peak { return power * step }
        return power * 10
    }
}
