/// Bounds of the HTTP port, each with its reason. Times are nanoseconds of the monotonic clock.
enum Limits {
    private static let second: Int64 = 1_000_000_000

    /// Connections taken in one wake-up: a burst of them must not hold up the stream.
    static let acceptsPerTurn = 64
    /// Pause after the process ran out of descriptors; the listener stays readable and would spin the loop.
    static let acceptPauseNanoseconds = second / 10
    /// Connections over the limit that are still read, to be told 503; further ones are closed unanswered.
    static let refusalSeats = 64

    /// One read: as long as the longest request head.
    static let readBytes = 16 * 1024
    /// Requests of one connection answered in one wake-up; a pipeline of them waits its turn. An answer
    /// counts for one more with every 4 KiB that had to be made for it.
    static let requestsPerTurn = 16
    static let bytesPerRequest = 4096
    /// Made answers that their readers have not taken, all connections together; over it, 503.
    static let heldBytes = 64 * 1024 * 1024
    /// What a peer may send beyond its request (a body, words to an event stream) before it is closed.
    static let discardedBytes = 64 * 1024

    /// From the first byte of a request, or from the connection's start, to the head's end.
    static let headTimeoutNanoseconds = 10 * second
    /// A kept connection without a request.
    static let idleTimeoutNanoseconds = 60 * second
    /// A response of which nothing is taken.
    static let responseStallNanoseconds = 30 * second
    /// From our last byte to the peer's end of file: closing earlier could destroy what it has not read.
    static let lingerNanoseconds = 2 * second
    /// The contract's 10 minutes without progress.
    static let viewerStallNanoseconds = 600 * second
    /// Between two looks at every connection's clock: how late a timeout may be.
    static let sweepNanoseconds = second / 4
    /// Between two `status` events.
    static let statusNanoseconds = second
    /// For viewers to take what is pending when the server ends; the whole server has 5 s.
    static let drainNanoseconds = second

    /// One write to one viewer: what a fast reader takes in a millisecond; the rest goes next turn.
    static let viewerBytesPerTurn = 256 * 1024
    /// All viewers in one turn, so that a crowd that catches up does not keep samples from being read.
    static let bytesPerTurn = 8 * 1024 * 1024
    /// Pieces of one write (sendmsg(2) takes up to 1024).
    static let runsPerWrite = 64
    /// TCP_NOTSENT_LOWAT of a viewer: what the kernel holds unsent, and so how old a slow viewer's news is.
    static let unsentBytes: Int32 = 128 * 1024

    /// A viewer's name.
    static let nameBytes = 64
    /// Visitors listed by `/api/state`: a megabyte or two of text; `/metrics` counts them all.
    static let listedVisitors = 10_000
    /// Viewers listed by the status: what a screen has room for.
    static let listedViewers = 32
    /// Storage a connection keeps between requests.
    static let keptBytes = 64
}
