import LiveModel

/// What one worker, or all of them together, did in the last two minutes, a chart for each figure.
struct WorkerChartsView {
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

        func value(_ moment: WorkerMoment) -> Double {
            switch self {
            case .rate: moment.rate
            case .cpu: moment.cpu * 100
            case .memory: Double(moment.memoryBytes)
            case .connections: Double(moment.connections)
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
    /// Beyond this a chart only gets larger, not clearer.
    static let mostRows = 40

    /// Draws into `rect`, which has room for at least `leastRows`; `chosen` is the worker that is looked at.
    static func draw(
        _ model: borrowing LiveModel, chosen: Int32?, on canvas: inout CellCanvas, rect: Rect
    ) {
        let across = rect.columns >= 160 ? 4 : 2
        let down = rect.rows >= 12 ? 4 / across : 1
        let rows = min(rect.rows, mostRows) / down
        for (index, figure) in Figure.allCases.prefix(across * down).enumerated() {
            let start = rect.columns * (index % across) / across
            let end = rect.columns * (index % across + 1) / across
            let panel = Rect(
                row: rect.row + index / across * rows, column: rect.column + start, rows: rows,
                columns: end - start)
            draw(figure, model, chosen: chosen, on: &canvas, panel: panel)
        }
    }

    private static func draw(
        _ figure: Figure, _ model: borrowing LiveModel, chosen: Int32?, on canvas: inout CellCanvas,
        panel: Rect
    ) {
        let room = AreaChart.seconds(columns: panel.inside.columns, glyphs: canvas.glyphs)
        var values = [Double](repeating: 0, count: min(room, WorkersTableView.historySeconds))
        var isKnown = false
        for worker in model.status.workers where chosen == nil || worker.pid == chosen {
            // An older server does not say how busy its workers are.
            guard figure != .cpu || worker.cpu != nil, let history = model.workerHistory(worker.pid) else {
                continue
            }
            isKnown = true
            for ago in 0..<min(values.count, history.count) {
                values[ago] += history[secondsAgo: ago].map(figure.value) ?? 0
            }
        }
        let whose = chosen.map { ", \($0)" } ?? ", all"
        let note =
            !isKnown ? "-" : "now \(figure.text(values.first ?? 0))  peak \(figure.text(values.max() ?? 0))"
        canvas.drawFrame(panel, title: figure.title + whose, note: note)
        AreaChart(values).draw(on: &canvas, plot: panel.inside, timesRow: panel.endRow - 1)
    }
}
