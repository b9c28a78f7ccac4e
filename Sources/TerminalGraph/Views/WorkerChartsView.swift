import LiveModel

/// What one worker, or all that are shown together, did in the last two minutes, a chart for each figure.
struct WorkerChartsView {
    /// Those that are added up, and what they are called together.
    var workers: [WorkerStatus]
    var name: String
    var secondsPerColumn: Int
    /// The seconds that are selected.
    var span: ChartSpan?

    private enum Figure: CaseIterable {
        case rate
        case cpu
        case memory
        case connections

        var title: String {
            switch self {
            case .rate: "samples per second"
            case .cpu: "cpu %"
            case .memory: "memory"
            case .connections: "connections"
            }
        }

        var shortTitle: String { self == .rate ? "samples/s" : title }

        func value(_ moment: WorkerMoment) -> Double {
            switch self {
            case .rate: moment.rate
            case .cpu: moment.cpu * 100
            case .memory: Double(moment.memoryBytes)
            case .connections: Double(moment.connections)
            }
        }

        /// What is as hot as can be: all cores that there are workers for; memory and connections are neither
        /// good nor bad.
        func heatScale(workers: Int) -> Double? {
            switch self {
            case .rate: nil
            case .cpu: Double(100 * max(workers, 1))
            case .memory, .connections: .infinity
            }
        }

        func text(_ value: Double) -> String {
            switch self {
            case .rate, .cpu: Figures.rate(value)
            case .memory: Figures.bytes(value < 1e15 ? Int(value) : .max)
            case .connections: Figures.count(value < 1e15 ? Int(value) : .max)
            }
        }
    }

    /// Rows below which charts say nothing.
    static let leastRows = 8
    /// The same where there are no lines, and there is one chart below its title.
    static let leastRowsWithoutLines = 4

    /// Draws into `rect`, which has room for at least so many rows, and notes where seconds can be selected.
    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        guard hasLines else { return drawOne(model, on: &canvas, rect: rect, hits: &hits) }
        // Side by side where there is no height for two of them.
        let across = rect.columns >= 160 && rect.rows < 30 ? 4 : 2
        let down = rect.rows >= 12 ? 4 / across : 1
        let rows = rect.rows
        for (index, figure) in Figure.allCases.prefix(across * down).enumerated() {
            let (line, place) = (index / across, index % across)
            let (start, end) = (rect.columns * place / across, rect.columns * (place + 1) / across)
            let (top, bottom) = (rows * line / down, rows * (line + 1) / down)
            let panel = Rect(
                row: rect.row + top, column: rect.column + start, rows: bottom - top, columns: end - start)
            let (chart, values) = chart(figure, model, columns: panel.inside.columns, glyphs: canvas.glyphs)
            let title = "\(panel.columns < 50 ? figure.shortTitle : figure.title), \(name)"
            let note = chart?.note(
                now: figure.text(values.first ?? 0), peak: figure.text(chart?.values.max() ?? 0),
                title: title.count, columns: panel.columns)
            let selected = chart?.note(
                of: span, remembered: values.count, room: panel.columns - 9 - title.count, text: figure.text
            ) { values[$0] }
            canvas.drawFrame(panel, title: title, note: selected ?? note ?? "-")
            draw(chart, on: &canvas, plot: panel.inside, timesRow: panel.endRow - 1, of: panel, hits: &hits)
        }
    }

    private func draw(
        _ chart: AreaChart?, on canvas: inout CellCanvas, plot: Rect, timesRow: Int?, of panel: Rect,
        hits: inout HitRegions
    ) {
        let chart = chart ?? AreaChart([])
        chart.draw(on: &canvas, plot: plot, timesRow: timesRow)
        let geometry = chart.geometry(plot: plot, glyphs: canvas.glyphs)
        geometry.mark(span, on: &canvas)
        hits.add(.chart(geometry), panel)
    }

    private func drawOne(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hits: inout HitRegions
    ) {
        let (chart, values) = chart(.rate, model, columns: rect.columns, glyphs: canvas.glyphs)
        let now = chart == nil ? "-" : Figure.rate.text(values.first ?? 0)
        let selected = chart?.note(
            of: span, remembered: values.count, room: rect.columns / 2, text: Figure.rate.text
        ) { values[$0] }
        var title = LineOfParts()
        title.addLeft(weight: 2, ("\(Figure.rate.title), \(name)", .heading))
        title.addRight(weight: 1, (selected ?? "now \(now)", .faint))
        title.draw(on: &canvas, row: rect.row, column: rect.column, columns: rect.columns)
        let plot = Rect(
            row: rect.row + 1, column: rect.column, rows: rect.rows - 1, columns: rect.columns)
        draw(chart, on: &canvas, plot: plot, timesRow: nil, of: rect, hits: &hits)
    }

    /// The chart of a figure and its seconds, the newest first; no chart where nobody says it, as an older
    /// server does not say how busy its workers are.
    private func chart(
        _ figure: Figure, _ model: borrowing LiveModel, columns: Int, glyphs: Glyphs
    ) -> (chart: AreaChart?, values: [Double]) {
        var values = [Double](repeating: 0, count: WorkersTableView.historySeconds)
        var isKnown = false
        for worker in workers {
            guard figure != .cpu || worker.cpu != nil, let history = model.workerHistory(worker.pid) else {
                continue
            }
            isKnown = true
            for ago in 0..<min(values.count, history.count) {
                values[ago] += history[secondsAgo: ago].map(figure.value) ?? 0
            }
        }
        guard isKnown else { return (nil, []) }
        var chart = AreaChart(
            room: AreaChart.seconds(columns: columns, glyphs: glyphs), seconds: values.count,
            secondsPerColumn: secondsPerColumn, at: model.nowMilliseconds / 1_000
        ) { values.indices.contains($0) ? values[$0] : 0 }
        chart.heatScale = figure.heatScale(workers: workers.count)
        return (chart, values)
    }
}
