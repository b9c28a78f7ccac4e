import LiveModel

/// The workers: a row each where there is room, one line for all where there is not.
struct WorkersView {
    /// The columns of the table, right-aligned but for the state.
    private static let heads: [(text: String, columns: Int)] = [
        ("pid", 7), ("state", 8), ("conns", 6), ("rate", 5), ("memory", 6), ("restarts", 8),
    ]

    /// What stands where workers would, where the server keeps them to itself.
    static let noWorkers = "the server shows you no workers"

    /// How many of them run.
    static func note(_ workers: [WorkerStatus]) -> String {
        workers.isEmpty ? "" : "\(workers.count { $0.state == "running" }) of \(workers.count) running"
    }

    /// Draws the rows and notes where they can be clicked on.
    static func draw(
        _ status: ServerStatus, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        guard hasLines else { return drawSummary(status, on: &canvas, rect: rect) }
        canvas.drawFrame(rect, title: "workers", note: note(status.workers))
        let inside = rect.inside
        guard inside.rows >= 2 else { return }
        if status.hidesWorkers {
            canvas.write(
                noWorkers, row: inside.row, column: inside.column + 1, limit: inside.columns - 2,
                style: .faint)
            return drawTotals(status, on: &canvas, from: inside.row + 2, inside: inside)
        }
        let gap = spacing(in: inside.columns)
        drawHeads(on: &canvas, inside: inside, gap: gap)
        let room = inside.rows - 1
        let shown = status.workers.count <= room ? status.workers.count : room - 1
        for (index, worker) in status.workers.prefix(shown).enumerated() {
            draw(worker, on: &canvas, row: inside.row + 1 + index, inside: inside, gap: gap)
            hits.add(
                .worker(worker.mark), row: inside.row + 1 + index, column: inside.column,
                columns: inside.columns)
        }
        var row = inside.row + 1 + shown
        if shown < status.workers.count {
            canvas.write(
                "and \(status.workers.count - shown) more", row: row, column: inside.column + 1,
                limit: inside.columns - 1, style: .faint)
            row += 1
        }
        // A free row sets the totals apart from the workers.
        drawTotals(status, on: &canvas, from: row + 1, inside: inside)
    }

    private static func spacing(in columns: Int) -> Int {
        let fixed = heads.reduce(0) { $0 + $1.columns }
        return min(max((columns - fixed - 1) / (heads.count - 1), 1), 3)
    }

    private static func drawHeads(on canvas: inout CellCanvas, inside: Rect, gap: Int) {
        var column = inside.column
        for (text, columns) in heads {
            canvas.write(
                text, row: inside.row, column: column, limit: columns, style: .heading,
                alignment: text == "state" ? .left : .right)
            column += columns + gap
        }
    }

    private static func draw(
        _ worker: WorkerStatus, on canvas: inout CellCanvas, row: Int, inside: Rect, gap: Int
    ) {
        let cells: [(String, Style)] = [
            worker.pid > 0 ? (String(worker.pid), .plain) : ("-", .faint),
            (worker.state, stateStyle(worker)),
            (Figures.count(worker.connections), .plain),
            (Figures.rate(worker.rate), worker.rate > 0 ? .plain : .faint),
            (Figures.bytes(worker.memoryBytes), .plain),
            (Figures.count(worker.restarts), worker.restarts > 0 ? .caution : .faint),
        ]
        var column = inside.column
        for (index, (text, style)) in cells.enumerated() {
            canvas.write(
                text, row: row, column: column, limit: heads[index].columns, style: style,
                alignment: index == 1 ? .left : .right)
            column += heads[index].columns + gap
        }
    }

    /// Green for one that takes connections, red for one that nothing but an operator brings back.
    static func stateStyle(_ worker: WorkerStatus) -> Style {
        switch worker.state {
        case "running": .good
        case "errored": .bad
        default: .caution
        }
    }

    private static func drawTotals(
        _ status: ServerStatus, on canvas: inout CellCanvas, from row: Int, inside: Rect
    ) {
        for (index, total) in status.totals.prefix(max(0, inside.endRow - row)).enumerated() {
            let text = Figures.count(Int(exactly: total.value.rounded()) ?? 0)
            let columns = inside.columns - 2
            canvas.write(
                text, row: row + index, column: inside.column + 1, limit: columns, style: .plain,
                alignment: .right)
            canvas.write(
                TotalWords.words(for: total.name), row: row + index, column: inside.column + 1,
                limit: columns - 9, style: .faint)
        }
    }

    private static func drawSummary(_ status: ServerStatus, on canvas: inout CellCanvas, rect: Rect) {
        if status.hidesWorkers {
            canvas.write(
                noWorkers, row: rect.row, column: rect.column, limit: rect.columns, style: .faint)
            return
        }
        let workers = status.workers
        let running = workers.count { $0.state == "running" }
        let memory = workers.reduce(0) { $0.addingReportingOverflow($1.memoryBytes).partialValue }
        let restarts = workers.reduce(0) { $0.addingReportingOverflow($1.restarts).partialValue }
        let connections = workers.reduce(0) { $0.addingReportingOverflow($1.connections).partialValue }
        var line = LineOfParts()
        line.addLeft(
            weight: 5, ("\(running)/\(workers.count)", running == workers.count ? .good : .caution),
            (" workers", .faint))
        line.addLeft(weight: 4, (Figures.count(connections), .plain), (" conns", .faint))
        line.addLeft(weight: 3, (Figures.bytes(memory), .plain), (" memory", .faint))
        if restarts > 0 {
            line.addLeft(weight: 6, (Figures.count(restarts), .caution), (" restarts", .faint))
        }
        line.draw(on: &canvas, row: rect.row, column: rect.column, columns: rect.columns)
    }
}
