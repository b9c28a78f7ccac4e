/// Bounds of the HTTP port, each with its reason. Times are nanoseconds of the monotonic clock.
enum Limits {
    static let second: Int64 = 1_000_000_000

    /// Connections taken in one wake-up: a burst of them must not hold up the stream.
    static let acceptsPerTurn = 64
    /// Pause after the process ran out of descriptors; the listener stays readable and would spin the loop.
    static let acceptPauseNanoseconds = second / 10
    /// Connections over the limit that are still read, to be told 503, or how the server does; the oldest of
    /// them makes room for the next.
    static let refusalSeats = 64
    /// For one of those to say what it wants.
    static let refusalTimeoutNanoseconds = 2 * second
    /// A connection that got something done so recently is not closed for a newcomer.
    static let busyNanoseconds = second
    /// Connections looked at for one that can make room: those passed over have just been heard of.
    static let seatsTried = 8

    /// One read: as long as the longest request head.
    static let readBytes = 16 * 1024
    /// Requests answered in one turn of the loop, of one connection and of all, a pipeline of them included:
    /// half a millisecond, then the samples' turn comes. Each 2 KiB written count for one more.
    static let requestsPerConnection = 16
    static let requestsPerTurn = 64
    static let bytesPerRequest = 2048
    /// One write of an answer.
    static let answerBytesPerWrite = 64 * 1024
    /// Between two shared answers of one kind, begin to begin.
    static let sharedAnswerNanoseconds = second / 10
    /// Entries of the hub that one turn looks at for the state: a seventh of a millisecond. To write a
    /// visitor down takes as long as to look at eight.
    static let stepsPerTurn = 1024
    static let stepsPerListedVisitor = 8
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
    /// Of frames and keyframes, which nobody misses a millisecond: so many keep others from nothing.
    static let frameBytesPerTurn = 1024 * 1024
    /// Between two writes to a viewer who sees some alone, in the samples shape: less than any screen shows,
    /// and what comes behind a pause this long waits for nothing.
    static let pacedNanoseconds = second / 100
    /// Pieces of one write (sendmsg(2) takes up to 1024).
    static let runsPerWrite = 64
    /// TCP_NOTSENT_LOWAT of a viewer: what the kernel holds unsent, and so how old a slow viewer's news is.
    static let unsentBytes: Int32 = 128 * 1024

    /// JWTs whose signatures are checked in a second, good ones that are known left out: a hundredth of a
    /// core.
    static let jwtChecksPerSecond = 100
    /// A form: a password of 1 KiB, every byte of it escaped, and what is sent along.
    static let formBytes = 8 * 1024
    /// What a viewer says of whom it looks at: two names and a code, every byte escaped.
    static let lookBytes = 1024
    /// Looks of one stream: so many at once, as somebody goes through a list, and then one in so long.
    static let lookBurst = 10
    static let lookNanoseconds = second / 5
    /// Looks of one person over all streams: two lists at once; and of everybody together: each that changes
    /// something is a message to a page, by a turn of the master's loop.
    static let looksOfNameBurst = 20
    static let looksOfNameNanoseconds = second / 10
    static let looksOfEveryoneBurst = 100
    static let looksOfEveryoneNanoseconds = second / 50
    /// Visitors that one person's streams look at together: a quarter of those there is room for, so that
    /// nobody takes it all.
    static let looksOfName = 4
    /// People whose looks are counted before those who have none to answer for are forgotten.
    static let lookersRemembered = 64
    /// The shortest name of a stream that nobody can guess.
    static let wordBytes = 16
    /// A password that is looked at; no hash is made of a longer one.
    static let passwordBytes = 1024
    /// A new password.
    static let newPasswordBytes = 12...1024
    /// Of the event streams there may be, one name has half at most: nobody can take every seat.
    static let shareOfOneName = 2
    /// For a stream to say that its session has ended; it is closed then in any case. With the sweep
    /// that sees it first and the one that closes it that is a second.
    static let farewellNanoseconds = second / 2
    /// Between two times that an open stream counts as a use of its session.
    static let touchNanoseconds = 60 * second

    /// A changed filter: as many pages as there may be, as they usually are.
    static let filterBytes = 16 * 1024

    /// Filters that nobody has yet, by new streams, polls and changes, of one person over all of them: as
    /// many at once as there may be and more, as after a restart, and then as many as one stream may ask for.
    static let newFiltersOfNameBurst = 64
    static let newFiltersOfNameNanoseconds = second / 5
    /// The same of everybody together: each is a look at everyone present, a third of a microsecond for each.
    static let newFiltersBurst = 128
    static let newFiltersNanoseconds = second / 20
    /// What the system must be willing to give for a filter that nobody else has, or a scope: its tables, of
    /// which memory is taken as they fill.
    static let filterMemoryBytes = 80 << 20

    /// A poll for which nothing comes: proxies give up on an answer after 30 s at the earliest.
    static let pollNanoseconds = 25 * second
    /// The same for one that names no id: the next one is to, or what comes in between would be lost.
    static let pollHeadNanoseconds = second
    /// From a poll to its answer at least, in the samples shape: what comes close together comes in one. In
    /// the frames shape it is the time between two frames.
    static let pollGatherNanoseconds = second / 20
    /// Samples in one answer; the next one goes on from there.
    static let pollBytes = 1024 * 1024
    /// Without a poll for so long nobody polls any more.
    static let pollPauseNanoseconds = 2 * second

    /// A viewer's name.
    static let nameBytes = 64
    /// Visitors listed by `/api/state`: a megabyte or two of text; `/metrics` counts them all.
    static let listedVisitors = 10_000
    /// Viewers listed by the status: what a screen has room for.
    static let listedViewers = 32
    /// Storage a connection keeps between requests.
    static let keptBytes = 64
    /// Of what strangers can make the process hold, what requests that are not whole may take, and answers
    /// that are not read: a quarter and a half. The rest is the viewers' alone.
    static let shareOfRequests = 4
    static let shareOfAnswers = 2
    /// Metrics that are not read; they have memory of their own, so that they can always be asked for.
    static let metricsBytes = 1024 * 1024
    /// Between two looks for connections that keep memory from others.
    static let reclaimNanoseconds = second / 10
    /// Memory of a connection that keeps nothing, and of its viewer in the hub.
    static let connectionBytes = 1024
    /// Memory that must have become free before the heap is looked through for what can be given back, and
    /// the time between two looks: they take a few milliseconds.
    static let trimmedBytes = 4 * 1024 * 1024
    static let trimNanoseconds = 5 * second
    /// Connections that are left to a successor, and what was received on one or is to be sent: the most that
    /// a process has open, and what all of them together may hold.
    static let carriedCallers = 1 << 20
    static let carriedBytes = 64 * 1024 * 1024
}
