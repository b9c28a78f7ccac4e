/// Bounds of one worker, each with its reason.
enum WorkerLimits {
    /// Samples a second, and at once, that a worker passes on whoever sends them: more than one viewer can be
    /// shown of, and less than the ring, which has 131,072 records, loses before a tick of frames comes.
    static let samplesPerSecond = 262_144
    static let sampleBurst = 32_768
    /// Past that a read that brings so many samples is taken for greedy: a page's has three, at 60 Hz with 50
    /// ms between two messages, and twenty times as many where it was held up for a second.
    static let greedySamples = 64
    /// New texts of one connection at once, and each 62.5 ms another one: 256 visitors' pages and names, and
    /// then as many as somebody who walks through a site as fast as a page loads has with all their clicks.
    static let textBurst: Int32 = 512
    static let textNanoseconds: Int64 = 62_500_000
    /// Messages that one gap counts at most: more than a page sends before its silence has its connection
    /// closed, since a page may say any number.
    static let missingPerGap: UInt64 = 4096
    /// Read at once from one connection: a whole message of the largest size fits, and a loud visitor waits
    /// for the next turn after it. Behind them `MaskedText.slack` bytes are readable, since messages are read
    /// a word at a time.
    static let receiveBytes = 64 * 1024 + 64
    /// Texts of messages that a worker keeps to hold others against, 360 bytes each: the keys that a page
    /// sends come in few orders, and of those who say their page with each sample most are on few pages.
    static let templates = 64
    /// So many messages in a row that are not like the one before each make a template, and one of so many
    /// behind them: to make one costs more than its message, and helps nobody who never says the same twice.
    static let unlikeAtOnce = 4
    static let unlikeSkipped = 16
    /// Past so much that compressed messages came to the rest of a read waits for its connection's turn.
    static let inflatedAtOnce = 32 * 1024
    /// Read at once from a connection whose messages may be compressed: whatever waits of it is kept, and
    /// many may wait.
    static let deflatedReadBytes = 4 * 1024
    /// Work of one turn after which those who bring much have to wait for others, and again as much of those
    /// who wait. A byte that is read or inflated is one; it takes 1 to 10 ns, so a turn ends within some
    /// milliseconds.
    static let turnWork = 128 * 1024
    /// Read at once in a turn that has had its work: more than a page says in a second.
    static let crowdedReadBytes = 4 * 1024
    /// What a connection may bring a second, and at once, and still be read before those who wait: sixteen
    /// times what a page says that tells 60 moves a second in JSON.
    static let sharePerSecond = 64 * 1024
    static let shareBurst = 16 * 1024
    /// The work of a frame that brings no message (a ping and its answer), and of a request: an allocation or
    /// two, a key to hash.
    static let otherFrameWork = 64
    static let requestWork = 2048
    /// Events taken from the kernel a wake-up.
    static let eventsPerWakeUp = 512
    /// How often a turn looks at the clock, and after how long it hears the master in between: an event may
    /// cost 10 ms, and the master waits 5 s.
    static let eventsBetweenClocks = 16
    static let longTurnNanoseconds: Int64 = 250_000_000
    /// Queued records past which the data channel is written in the middle of a turn, so that the master
    /// works while the worker reads on.
    static let midTurnFlushBytes = 128 * 1024
    /// Room made for more of a head that came in part; it ends at 16 KiB.
    static let headGrowthBytes = 2048
    /// Storage for the connections that the master hands over, a whole message of 253 records.
    static let handoverBytes = 4096
    /// The master is told of a refused origin once in so long: what it says of them is for a person.
    static let originReportNanoseconds: Int64 = 1_000_000_000
    /// A connection that was pinged is closed when that brings nothing for so long.
    static let pongTimeoutSeconds: Int64 = 10
    /// How long the peer may take to answer a close before the connection is cut.
    static let closeTimeoutSeconds: Int64 = 3
    /// How long a worker that got a SIGTERM itself takes to close everyone: less than its master waits.
    static let ownStopMilliseconds: Int64 = 2_500
    /// Bytes that may wait for a visitor who does not read: pongs and a close; past it the connection is cut.
    static let outboundBytes = 16 * 1024
    /// Answers of one connection from which on they are written at once, and not at the end of the turn.
    static let answerBytes = 4 * 1024
    /// Memory for half heads, half messages and answers that are not read, of all connections together:
    /// nearly 200 messages of the largest size that come in at once. Past it whoever has come to nothing for
    /// longest is turned away.
    static let heldBytes = 12 * 1024 * 1024
    /// How many of those are read once more before somebody is turned away.
    static let chancesToFinish = 16
    /// Connections that are read again in one turn of those that waited for the master.
    static let resumedPerTurn = 64
    /// Freed memory that is worth a walk through the heap, and how often at most that is made.
    static let trimmedBytes = 4 * 1024 * 1024
    static let trimIntervalSeconds: Int64 = 2
    /// Visitors who only post that one worker keeps: a crowd behind proxies without WebSockets, and a table
    /// of little more than 1 MiB.
    static let leases = 16_384
    /// One body may bring this part of the room that is left for them, and one at least: 256 until half of it
    /// is taken.
    static let leaseShare = 32
    /// Places that connections share which speak for several visitors, at least: one connection has use for
    /// 256 of them, and may have those while a quarter is left.
    static let leastSharedPlaces = 1024
    /// By how much what one may have is more than its part of what is left: 96 connections of 256 visitors at
    /// one of two workers notice nothing of any limit, and 256 of them leave one in nine places to others.
    static let placesLeftFactor = 4
    /// Such a visitor is here for so long after its last word (the contract's 45 s).
    static let leaseSeconds: Int64 = 45
    /// When a page that posts is to do so again: seldom enough to cost little beside a WebSocket, and often
    /// enough to miss several before the visitor is taken to have left.
    static let postIntervalMilliseconds = 5_000
    /// The longest that is asked for: two may be lost on the way before the visitor has left.
    static let longestPostIntervalMilliseconds = 15_000
    /// Requests a second that one worker wants at most; with more who post they are to come less often.
    static let postsPerSecond = 2_000
    /// A connection that posts may be silent for so long: longer than between two posts.
    static let keptAliveSeconds: Int64 = 60
    /// For how long a page need not ask again what it may post; browsers take hours at most.
    static let preflightSeconds = 7_200
    /// What a page is asked to wait that was turned away for want of room.
    static let retryAfterSeconds = 5
    /// Distinct page paths a worker has indices for, and as many names and elements; the oldest index is
    /// given to the newest text.
    static let texts = 4096
    /// How long a text keeps its index that nobody says any more, at least; twice as long at most. A page
    /// that is said again after that costs one record.
    static let textSeconds: Int64 = 30
    /// Connections that are told of a new rate in one turn, each by a write of its own, and places of the
    /// table that are looked at for them: a crowd of 10,000 is told in 40 turns, between which others are
    /// heard.
    static let toldPerTurn = 256
    /// Between two steps of closing everyone over a time: as evenly as anybody who comes back notices.
    static let drainStepNanoseconds: Int64 = 20_000_000
    static let looksPerTurn = 4096
    /// Connections that are handed over in one turn, so that others are heard in between, and for as long as
    /// no more than that waits for the master: their records are no samples, which it would fold.
    static let movedPerTurn = 64
    static let movedQueueBytes = 128 * 1024
    /// Between two rounds where nobody could be handed over: about as long as a request takes.
    static let moveRestNanoseconds: Int64 = 20_000_000
    /// How long a worker keeps those for whom there was nobody else before it tries again.
    static let returnedNanoseconds: Int64 = 100_000_000
    /// Reads of what the master hands over in one turn, each of one message.
    static let handoversPerEvent = 64
    /// What the seed of addresses is made with out of the master's key, so that it is none of the key.
    static let addressSeed: UInt64 = 0x6164_6472_6573_7365
    /// Accepted in one wake-up: few, so that those who accept at the same listener come to have as many.
    static let acceptsPerEvent = 16
    /// How long accepting rests when there was no descriptor.
    static let acceptRestNanoseconds: Int64 = 50_000_000
    /// Descriptors a worker needs beside its connections.
    static let reservedDescriptors = 32
}
