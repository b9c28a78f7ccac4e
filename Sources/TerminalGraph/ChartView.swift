import LiveModel

/// The area chart of everyone's samples a second, the newest second at the right.
///
/// ```
/// 1.0k┤    ⣀⣤        one dot high: a step of the scale; one dot wide: a second
///     │  ⣀⣴⣿⣿⣧⡀
///  500┤⣠⣾⣿⣿⣿⣿⣿
///     │⣿⣿⣿⣿⣿⣿⣿
/// ```
struct ChartView {
    /// Columns of the axis: five for a figure and one for the line.
    static let axisColumns = 6

    /// Draws the chart into `rect`; where `hasLines`, with a line around it and times in its lower edge.
    static func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool) {
        let plot = hasLines ? rect.inside : rect
        let area = Rect(
            row: plot.row, column: plot.column + axisColumns, rows: plot.rows,
            columns: plot.columns - axisColumns)
        guard !area.isEmpty else { return }
        let seconds = min(area.columns * canvas.glyphs.chartColumnsPerCell, LiveModel.historySeconds)
        let values = (0..<seconds).map { value(model, secondsAgo: $0) }
        let peak = values.max() ?? 0
        let scale = scale(for: peak)
        if hasLines {
            let now = Figures.rate(model.samplesPerSecond)
            canvas.drawFrame(
                rect, title: "samples per second", note: "now \(now)  peak \(Figures.axis(peak))")
            drawTimes(on: &canvas, row: rect.endRow - 1, area: area)
        }
        drawAxis(on: &canvas, plot: plot, scale: scale)
        drawArea(values, scale: scale, on: &canvas, area: area)
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

    private static func drawAxis(on canvas: inout CellCanvas, plot: Rect, scale: Double) {
        let line = plot.column + axisColumns - 1
        for row in plot.row..<plot.endRow {
            canvas.put(canvas.glyphs.vertical, row: row, column: line, style: .border)
        }
        func label(_ value: Double, row: Int) {
            canvas.put(canvas.glyphs.tick, row: row, column: line, style: .border)
            canvas.write(
                Figures.axis(value), row: row, column: plot.column, limit: axisColumns - 1, style: .faint,
                alignment: .right)
        }
        label(scale, row: plot.row)
        // A label speaks of the upper edge of its row, and the middle is one only of an even number of rows.
        if plot.rows >= 4, plot.rows % 2 == 0 { label(scale / 2, row: plot.row + plot.rows / 2) }
    }

    private static func drawArea(
        _ values: [Double], scale: Double, on canvas: inout CellCanvas, area: Rect
    ) {
        let glyphs = canvas.glyphs
        let perCell = glyphs.chartColumnsPerCell
        let steps = Double(area.rows * glyphs.chartStepsPerCell)
        func height(_ secondsAgo: Int) -> Int {
            guard secondsAgo < values.count, values[secondsAgo] > 0 else { return 0 }
            return max(1, Int((values[secondsAgo] / scale * steps).rounded()))
        }
        for cell in 0..<area.columns {
            let newest = cell * perCell
            let right = height(newest)
            let left = perCell == 2 ? height(newest + 1) : right
            for level in 0..<area.rows {
                let base = level * glyphs.chartStepsPerCell
                guard max(left, right) > base else { break }
                canvas.put(
                    glyphs.area(left: left - base, right: right - base),
                    row: area.endRow - 1 - level, column: area.endColumn - 1 - cell,
                    style: .heat(Double(level) + 0.5, of: Double(area.rows)))
            }
        }
    }

    /// Writes how long ago a column was under it, as often as there is room.
    private static func drawTimes(on canvas: inout CellCanvas, row: Int, area: Rect) {
        let perCell = canvas.glyphs.chartColumnsPerCell
        canvas.write("now", row: row, column: area.endColumn - 3, limit: 3, style: .faint)
        // The first of these that leaves room between two times and makes no more than eight of them.
        let shown = area.columns * perCell
        let step = [30, 60, 120, 300, 600, 1_200].first { $0 >= 12 * perCell && shown / $0 <= 8 } ?? 1_200
        var seconds = step
        while seconds / perCell + 4 <= area.columns {
            let minutes = seconds >= 60 ? "\(seconds / 60)m" : ""
            let text =
                minutes + (seconds % 60 == 0 ? "" : minutes.isEmpty ? "\(seconds)s" : "\(seconds % 60)")
            let column = area.endColumn - 1 - seconds / perCell
            canvas.write(" \(text) ", row: row, column: column - 1, limit: 6, style: .faint)
            seconds += step
        }
    }
}
