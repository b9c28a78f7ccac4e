/// An area chart of one figure a second, the newest second at the right, in any panel.
///
/// ```
/// 1.0k┤    ⣀⣤        one dot high: a step of the scale; one dot wide: a second
///     │  ⣀⣴⣿⣿⣧⡀
///  500┤⣠⣾⣿⣿⣿⣿⣿
///     │⣿⣿⣿⣿⣿⣿⣿
/// ```
struct AreaChart {
    /// The figures, newest first.
    var values: [Double]
    /// The figure at the upper edge.
    var scale: Double

    init(_ values: [Double]) {
        self.values = values
        scale = ChartView.scale(for: values.max() ?? 0)
    }

    /// How many seconds can be shown in `columns` of a panel's inside.
    static func seconds(columns: Int, glyphs: Glyphs) -> Int {
        max(columns - ChartView.axisColumns, 0) * glyphs.chartColumnsPerCell
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
                    style: .heat(Double(area.endRow - row) - 0.5, of: Double(area.rows)))
                base += glyphs.chartStepsPerCell
            }
        }
    }

    private func height(_ secondsAgo: Int, steps: Double) -> Int {
        guard secondsAgo < values.count, values[secondsAgo] > 0 else { return 0 }
        return max(1, Int((min(values[secondsAgo] / scale, 1) * steps).rounded()))
    }

    /// Writes "now" and how long ago the minutes were, where there is room.
    private func drawTimes(on canvas: inout CellCanvas, row: Int, area: Rect) {
        canvas.write("now", row: row, column: area.endColumn - 3, limit: 3, style: .faint)
        let perCell = canvas.glyphs.chartColumnsPerCell
        let step = area.columns * perCell > 120 ? 60 : 30
        for seconds in stride(from: step, to: values.count, by: step) {
            let text = seconds % 60 == 0 ? " \(seconds / 60)m " : " \(seconds)s "
            let column = area.endColumn - 1 - seconds / perCell
            guard column - 1 >= area.column else { return }
            canvas.write(text, row: row, column: column - 1, limit: 6, style: .faint)
        }
    }
}
