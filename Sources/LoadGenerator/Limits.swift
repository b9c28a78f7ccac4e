import WebSocketWire

/// Bounds on what the generator holds and waits for, each with its reason.
enum LoadLimits {
    /// What a visitor's socket may have waiting before a page's next sample is dropped, as a page does that
    /// looks at `bufferedAmount`.
    static let linkQueueBytes = 16 * 1024
    /// One read of a visitor's socket: servers say little to a visitor, so one buffer serves all.
    static let linkReadBytes = WebSocketLimits.frameBytes + 4096
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
    /// A line of the event stream that is kept until it is whole; the server's messages are at most 64 KiB.
    static let viewerLineBytes = 128 * 1024
    /// Paced samples encoded for one connection before they are written: what a late wake-up lets pile up
    /// goes out in several writes rather than one of unknown size.
    static let laneBytes = 16 * 1024
    /// The least time between two sends of paced samples, slow and fast: what falls due meanwhile goes out
    /// together, and each is late by half of it on average. In the upper range a socket's wake-up would cost
    /// this side more than the server.
    static let paceNanoseconds: ClosedRange<Int64> = 100_000...500_000
    /// The rate at which the slow end of that is reached.
    static let fastPacePerSecond: Int64 = 100_000
    /// How often a slow viewer reads.
    static let slowReadNanoseconds: Int64 = 100_000_000
    /// What a slow viewer reads a second.
    static let slowBytesPerSecond = 1024
    /// After the last sample is out, a stream without samples for so long has nothing more to say.
    static let quietNanoseconds: Int64 = 1_500_000_000
    /// Frames a connection of the flood gets before the next one's turn.
    static let floodFramesPerTurn = 32
}
