import LiveModel

/// How long samples take, hop by hop, and how the first hop did in the last two minutes.
struct LatencyView {
    static func draw(
        _ model: borrowing LiveModel, _ judgement: DelayJudgement, on canvas: inout CellCanvas, rect: Rect,
        hasLines: Bool
    ) {
        let inside = hasLines ? rect.inside : rect
        if hasLines { canvas.drawFrame(rect, title: "latency", note: "ms, last 5 s") }
        let column = inside.column + (hasLines ? 1 : 0)
        let columns = inside.columns - (hasLines ? 2 : 0)
        let name = 10
        let figure = 6
        canvas.write("received", row: inside.row, column: column, limit: name, style: .heading)
        for (index, head) in ["p50", "p99", "max"].enumerated() {
            canvas.write(
                head, row: inside.row, column: column + name + index * figure, limit: figure - 1,
                style: .heading, alignment: .right)
        }
        let arrow = canvas.glyphs == .ascii ? ">" : "→"
        let latency = model.status.latency
        let hops: [(DelayJudgement.Hop, LatencyFigures?)] = [
            (.relayed, latency.relayed), (.encoded, latency.encoded), (.shown, model.shownLatency),
        ]
        for (index, (hop, figures)) in hops.enumerated() {
            let row = inside.row + 1 + index
            canvas.write("\(arrow) \(hop.word)", row: row, column: column, limit: name, style: .plain)
            let values = figures.map { [$0.p50, $0.p99, $0.max] }
            for place in 0..<3 {
                let value = values?[place]
                canvas.write(
                    value.map { Figures.milliseconds($0) } ?? "-", row: row,
                    column: column + name + place * figure, limit: figure - 1,
                    style: value.map { judgement.style(of: $0, hop) } ?? .faint,
                    alignment: .right)
            }
        }
        let start = name + 3 * figure + 1
        drawHistory(
            model, on: &canvas, row: inside.row, column: column + start,
            width: min(columns - start, LiveModel.latencySeconds))
    }

    private static func drawHistory(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, row: Int, column: Int, width: Int
    ) {
        guard width >= 6 else { return }
        canvas.write(
            width >= 16 ? "p99, last 2 min" : "2 min", row: row, column: column, limit: width, style: .heading
        )
        var most = 1.0
        for ago in 0..<LiveModel.latencySeconds {
            most = max(most, model.relayedLatency(secondsAgo: ago) ?? 0)
        }
        Sparkline(
            seconds: LiveModel.latencySeconds, second: model.nowMilliseconds / 1_000, scale: most
        ).draw(on: &canvas, row: row + 1, column: column, width: width) {
            model.relayedLatency(secondsAgo: $0) ?? 0
        }
    }
}
