import ByteCore
import HTTPWire
import PosixIO
import WebSocketWire

/// One visitor's connection: 88 bytes, because a worker holds thousands that say nothing. What few have at a
/// time lies in `SeldomState`, and is a field all the same for whoever uses it.
struct VisitorConnection: ~Copyable {
    /// Where a connection stands.
    enum Phase: Equatable {
        /// The PROXY header in front of everything else is not whole yet.
        case proxyHeader
        /// The request head is not whole yet.
        case handshake
        /// The body of a request that posts events is not whole yet.
        case body
        /// All requests are answered, and the next one has not begun.
        case keptAlive
        /// Frames go both ways.
        case open
        /// Our last bytes are on their way; what comes in is read and dropped until the peer is done too.
        case closing

        /// Whether what it says next may count.
        var isHeard: Bool { self != .closing }
    }

    /// Why it is not read.
    enum Wait: Equatable {
        /// It is.
        case none
        /// Until the data channel has drained.
        case master
        /// Until its rate allows it.
        case rate
        /// Until it is its turn, watched meanwhile: it was ready again so many times.
        case turn(told: Told)
        case turnUnwatched
        /// Until the master says that it may stay.
        case verdict

        /// Whether it is in the queue of those who wait for their turn.
        var isForTurn: Bool {
            switch self {
            case .turn, .turnUnwatched: true
            case .none, .master, .rate, .verdict: false
            }
        }
    }

    /// How often a connection that waits for its turn was ready again; after the last it is not watched.
    enum Told {
        case never, once, twice, thrice

        /// Once more; nil where that is too often.
        var next: Told? {
            switch self {
            case .never: .once
            case .once: .twice
            case .twice: .thrice
            case .thrice: nil
            }
        }
    }

    /// What is so or is not, a bit each.
    private struct Marks: OptionSet, BitwiseCopyable {
        let rawValue: UInt8

        static let hasUnread = Marks(rawValue: 1 << 0)
        static let isReadInParts = Marks(rawValue: 1 << 1)
        static let hasRest = Marks(rawValue: 1 << 2)
        static let deflates = Marks(rawValue: 1 << 3)
        static let isPinged = Marks(rawValue: 1 << 4)
        static let bringsUnfoldable = Marks(rawValue: 1 << 5)
    }

    let stream: ByteStream
    var phase = Phase.handshake
    /// How it writes its samples.
    var codec = ConnectionCodec.json
    /// The place of the template that its last message made, where it speaks JSON.
    var template = TemplatePool.none
    var socket = WebSocketConnection(role: .server, accepting: .text)
    /// Empty while there is nothing in it, as of nearly all.
    var seldom = LazyBox<SeldomState>()
    /// What the messages of `pointerscope.v1` build upon; nil where another format is spoken.
    var wire: WireSpeaker?
    var speakers: SpeakerList
    /// What it may bring and still be read at once, however many others bring more.
    var share = TokenBucket()
    private var since: UInt32
    /// What stands for the address it comes from; 0 while nobody has asked.
    var addressKey: UInt32 = 0
    /// The work that its last turn in the queue was.
    var lastWork: UInt32 = 0
    /// What has to come before it is read again.
    var wait = Wait.none
    private var marks: Marks = []
    /// Messages that were held against its template since one was like it, modulo 256.
    var unlikeMessages: UInt8 = 0
    private var watch = PackedInterest()

    static let never = Int64.max

    init(stream: consuming ByteStream, number: UInt64, nowSeconds: Int64) {
        self.stream = stream
        speakers = SpeakerList(connection: number)
        since = UInt32(truncatingIfNeeded: nowSeconds)
    }

    /// Unique in the cluster.
    var number: UInt64 { speakers.connection }

    @inline(__always)
    private mutating func set(_ mark: Marks, _ isSo: Bool) {
        if isSo { marks.insert(mark) } else { marks.remove(mark) }
    }

    /// Whether the kernel may have more of it than was read, without saying so again.
    @inline(__always)
    var hasUnread: Bool {
        get { marks.contains(.hasUnread) }
        set { set(.hasUnread, newValue) }
    }

    /// Whether a read may bring less than there is, so that to be told once is not enough: the peer is done,
    /// has sent urgent data, at whose mark TCP stops, or a Unix socket stops where descriptors came along.
    @inline(__always)
    var isReadInParts: Bool {
        get { marks.contains(.isReadInParts) }
        set { set(.isReadInParts, newValue) }
    }

    /// What is kept begins with frames that wait for its next turn.
    @inline(__always)
    var hasRest: Bool {
        get { marks.contains(.hasRest) }
        set { set(.hasRest, newValue) }
    }

    /// Whether its messages may be compressed.
    @inline(__always)
    var deflates: Bool {
        get { marks.contains(.deflates) }
        set { set(.deflates, newValue) }
    }

    @inline(__always)
    var isPinged: Bool {
        get { marks.contains(.isPinged) }
        set { set(.isPinged, newValue) }
    }

    /// What was read of it last holds something that cannot be folded.
    @inline(__always)
    var bringsUnfoldable: Bool {
        get { marks.contains(.bringsUnfoldable) }
        set { set(.bringsUnfoldable, newValue) }
    }

    /// Seconds of the worker's clock: of the last byte, or of entering the phase it is in.
    @inline(__always)
    var sinceSeconds: Int64 {
        get { Int64(since) }
        set { since = UInt32(truncatingIfNeeded: newValue) }
    }

    /// What the poller watches it for; empty while it is not with the poller.
    var watched: Interest {
        get { watch.interest }
        set { watch = PackedInterest(newValue) }
    }

    /// Appends to what is written next.
    mutating func queue(_ bytes: UnsafeRawBufferPointer) {
        if outbound == nil { outbound = ByteBuffer(capacity: max(256, bytes.count)) }
        unsafe outbound!.append(bytes)
    }

    /// Queues the answer to a ping.
    mutating func queuePong(_ payload: UnsafeRawBufferPointer) {
        var pong = ByteBuffer(capacity: 144)
        unsafe pong.appendFrame(.pong, payload)
        unsafe queue(pong.readable)
    }

    /// Whether nothing is kept for it, and nothing is counted as kept.
    @inline(__always)
    var keepsNothing: Bool {
        unsafe (seldom.contents?.pointee.keepsNothing ?? true) && !socket.isMidMessage
            && socket.keptBytes == 0
    }

    /// Whether nothing is kept for it, as for nearly all, and the clock of no message runs.
    @inline(__always)
    var isBetweenMessages: Bool {
        guard socket.isBetweenMessages else { return false }
        guard let state = unsafe seldom.contents else { return true }
        return unsafe state.pointee.keepsNothing && state.pointee.unfinishedSinceSeconds == Self.never
    }

    /// What it should be watched for now.
    var interest: Interest {
        switch wait {
        case .master, .verdict: []
        case .rate, .turnUnwatched: outbound == nil ? [] : writeAwaits
        case .none, .turn: (outbound == nil ? readAwaits : readAwaits.union(writeAwaits)).union(manner)
        }
    }

    /// How it is watched: as long as it is read to its end each time, it is enough to be told when something
    /// comes. The kernel looks at each connection once then, and not once more to see that nothing is left:
    /// a fifth of what a small message costs it.
    private var manner: Interest {
        hasUnread || isReadInParts || phase == .closing ? [] : [.peerClosed, .urgent, .onlyNews]
    }

    /// Bytes that are read of it at once. Where a few may be a lot of work, few: what is not done of them in
    /// one turn is kept.
    var mostAtOnce: Int { deflates ? WorkerLimits.deflatedReadBytes : WorkerLimits.receiveBytes }

    /// Bytes allocated for what of it is not whole and for what its peer has not read.
    var keptBytes: Int {
        mutating get {
            guard let state = unsafe seldom.contents else { return socket.keptBytes }
            return unsafe state.pointee.spill.capacity + socket.keptBytes
                + (state.pointee.outbound?.capacity ?? 0) + (state.pointee.exchange?.keptBytes ?? 0)
        }
    }

    /// Starts or stops the clock of a message that is not whole; `hasFinished` where another one came to its
    /// end.
    mutating func setUnfinished(hasFinished: Bool, nowSeconds: Int64) {
        if spillCount == 0, !socket.isMidMessage {
            unfinishedSinceSeconds = Self.never
        } else if hasFinished || unfinishedSinceSeconds == Self.never {
            unfinishedSinceSeconds = nowSeconds
        }
    }

    /// Drops what is not whole, for good: nothing that is still read counts.
    mutating func forgetUnfinished() {
        forgetSpill()
        hasRest = false
        exchange = nil
        socket = WebSocketConnection(role: .server, accepting: .text)
        unfinishedSinceSeconds = Self.never
    }
}
