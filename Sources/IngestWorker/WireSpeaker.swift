import PointerEvents
import PosixIO

/// What a worker keeps of a visitor that speaks `pointerscope.v1`, outside its connection: connections of
/// other visitors are smaller.
@safe struct WireSpeaker: ~Copyable {
    struct Contents: BitwiseCopyable {
        /// Whether it has said who it is.
        var isKnown = false
        /// Its slot in the speaker table.
        var slot = SpeakerTable.none
        /// What its next message builds upon; nobody's until it is known. No optional: it is large, and would
        /// be copied out and back for each message. What changes with each comes first, in the same cache
        /// line as what stands above.
        var state = WireV1State()
        /// Seconds of the worker's clock: when its handshake was over.
        var sinceSeconds: Int64
        /// The stamp of the token that it is given once the master has admitted it; 0 where nothing is waited
        /// for.
        var pendingStamp: UInt64 = 0
        /// What it was told last of how much to send.
        var told = Pace()
        /// What it is asked for unlike everyone; nil where it is like everyone.
        var own: Pace?
        /// How many of the worker's calls to move away it was told of.
        var movesTold: UInt32 = 0

        /// A cache line's: what a message of moves needs.
        fileprivate static let fetchedBytes = 64
    }

    /// Its memory, at home here until this goes.
    let contents: UnsafeMutablePointer<Contents>

    /// Makes that of a visitor who has not said anything.
    init(sinceSeconds: Int64) {
        unsafe contents = .allocate(capacity: 1)
        unsafe contents.initialize(to: Contents(sinceSeconds: sinceSeconds))
    }

    deinit { unsafe contents.deallocate() }

    /// Has the processor fetch what the next message builds upon.
    @inline(__always)
    func prefetch() {
        unsafe ProcessMemory.prefetch(contents, count: Contents.fetchedBytes)
    }

    static var byteCount: Int { MemoryLayout<Contents>.stride }
}

/// How much a page is asked for.
struct Pace: Equatable, BitwiseCopyable {
    /// Samples a second; 0 for what tells of presence alone.
    var rate: UInt8 = 60
    /// Between two messages, in milliseconds.
    var batchMilliseconds: UInt32 = 50
}
