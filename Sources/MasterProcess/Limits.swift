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
    /// From the beginning of a stop until what the keeper writes is no longer waited for.
    static let stopNanoseconds: Int64 = 4_400_000_000
    /// The keeper is waited for so long at least, however long workers and viewers took.
    static let leastLastWritesNanoseconds: Int64 = 100_000_000
    /// How long the end of a server waits at least for somebody else who changes a file of the state
    /// directory.
    static let leastLastWriteMilliseconds = 250
    /// How long the link for the first admin is shown, and lies in its file: as long as it holds.
    static let inviteNanoseconds: Int64 = 900_000_000_000
    /// Between two times that sessions and last visits are written down.
    static let stateWriteNanoseconds: Int64 = 1_000_000_000
    /// After a file could not be written: a full disk is not full of us.
    static let stateRetryNanoseconds: Int64 = 10_000_000_000
    /// Between two lines about how often visitors sample: a server at its limit is above and below it often.
    static let samplingLogNanoseconds: Int64 = 10_000_000_000
    /// A public key, or a secret.
    static let keyFileBytes = 16 * 1024
    /// Lines about who was turned away that are written in a while: enough for whatever bans addresses, and
    /// no way to fill a disk, which strangers could have.
    static let accessLogLines = 100
    static let accessLogNanoseconds: Int64 = 10_000_000_000
    /// What all callers of the HTTP port together can make the master keep for them: rests of messages that
    /// viewers do not take, answers that nobody reads, requests that are not whole. A thousand of the longest
    /// messages; past it a request is answered 503, and a viewer that has stopped within a message is closed.
    static let heldBytes = 64 * 1024 * 1024
    /// Lines of the log kept for `ctl logs`: an hour of a server with much to say.
    static let tailLines = 4096
    static let tailBytes = 512 * 1024
    /// What happened to workers, kept for those who follow it and are behind: a reload of 256 is 1,024.
    static let eventLines = 2048
    static let eventBytes = 256 * 1024
    /// Clients of the control socket at a time: an operator has a few, and each may take a descriptor.
    static let controlClients = 16
    /// Accepted there in one turn of the loop.
    static let controlAcceptsPerTurn = 32
    /// What waits for one of them before more is made: a reader that stops costs that and no more.
    static let controlPendingBytes = 32 * 1024
    /// One that has asked for nothing for so long makes room for another, or follows and was told nothing, as
    /// does one that takes nothing of its answer.
    static let controlIdleNanoseconds: Int64 = 1_000_000_000
    static let controlStallNanoseconds: Int64 = 10_000_000_000
    /// Between two times that a service manager is told what it did not take.
    static let serviceRetryNanoseconds: Int64 = 500_000_000
    /// A service manager is told no more often that the server lives, however short its patience.
    static let leastBeatNanoseconds: Int64 = 50_000_000
    /// A new program that is to take over says so in milliseconds; a machine that is busy gives it time.
    static let upgradeCheckNanoseconds: Int64 = 5_000_000_000
    /// For what is under way to end before it takes over: a hash, a file that is written.
    static let upgradeSettleNanoseconds: Int64 = 2_000_000_000
    /// What is watched has to be quiet for so long: an editor writes in steps, which take milliseconds.
    static let watchQuietNanoseconds: Int64 = 500_000_000
    /// The same while somebody has a file open and has written into it: a build that stops to think.
    static let watchUnfinishedNanoseconds: Int64 = 3_000_000_000
    /// What is not quiet for so long, though nobody writes into a file, is acted on all the same.
    static let watchPatienceNanoseconds: Int64 = 30_000_000_000
    /// Buffers of what the kernel tells of files, each of 16 KiB, in one turn of the loop.
    static let watchReadsPerTurn = 16
    /// Between two looks, where the kernel tells of no changes.
    static let watchLookNanoseconds: Int64 = 1_000_000_000
    /// How long accepting there rests when descriptors have run out.
    static let controlPauseNanoseconds: Int64 = 100_000_000
}
