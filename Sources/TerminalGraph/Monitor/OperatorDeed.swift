public import LiveModel

/// Something that an operator asks of the server's workers.
public struct OperatorDeed: Sendable, Equatable {
    /// What is to be done.
    public enum Kind: Sendable, Equatable {
        /// No more connections for a worker, which ends when those it has are gone.
        case drain
        /// A new worker in the place of one.
        case restart
        /// New workers in the place of all.
        case reload
    }

    public let kind: Kind
    /// The worker's number, from 1; 0 for all.
    public let number: Int
    /// The process that was seen in that place; 0 for none, or for all.
    public let pid: Int32
    /// Connections that it is about, and how many workers have them.
    let connections: Int
    let workers: Int

    /// What is to be done to one worker.
    public init(_ kind: Kind, _ worker: WorkerStatus) {
        self.kind = kind
        number = worker.number
        pid = max(worker.pid, 0)
        connections = worker.connections
        workers = 1
    }

    /// New workers in the place of all of `workers`.
    public init(reloading workers: [WorkerStatus]) {
        kind = .reload
        number = 0
        pid = 0
        connections = workers.reduce(0) { $0.addingReportingOverflow($1.connections).partialValue }
        self.workers = workers.count { $0.pid > 0 }
    }

    /// Whether it is only about starting what was stopped.
    private var isStart: Bool { kind == .restart && pid == 0 }

    private var verb: String {
        switch kind {
        case .drain: "drain worker \(number)"
        case .restart: "\(isStart ? "start" : "restart") worker \(number)"
        case .reload: "reload"
        }
    }

    /// What it is called once it was asked for.
    public var words: String { pid > 0 ? "\(verb) (pid \(pid))" : verb }

    /// What is asked before it is done, as much of it as fits into `columns`.
    func question(columns: Int) -> String {
        let held = "\(Figures.count(connections)) \(Figures.noun("connection", connections))"
        let texts =
            switch kind {
            case .reload: ["\(verb) \(workers) \(Figures.noun("worker", workers)) (\(held))? y/N"]
            case .drain, .restart: pid > 0 ? ["\(verb) (pid \(pid), \(held))? y/N", "\(words)? y/N"] : []
            }
        return texts.first { $0.count <= columns } ?? "\(verb)? y/N"
    }

    /// What it does, for whoever is asked.
    var effect: String {
        switch kind {
        case .drain: "no new ones; it ends when these are gone"
        case .restart: isStart ? "" : "a new one comes first, and takes everyone over"
        case .reload: "new ones come first, of the program on disk"
        }
    }
}
