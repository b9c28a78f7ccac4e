/// What a worker was like at one status.
public struct WorkerMoment: Sendable, BitwiseCopyable, Equatable {
    /// Samples a second.
    public var rate: Double
    /// Share of one core, 1 being all of it.
    public var cpu: Double
    public var memoryBytes: Int
    public var connections: Int
}

/// What a worker was like at the last 120 statuses, which come one a second.
public struct WorkerHistory: Sendable {
    private var moments = RecentRing<WorkerMoment>(capacity: LiveModelLimits.statusHistory)

    init() {}

    /// How many statuses it has.
    public var count: Int { moments.count }

    /// The figures of so many statuses before the last; nil where there are none.
    public subscript(secondsAgo secondsAgo: Int) -> WorkerMoment? { moments.newest(ago: secondsAgo) }

    mutating func append(_ worker: WorkerStatus) {
        moments.append(
            WorkerMoment(
                rate: worker.rate, cpu: worker.cpu ?? 0, memoryBytes: worker.memoryBytes,
                connections: worker.connections))
    }
}
