import LiveModel

/// What workers are put in order by; each has its natural direction, which for figures is the highest first.
public enum WorkerOrder: String, CaseIterable, Sendable {
    /// As the server lists them.
    case listed
    case pid
    case connections
    case rate
    case memory
    case cpu
    case restarts
    case folded
}

/// Which workers are seen.
struct WorkerRows: Sendable {
    var window = ListWindow()
    private(set) var workers: [WorkerStatus] = []
    /// The process that is chosen.
    var chosen: Int32?

    mutating func look(
        at status: ServerStatus, filter: VisitorFilter, order: WorkerOrder, isReversed: Bool, rows: Int
    ) {
        workers = filter.isEmpty ? status.workers : status.workers.filter { $0.matches(filter) }
        // The sort keeps equals in the server's order, so that rows do not change places for nothing.
        workers.sort { Self.isBefore($0, $1, by: order) }
        if isReversed { workers.reverse() }
        window.fit(rows: rows, total: workers.count)
    }

    private static func isBefore(_ one: WorkerStatus, _ other: WorkerStatus, by order: WorkerOrder) -> Bool {
        switch order {
        case .listed: false
        case .pid: one.pid < other.pid
        case .connections: one.connections > other.connections
        case .rate: one.rate > other.rate
        case .memory: one.memoryBytes > other.memoryBytes
        case .cpu: (one.cpu ?? -1) > (other.cpu ?? -1)
        case .restarts: one.restarts > other.restarts
        case .folded: (one.folded ?? -1) > (other.folded ?? -1)
        }
    }

    var place: Int? { chosen.flatMap { pid in workers.firstIndex { $0.pid == pid } } }

    mutating func choose(_ motion: MonitorAction.Motion) {
        let place = window.place(motion, from: place)
        guard workers.indices.contains(place) else { return }
        chosen = workers[place].pid
        window.reveal(place)
    }

    /// The process that is chosen, as long as it is there.
    var present: Int32? { place.map { workers[$0].pid } }

    /// The worker that is opened: the chosen one, else the first one seen.
    var opened: Int32? {
        let place = place ?? window.offset
        return workers.indices.contains(place) ? workers[place].pid : nil
    }
}
