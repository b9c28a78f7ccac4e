import LiveModel

/// What the server's health was like in the last two minutes, a chart for each figure.
struct HealthChartsView {
    /// Rows below which charts say nothing.
    static let leastRows = 8

    var judgement: DelayJudgement

    private enum Figure: CaseIterable {
        case relayed
        case encoded
        case refused
        case delivered

        var title: String {
            switch self {
            case .relayed: "relayed p99, ms"
            case .encoded: "encoded p99, ms"
            case .refused: "refused/s"
            case .delivered: "delivered/s"
            }
        }

        func value(_ moment: HealthMoment) -> Double {
            switch self {
            case .relayed: moment.relayed
            case .encoded: moment.encoded
            case .refused: moment.refused
            case .delivered: moment.delivered
            }
        }

        func text(_ value: Double) -> String {
            switch self {
            case .relayed, .encoded: Figures.milliseconds(value)
            case .refused, .delivered: Figures.rate(value)
            }
        }
    }

    func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect) {
        let count = rect.columns >= 120 ? 4 : 2
        // Where there is room for two only: one about time, one about what is turned away.
        let figures: [Figure] = count == 4 ? Figure.allCases : [.relayed, .refused]
        for (index, figure) in figures.enumerated() {
            let (start, end) = (rect.columns * index / count, rect.columns * (index + 1) / count)
            let panel = Rect(
                row: rect.row, column: rect.column + start, rows: rect.rows, columns: end - start)
            let seconds = LiveModel.latencySeconds
            var chart = AreaChart(
                room: AreaChart.seconds(columns: panel.inside.columns, glyphs: canvas.glyphs),
                seconds: seconds, secondsPerColumn: 1, at: model.nowMilliseconds / 1_000
            ) { model.healthMoment(secondsAgo: $0).map(figure.value) ?? 0 }
            chart.heatScale = heatScale(of: figure)
            let now = model.healthMoment(secondsAgo: 0).map(figure.value) ?? 0
            canvas.drawFrame(
                panel, title: figure.title,
                note: chart.note(
                    now: figure.text(now), peak: figure.text(chart.values.max() ?? 0),
                    title: figure.title.count, columns: panel.columns))
            chart.draw(on: &canvas, plot: panel.inside, timesRow: panel.endRow - 1)
        }
    }

    /// What is as hot as can be: far beyond what is usual.
    private func heatScale(of figure: Figure) -> Double {
        switch figure {
        case .relayed: judgement.limit(of: .relayed) * 4
        case .encoded: judgement.limit(of: .encoded) * 4
        case .refused: 10
        case .delivered: .infinity
        }
    }
}
