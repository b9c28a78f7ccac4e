/// What a worker was like at one status.
public struct WorkerMoment: Sendable, BitwiseCopyable, Equatable {
    /// Samples a second.
    public var rate: Double
    /// Share of one core, 1 being all of it.
    public var cpu: Double
    public var memoryBytes: Int
    public var connections: Int
}

/// What a worker was like in the last 120 seconds, by the statuses, which come one a second.
public struct WorkerHistory: Sendable {
    private var moments = RecentRing<WorkerMoment>(capacity: LiveModelLimits.statusHistory)

    init() {}

    /// How many seconds it has, those without a status among them.
    public var count: Int { moments.count }

    /// The figures of so many seconds before the last; nil where there are none.
    public subscript(secondsAgo secondsAgo: Int) -> WorkerMoment? {
        moments.newest(ago: secondsAgo).flatMap { $0 == Self.gap ? nil : $0 }
    }

    /// A second of which nothing was heard.
    private static let gap = WorkerMoment(rate: 0, cpu: 0, memoryBytes: -1, connections: -1)

    /// Puts what the worker was like in front of a history that has hardly begun.
    mutating func begin(with told: [WorkerMoment]) {
        guard count <= 1 else { return }
        let own = moments.newest()
        moments.removeAll()
        for moment in told { moments.append(moment) }
        if let own { moments.append(own) }
    }

    /// Adds what the worker is like now, `seconds` after what was added before.
    mutating func append(_ worker: WorkerStatus, after seconds: Int) {
        if count > 0 { for _ in 1..<seconds { moments.append(Self.gap) } }
        moments.append(
            WorkerMoment(
                rate: worker.rate, cpu: worker.cpu ?? 0, memoryBytes: worker.memoryBytes,
                connections: worker.connections))
    }
}
