import HTTPWire

/// Bounds on what the generator holds and waits for, each with its reason.
enum LoadLimits {
    /// What a visitor's socket may have waiting before a page's next sample is dropped, as a page does that
    /// looks at `bufferedAmount`.
    static let linkQueueBytes = 16 * 1024
    /// One read of a visitor's socket, with a head behind which more may come: servers say little to a
    /// visitor, so one buffer serves all.
    static let linkReadBytes = 64 * 1024 + HTTPLimits.headBytes
    /// Time for connecting and the opening handshake together.
    static let openingNanoseconds: Int64 = 5_000_000_000
    /// Time for the server to answer a close frame.
    static let closingNanoseconds: Int64 = 2_000_000_000
    /// The first pause before connecting again, and the longest; it doubles in between.
    static let backoffNanoseconds: (first: Int64, longest: Int64) = (250_000_000, 8_000_000_000)
    /// Visitors of one demo: a picture of a busy site, not a load test.
    static let demoVisitors = 2000

    /// One read of a viewer's socket; the more, the fewer system calls.
    static let viewerReadBytes = 256 * 1024
    /// The least time between two sends at a rate, slow and fast: what falls due meanwhile goes out together,
    /// and each is late by half of it on average. In the upper range a socket's wake-up would cost this side
    /// more than the server.
    static let paceNanoseconds: ClosedRange<Int64> = 100_000...500_000
    /// The rate at which the slow end of that is reached.
    static let fastPacePerSecond: Int64 = 100_000
    /// After the last sample is out, a stream without samples for so long has nothing more to say.
    static let quietNanoseconds: Int64 = 3_000_000_000

    // MARK: pointerscope load

    /// Descriptors one process of a load run uses: the hard limit of many machines; past it another starts.
    static let processDescriptors = 20_000
    /// Of those, what is not for connections: standard streams, poller, channel, a file while it is read.
    static let ownDescriptors = 64
    /// Processes of one run: far more than any machine has cores or descriptors for.
    static let processes = 256
    /// Visitors of one run: their numbers have six digits.
    static let visitors = 1_000_000
    /// The longest record between a run's processes: four bytes for each visitor of the largest run.
    static let recordBytes = 4 * visitors
    /// Connections one process has under way where no ramp says otherwise: below any listen queue.
    static let connectingAtOnce: Int64 = 256
    /// Visitors of one process who have two connections because they are asked to move away: within the
    /// descriptors that are set aside, and each has the second for a few milliseconds.
    static let movesAtOnce = 32
    /// When those who find all of them taken look again.
    static let moveTurnNanoseconds: Int64 = 1_000_000
    /// Samples of one message of those who sample as they are asked: a quarter of a second at the highest
    /// rate that there are words for.
    static let askedSamples = 64
    /// Time for connecting and the opening handshake together: a server under a storm of them is slow.
    static let handshakeNanoseconds: Int64 = 20_000_000_000
    /// A visitor who left is away so long.
    static let awayNanoseconds: Int64 = 1_000_000_000
    /// Those who have come back are forgotten so many at a time.
    static let returnsKept = 4096
    /// Connections from one loopback address: it has 28,232 ports by default, and the fuller they are, the
    /// longer the kernel looks for one that is free.
    static let visitorsPerSource = 4096
    /// Human hands that are moved before the run, and for how long: a megabyte and a half at most.
    static let handTracks = 48
    static let handSeconds = 60.0
    /// A recording, which is read whole.
    static let recordingBytes = 256 << 20
    /// Bursts sent in one turn of the loop, so that sockets are looked after in a flood too.
    static let burstsPerTurn = 512
    /// Reads of one socket in a row; a server that talks without end does not keep the others waiting.
    static let readsPerTurn = 4
    /// Kinds of faults told apart; more than there are close codes in use.
    static let faultKinds = 64
    /// Samples of one write: what one visitor's burst may cost in memory.
    static let burst = 4096
    /// What a slow viewer's socket is asked to hold.
    static let slowSocketBytes: Int32 = 16 * 1024
    /// How often slow viewers read.
    static let slowTurnNanoseconds: Int64 = 20_000_000
    /// Time for a server to tell its metrics; one that takes longer has other things to do.
    static let metricsNanoseconds: Int64 = 1_000_000_000
    /// And for one that did so before: at the end it may have a flood to digest.
    static let laterMetricsNanoseconds: Int64 = 10_000_000_000
    /// And what they may weigh: ours are a tenth of it.
    static let metricsBytes = 256 * 1024
    /// How often a process tells how far it is.
    static let progressNanoseconds: Int64 = 100_000_000
    /// A line of the event stream that is kept until it is whole, so that it can be looked at: samples have a
    /// hundred bytes. Longer ones are passed over.
    static let streamLineBytes = 128 * 1024
    /// Visitors named one by one in a report: those who miss most.
    static let worstVisitors = 10
    /// Seconds of a run kept for charts one by one; beyond, two become one.
    static let historyPoints = 1200
    /// Of so many visitors one sends a ping in a round: few enough that pongs do not weigh.
    static let visitorsPerPing = 64
    /// Drain rounds are repeated until the server was at work so long.
    static let drainNanoseconds: Int64 = 1_000_000_000
    /// And no more often than this.
    static let drainRounds = 1000
    /// A round that takes longer than this is over: something is stuck.
    static let drainRoundNanoseconds: Int64 = 60_000_000_000
    /// Rounds that a picture can show.
    static let drainRoundsShown = 512
    /// How long a server that was told to stop may take: it is queued for then all the same.
    static let drainStopNanoseconds: Int64 = 1_000_000_000
    /// What was queued is given so long to be acknowledged: the kernel puts that off for 200 ms at most.
    static let drainDeliveryNanoseconds: Int64 = 300_000_000
    /// Between two looks whether that is so.
    static let drainDeliveryPauseMicroseconds: UInt32 = 500
    /// Time that processes have for their figures where nobody wants to wait.
    static let abortedNanoseconds: Int64 = 1_000_000_000
    /// Connections that end so soon behind others broke the same round; every process tells twice meanwhile.
    static let drainQuietNanoseconds: Int64 = 250_000_000
}
