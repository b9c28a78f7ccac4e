import LiveModel

/// A row for every worker with its figures and what they were in the last two minutes, and a row for all.
struct WorkersTableView {
    enum Kind: CaseIterable {
        case number
        case pid
        case state
        case connections
        case rate
        case rateLine
        case cpu
        case cpuLine
        case memory
        case memoryLine
        case restarts
        case folded

        var head: String {
            switch self {
            case .number: "#"
            case .pid: "pid"
            case .state: "state"
            case .connections: "conns"
            case .rate: "rate"
            case .cpu: "cpu %"
            case .memory: "memory"
            case .restarts: "restarts"
            case .folded: "folded"
            case .rateLine, .cpuLine, .memoryLine: "2 min"
            }
        }

        var order: WorkerOrder? {
            switch self {
            case .number: .listed
            case .pid: .pid
            case .connections: .connections
            case .rate, .rateLine: .rate
            case .cpu, .cpuLine: .cpu
            case .memory, .memoryLine: .memory
            case .restarts: .restarts
            case .folded: .folded
            case .state: nil
            }
        }

        /// Columns it needs at least.
        var least: Int {
            switch self {
            case .number: 3
            case .pid: 7
            case .state: 8
            case .connections: 7
            case .rate, .cpu: 5
            case .memory: 6
            case .folded: 7
            case .restarts: 8
            case .rateLine, .cpuLine, .memoryLine: 5
            }
        }

        var isLine: Bool { self == .rateLine || self == .cpuLine || self == .memoryLine }

        /// The first of these goes first.
        static let dropOrder: [Kind] = [
            .memoryLine, .cpuLine, .folded, .restarts, .rateLine, .connections, .memory,
        ]
    }

    var rows: WorkerRows
    var order: WorkerOrder
    var isReversed: Bool
    /// Whether not all workers are shown.
    var isFiltered = false

    /// Seconds of the past that lines and charts show.
    static let historySeconds = 120

    /// How many workers are seen in a table that has `inside`: its head and the row for all are others.
    static func rows(in inside: Rect) -> Int { max(inside.rows - 2, 0) }

    /// Which columns a table `width` columns wide has, and where they stand.
    static func columns(width: Int, hasNumbers: Bool) -> [(kind: Kind, start: Int, width: Int)] {
        let gap = width >= 200 ? 4 : width >= 110 ? 2 : 1
        var kinds = Kind.allCases
        if !hasNumbers { kinds.removeFirst() }
        func least() -> Int { kinds.reduce(-gap) { $0 + $1.least + gap } }
        for kind in Kind.dropOrder where least() > width { kinds.removeAll { $0 == kind } }
        var widths = kinds.map(\.least)
        var spare = max(0, width - least())
        for limit in [10, 15, 20, 30, 60] {
            for kind in [Kind.rateLine, .cpuLine, .memoryLine] {
                guard let index = kinds.firstIndex(of: kind) else { continue }
                let more = min(max(limit - widths[index], 0), spare)
                widths[index] += more
                spare -= more
            }
        }
        var start = 0
        return zip(kinds, widths).map { kind, width in
            defer { start += width + gap }
            return (kind, start, width)
        }
    }

    /// Draws the rows and notes where they can be clicked on.
    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        let inside = hasLines ? rect.inside : rect
        if hasLines {
            let range = rows.window.isScrollable ? "\(rows.window.range(canvas.glyphs))  " : ""
            canvas.drawFrame(rect, title: "workers", note: range + WorkersView.note(rows.workers))
        }
        guard inside.rows >= 2 else { return }
        let margin = hasLines ? 1 : 0
        let left = inside.column + margin
        if model.status.hidesWorkers {
            canvas.write(
                WorkersView.noWorkers, row: inside.row, column: left, limit: inside.columns - 2 * margin,
                style: .faint)
            return
        }
        // Older servers do not say which is which.
        let hasNumbers = model.status.workers.contains { $0.number > 0 }
        let columns = Self.columns(width: inside.columns - 2 * margin, hasNumbers: hasNumbers)
        for column in columns {
            TableHead(
                text: column.kind.head, order: column.kind.order.flatMap(Self.place),
                isOwnOrder: !column.kind.isLine,
                isRightAligned: column.kind != .state && !column.kind.isLine
            ).draw(
                on: &canvas, row: inside.row, column: left + column.start, columns: column.width,
                sorted: Self.place(order), isReversed: isReversed, hits: &hits)
        }
        let scales = Scales(model, workers: rows.workers)
        for (index, worker) in rows.workers[rows.window.offset..<rows.window.end].enumerated() {
            let row = inside.row + 1 + index
            for column in columns {
                Self.draw(
                    column.kind, of: worker, model, on: &canvas, row: row, start: left + column.start,
                    width: column.width, scales: scales)
            }
            hits.add(.worker(worker.mark), row: row, column: inside.column, columns: inside.columns)
            if worker.mark == rows.chosen {
                canvas.highlight(row: row, column: inside.column, columns: inside.columns)
            }
        }
        let row = inside.row + 1 + rows.window.end - rows.window.offset
        for column in columns {
            var (text, style) = Self.total(column.kind, of: rows.workers)
            if isFiltered, column.kind == .pid { text = rows.workers.isEmpty ? "none" : "these" }
            canvas.write(
                text, row: row, column: left + column.start, limit: column.width, style: style,
                alignment: column.kind == .state ? .left : .right)
        }
    }

    private static func place(_ order: WorkerOrder) -> Int? { WorkerOrder.allCases.firstIndex(of: order) }

    private static func draw(
        _ kind: Kind, of worker: WorkerStatus, _ model: borrowing LiveModel, on canvas: inout CellCanvas,
        row: Int, start: Int, width: Int, scales: Scales
    ) {
        guard kind.isLine else {
            let (text, style) = figure(kind, of: worker)
            canvas.write(
                text, row: row, column: start, limit: width, style: style,
                alignment: kind == .state ? .left : .right)
            return
        }
        guard let history = model.workerHistory(worker.pid) else { return }
        let line = Sparkline(
            seconds: historySeconds, second: model.nowMilliseconds / 1_000, scale: scales.scale(kind),
            heatScale: Scales.heatScale(kind))
        line.draw(on: &canvas, row: row, column: start, width: width) { ago in
            history[secondsAgo: ago].map { Scales.value(kind, of: $0) } ?? 0
        }
    }

    private static func figure(_ kind: Kind, of worker: WorkerStatus) -> (String, Style) {
        switch kind {
        case .number: (worker.number > 0 ? String(worker.number) : "-", .faint)
        case .pid: worker.pid > 0 ? (String(worker.pid), .plain) : ("-", .faint)
        case .state: (worker.state, WorkersView.stateStyle(worker))
        case .connections: (Figures.count(worker.connections), .plain)
        case .rate: (Figures.rate(worker.rate), worker.rate > 0 ? .plain : .faint)
        case .cpu: worker.cpu.map { (Figures.percent($0), cpuStyle($0)) } ?? ("-", .faint)
        case .memory: (Figures.bytes(worker.memoryBytes), .plain)
        case .restarts: (Figures.count(worker.restarts), worker.restarts > 0 ? .caution : .faint)
        case .folded: worker.folded.map { (Figures.count($0), $0 > 0 ? .caution : .faint) } ?? ("-", .faint)
        case .rateLine, .cpuLine, .memoryLine: ("", .plain)
        }
    }

    private static func cpuStyle(_ share: Double) -> Style {
        share < 0.005 ? .faint : share < 0.8 ? .plain : .caution
    }

    /// The figure of all workers together.
    private static func total(_ kind: Kind, of workers: [WorkerStatus]) -> (String, Style) {
        func sum(_ figure: (WorkerStatus) -> Int) -> String {
            Figures.count(
                workers.reduce(0) { Int(clamping: $0.addingReportingOverflow(figure($1)).partialValue) })
        }
        switch kind {
        case .pid: return ("all", .heading)
        case .connections: return (sum(\.connections), .strong)
        case .rate: return (Figures.rate(workers.reduce(0) { $0 + $1.rate }), .strong)
        case .cpu:
            let known = workers.compactMap(\.cpu)
            return known.isEmpty ? ("-", .faint) : (Figures.percent(known.reduce(0, +)), .strong)
        case .memory:
            let bytes = workers.reduce(0) { $0.addingReportingOverflow($1.memoryBytes).partialValue }
            return (Figures.bytes(bytes), .strong)
        case .restarts: return (sum(\.restarts), .strong)
        case .folded:
            return workers.contains { $0.folded != nil } ? (sum { $0.folded ?? 0 }, .strong) : ("-", .faint)
        case .number, .state, .rateLine, .cpuLine, .memoryLine: return ("", .plain)
        }
    }

    /// One scale for a figure of all workers, so that they can be compared.
    private struct Scales {
        private var rate = 10.0
        /// A tenth of a core at least, so that rest looks like rest.
        private var cpu = 0.1
        private var memory = 1.0

        init(_ model: borrowing LiveModel, workers: [WorkerStatus]) {
            for worker in workers {
                guard let history = model.workerHistory(worker.pid) else { continue }
                for ago in 0..<min(WorkersTableView.historySeconds, history.count) {
                    guard let moment = history[secondsAgo: ago] else { continue }
                    rate = max(rate, moment.rate)
                    cpu = max(cpu, moment.cpu)
                    memory = max(memory, Double(moment.memoryBytes))
                }
            }
        }

        func scale(_ kind: Kind) -> Double {
            switch kind {
            case .cpuLine: cpu
            case .memoryLine: memory
            default: rate
            }
        }

        /// A whole core is hot, however little the others have; memory is neither good nor bad.
        static func heatScale(_ kind: Kind) -> Double? {
            switch kind {
            case .cpuLine: 1
            case .memoryLine: .infinity
            default: nil
            }
        }

        static func value(_ kind: Kind, of moment: WorkerMoment) -> Double {
            switch kind {
            case .cpuLine: moment.cpu
            case .memoryLine: Double(moment.memoryBytes)
            default: moment.rate
            }
        }
    }
}
