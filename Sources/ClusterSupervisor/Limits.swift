/// Bounds on what the master does for its workers, each with its reason.
enum ClusterLimits {
    /// Accepted in one wake-up, so that a storm of connections does not hold up samples.
    static let acceptsPerWakeUp = 256
    /// Read from one worker in one wake-up; then the others and the viewers have their turn.
    static let relayBytesPerWakeUp = 256 * 1024
    /// One read(2) of a data channel.
    static let readBytes = 64 * 1024
    /// What a read counts for at least where each is of one connection that moves: so that as many as 64 of
    /// them come in one wake-up.
    static let leastReadBytes = 4096
    /// Descriptors that may have come from one worker before their records: there is never more than one
    /// from one that is sound.
    static let passedDescriptors = 64
    /// Asked for as the send buffer of a data channel; the kernel may clip it.
    static let channelBufferBytes: Int32 = 1024 * 1024
    /// How long accepting rests when descriptors or workers have run out.
    static let acceptPauseNanoseconds: Int64 = 50_000_000
    /// How long a worker may take to close everyone when it is told to stop.
    static let stopDeadlineMilliseconds: UInt32 = 2_500
    /// One read(2) of a worker's standard error, and what is read of it in one wake-up: a crash says less.
    static let errorReadBytes = 4096
    /// Read at the end of a worker: all that its pipe can hold.
    static let errorPipeBytes = 64 * 1024
    /// How long connections wait in the kernel's queue while no worker runs: a worker that died is replaced
    /// long before, so that its end refuses nobody. Then they are answered 503.
    static let workerlessNanoseconds: Int64 = 1_000_000_000
    /// How long a connection waits that was with a worker and is with none now, where none is there or has
    /// room: a worker that died is replaced by then, however often it did before.
    static let strayNanoseconds: Int64 = 10_000_000_000
    /// What a turned-away connection has sent by then, read so that closing does not reset what it is told.
    static let turnAwayBytes = 16 * 1024
    /// Connections whose address has what it may have that are told so, each kept for so long until its
    /// client has read it; while these are all taken others are cut, which costs a third of it.
    static let refusalsTold = 16
    static let toldNanoseconds: Int64 = 500_000_000
    /// More than any worker comes to count, and sums of many such are still far from the end of a word: what
    /// is over it, as a count or a sum of counts, is taken for it.
    static let greatestCount: UInt64 = 1 << 53
    /// Workers that are left to a successor: of 256, three processes each.
    static let carriedWorkers = 1024
    /// Connections of one worker that wait, or count for an address: more than a process has descriptors.
    static let carriedConnections = 1 << 20
    /// Refusals are logged at most once in so long.
    static let refusalLogNanoseconds: Int64 = 1_000_000_000
    /// Descriptors of the master that connections which move leave free: for those who come meanwhile.
    static let spareDescriptors = 16
}
