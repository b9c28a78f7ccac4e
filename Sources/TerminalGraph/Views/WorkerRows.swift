public import LiveModel

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

    /// Those of `workers` that meet `filter`, in this order.
    ///
    /// The sort keeps equals in the server's order, so that rows do not change places for nothing.
    public func sorted(
        _ workers: [WorkerStatus], matching filter: VisitorFilter?, isReversed: Bool
    ) -> [WorkerStatus] {
        var workers = workers
        if let filter, !filter.isEmpty { workers.removeAll { !$0.matches(filter) } }
        workers.sort { isBefore($0, $1) }
        if isReversed { workers.reverse() }
        return workers
    }

    private func isBefore(_ one: WorkerStatus, _ other: WorkerStatus) -> Bool {
        switch self {
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
}

/// Which workers are seen.
struct WorkerRows: Sendable {
    var window = ListWindow()
    private(set) var workers: [WorkerStatus] = []
    /// The mark of the worker that is chosen.
    var chosen: Int32?

    mutating func look(
        at status: ServerStatus, filter: VisitorFilter, order: WorkerOrder, isReversed: Bool, rows: Int
    ) {
        workers = order.sorted(status.workers, matching: filter, isReversed: isReversed)
        window.fit(rows: rows, total: workers.count)
    }

    var place: Int? { chosen.flatMap { mark in workers.firstIndex { $0.mark == mark } } }

    mutating func choose(_ motion: MonitorAction.Motion) {
        let place = window.place(motion, from: place)
        guard workers.indices.contains(place) else { return }
        chosen = workers[place].mark
        window.reveal(place)
    }

    /// The worker that is chosen, as long as it is there.
    var present: Int32? { place.map { workers[$0].mark } }

    /// The worker that is opened: the chosen one, else the first one seen.
    var opened: Int32? {
        let place = place ?? window.offset
        return workers.indices.contains(place) ? workers[place].mark : nil
    }
}
