/// Bounds of the master process, each with its reason.
enum MasterLimits {
    /// Between two looks at the machine's clocks: for so long after a sleep or a step times of day may be
    /// off.
    static let clockNanoseconds: Int64 = 100_000_000
    /// Memory that must be there for a master to start: some 48 MiB for the hub's tables, which are made at
    /// once, and room for a full house. A process that is refused memory while it runs is ended by it.
    static let memoryBytes = 192 << 20
    /// For whoever reads the log to take its last lines; with the deadlines of a stop within its 5 s.
    static let lastWordsMilliseconds: Int32 = 300
    /// What all callers of the HTTP port together can make the master keep for them: rests of messages that
    /// viewers do not take, answers that nobody reads, requests that are not whole. A thousand of the longest
    /// messages; past it a request is answered 503, and a viewer that has stopped within a message is closed.
    static let heldBytes = 64 * 1024 * 1024
}
