/// Seconds of the hub's clock that were selected on a chart.
struct ChartSpan: Equatable, Sendable {
    /// Where the hand began, and what it has come to: whole columns of the chart.
    let anchor: ClosedRange<Int64>
    private(set) var seconds: ClosedRange<Int64>

    init(_ anchor: ClosedRange<Int64>) {
        self.anchor = anchor
        seconds = anchor
    }

    /// How many seconds it is long.
    var count: Int64 { seconds.upperBound - seconds.lowerBound + 1 }

    /// Goes from where the hand began to where it is.
    mutating func reach(_ column: ClosedRange<Int64>) {
        let first = min(anchor.lowerBound, column.lowerBound)
        seconds = first...max(anchor.upperBound, column.upperBound)
    }

    /// The mean and the highest of a figure in these seconds, as far as they are among the `remembered` ones
    /// before `second`; nil where none is.
    func figures(
        at second: Int64, remembered: Int, value: (_ secondsAgo: Int) -> Double
    ) -> (mean: Double, peak: Double)? {
        let first = max(seconds.lowerBound, second - Int64(remembered) + 1)
        let last = min(seconds.upperBound, second)
        guard first <= last else { return nil }
        var (sum, peak) = (0.0, 0.0)
        for moment in first...last {
            let figure = value(Int(second - moment))
            sum += figure
            peak = max(peak, figure)
        }
        return (sum / Double(last - first + 1), peak)
    }
}

/// Which seconds stand in which columns of a chart that is on the screen.
struct ChartGeometry: Equatable, Sendable {
    /// The cells of the area itself.
    var area: Rect
    /// Dots side by side in a cell, and for each figure.
    var columnsPerCell: Int
    var columnsPerFigure: Int
    var secondsPerFigure: Int
    /// The second of the hub's clock that the chart ends with.
    var second: Int64

    /// The seconds of a column of cells; of those beside the area the outermost one's.
    func seconds(at column: Int) -> ClosedRange<Int64> {
        let place = min(max(area.endColumn - 1 - column, 0), max(area.columns - 1, 0))
        let newest = place * columnsPerCell / max(columnsPerFigure, 1)
        let oldest = ((place + 1) * columnsPerCell - 1) / max(columnsPerFigure, 1)
        // As the chart keeps to the clock, its newest figure may have fewer seconds than the others.
        let phase = Int(second % Int64(max(secondsPerFigure, 1)))
        let from = oldest * secondsPerFigure + phase
        let to = max(newest * secondsPerFigure + phase - secondsPerFigure + 1, 0)
        return second - Int64(from)...second - Int64(to)
    }

    /// Marks the columns that a span has seconds in.
    func mark(_ span: ChartSpan?, on canvas: inout CellCanvas) {
        guard let span, !area.isEmpty else { return }
        for column in area.column..<area.endColumn where seconds(at: column).overlaps(span.seconds) {
            for row in area.row..<area.endRow { canvas.highlight(row: row, column: column, columns: 1) }
        }
    }
}

extension AreaChart {
    /// Where on the screen this chart's seconds are, once it is drawn into `plot`.
    func geometry(plot: Rect, glyphs: Glyphs) -> ChartGeometry {
        ChartGeometry(
            area: Rect(
                row: plot.row, column: plot.column + ChartView.axisColumns, rows: plot.rows,
                columns: max(plot.columns - ChartView.axisColumns, 0)),
            columnsPerCell: glyphs.chartColumnsPerCell, columnsPerFigure: columnsPerFigure,
            secondsPerFigure: secondsPerColumn, second: second)
    }

    /// What is to be said of a span instead of what is now; nil where there is none.
    func note(
        of span: ChartSpan?, remembered: Int, room: Int, text: (Double) -> String,
        value: (_ secondsAgo: Int) -> Double
    ) -> String? {
        guard let span else { return nil }
        let length = "\(span.count) s"
        guard let figures = span.figures(at: second, remembered: remembered, value: value) else {
            return ["selected \(length): too long ago", length].first { $0.count <= room } ?? ""
        }
        let mean = "mean \(text(figures.mean))"
        let peak = "peak \(text(figures.peak))"
        return ["selected \(length): \(mean)  \(peak)", "\(length): \(mean)  \(peak)", mean].first {
            $0.count <= room
        } ?? ""
    }
}
