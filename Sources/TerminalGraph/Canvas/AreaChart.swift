/// An area chart of one figure a second, or a few seconds, the newest at the right, in any panel.
///
/// ```
/// 1.0k┤    ⣀⣤        one dot high: a step of the scale; one dot wide: a column
///     │  ⣀⣴⣿⣿⣧⡀
///  500┤⣠⣾⣿⣿⣿⣿⣿
///     │⣿⣿⣿⣿⣿⣿⣿
/// ```
struct AreaChart {
    /// The figures, newest first.
    var values: [Double]
    /// The figure at the upper edge.
    var scale: Double
    /// The figure that is as hot as can be; nil for the upper edge. What is neither good nor bad for being
    /// much has `.infinity`, and the coolest colour.
    var heatScale: Double?
    /// How many seconds one figure is for.
    var secondsPerColumn = 1
    /// How many columns one figure takes: more where there is more room than there are figures.
    var columnsPerFigure = 1
    /// The second of the clock that it ends with.
    var second: Int64 = 0

    init(_ values: [Double]) {
        self.values = values
        scale = ChartView.scale(for: values.max() ?? 0)
    }

    /// How many figures can be shown in `columns` of a panel's inside.
    static func seconds(columns: Int, glyphs: Glyphs) -> Int {
        max(columns - ChartView.axisColumns, 0) * glyphs.chartColumnsPerCell
    }

    /// Figures for a panel with room for `room` columns, of which each is the highest of its seconds, out of
    /// the `seconds` that are remembered; `value` is the figure of so many seconds ago.
    ///
    /// Columns keep to the clock, so that a second stays in its column and the chart does not shimmer as it
    /// moves.
    init(
        room: Int, seconds: Int, secondsPerColumn: Int, at second: Int64, value: (_ secondsAgo: Int) -> Double
    ) {
        // Wider than what shows everything there is would only make it smaller.
        let enough = MonitorSettings.columnSeconds.first { $0 * room >= seconds } ?? secondsPerColumn
        let width = max(min(secondsPerColumn, enough), 1)
        let figures = max(seconds / width, 1)
        let phase = Int(second % Int64(width))
        self.init(
            (0..<max(min(room, figures), 0)).map { column in
                let oldest = column * width + phase
                return (max(oldest - width + 1, 0)...oldest).reduce(0) { max($0, value($1)) }
            })
        self.secondsPerColumn = width
        self.second = second
        columnsPerFigure = max(room / figures, 1)
    }

    /// The longest of these notes that leaves room for the title in a frame `columns` wide: what is now, the
    /// peak, and how long a column is where that is not a second.
    func note(now: String, peak: String, title: Int, columns: Int) -> String {
        let width = secondsPerColumn > 1 ? "  \(secondsPerColumn) s a column" : ""
        let short = "now \(now)"
        let room = columns - 9 - title
        return ["\(short)  peak \(peak)\(width)", "\(short)  peak \(peak)", short].first { $0.count <= room }
            ?? ""
    }

    /// Draws axis and area into `plot`, and times into row `timesRow`.
    func draw(on canvas: inout CellCanvas, plot: Rect, timesRow: Int?) {
        let area = Rect(
            row: plot.row, column: plot.column + ChartView.axisColumns, rows: plot.rows,
            columns: plot.columns - ChartView.axisColumns)
        guard !area.isEmpty else { return }
        if let timesRow { drawTimes(on: &canvas, row: timesRow, area: area) }
        drawAxis(on: &canvas, plot: plot)
        drawArea(on: &canvas, area: area)
    }

    private func drawAxis(on canvas: inout CellCanvas, plot: Rect) {
        let line = plot.column + ChartView.axisColumns - 1
        for row in plot.row..<plot.endRow {
            let isLabelled = row == plot.row || row == plot.row + middle(of: plot)
            canvas.put(
                isLabelled ? canvas.glyphs.tick : canvas.glyphs.vertical, row: row, column: line,
                style: .border)
            guard isLabelled else { continue }
            canvas.write(
                Figures.axis(row == plot.row ? scale : scale / 2), row: row, column: plot.column,
                limit: ChartView.axisColumns - 1, style: .faint, alignment: .right)
        }
    }

    /// The row whose upper edge is half of the scale; none, and so the first again, where no row's is.
    private func middle(of plot: Rect) -> Int { plot.rows >= 4 && plot.rows % 2 == 0 ? plot.rows / 2 : 0 }

    private func drawArea(on canvas: inout CellCanvas, area: Rect) {
        let glyphs = canvas.glyphs
        let perCell = glyphs.chartColumnsPerCell
        let steps = Double(area.rows * glyphs.chartStepsPerCell)
        for cell in 0..<area.columns {
            let right = height(cell * perCell, steps: steps)
            let left = perCell == 2 ? height(cell * perCell + 1, steps: steps) : right
            var base = 0
            for row in (area.row..<area.endRow).reversed() where max(left, right) > base {
                canvas.put(
                    glyphs.area(left: left - base, right: right - base), row: row,
                    column: area.endColumn - 1 - cell,
                    style: style(row: area.endRow - 1 - row, of: area.rows))
                base += glyphs.chartStepsPerCell
            }
        }
    }

    /// The style of a row, counted from the lowest, by the figure that it stands for.
    private func style(row: Int, of rows: Int) -> Style {
        let part = (Double(row) + 0.5) / Double(rows)
        return heatScale.map { .heat(part * scale, of: $0) } ?? .heat(part, of: 1)
    }

    private func height(_ column: Int, steps: Double) -> Int {
        let figure = column / columnsPerFigure
        guard figure < values.count, values[figure] > 0 else { return 0 }
        return max(1, Int((min(values[figure] / scale, 1) * steps).rounded()))
    }

    /// Writes how long ago a column was under it, as often as there is room.
    func drawTimes(on canvas: inout CellCanvas, row: Int, area: Rect) {
        let perCell = Double(canvas.glyphs.chartColumnsPerCell * secondsPerColumn) / Double(columnsPerFigure)
        canvas.write("now", row: row, column: area.endColumn - 3, limit: 3, style: .faint)
        // The first of these that leaves room between two times and makes no more than eight of them.
        let shown = Double(area.columns) * perCell
        // Where a figure is wider than a column the whole is short.
        let short = columnsPerFigure > 1 ? [1, 2, 5, 10, 15] : []
        let steps = short + [30, 60, 120, 300, 600, 1_200, 3_600, 7_200]
        let step = steps.first { Double($0) >= 12 * perCell && shown / Double($0) < 9 } ?? 7_200
        var seconds = step
        while Int(Double(seconds) / perCell) + 2 <= area.columns {
            let column = area.endColumn - 1 - Int(Double(seconds) / perCell)
            canvas.write(" \(Self.time(seconds)) ", row: row, column: column - 1, limit: 6, style: .faint)
            seconds += step
        }
    }

    private static func time(_ seconds: Int) -> String {
        if seconds % 3_600 == 0 { return "\(seconds / 3_600)h" }
        let minutes = seconds >= 60 ? "\(seconds / 60)m" : ""
        return minutes + (seconds % 60 == 0 ? "" : minutes.isEmpty ? "\(seconds)s" : "\(seconds % 60)")
    }
}
