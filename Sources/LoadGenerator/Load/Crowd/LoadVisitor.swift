import ByteCore
import HTTPWire
import PosixIO
import WebSocketWire

/// One visitor of a load run: about a hundred bytes, and buffers only while something waits in them.
///
/// ```
///  absent ─▶ connecting ─▶ upgrading ─▶ greeting ─▶ open ─▶ ended
///    ▲                                               │
///    └──────────────────── churn ────────────────────┘
/// ```
@safe struct LoadVisitor: ~Copyable {
    enum State: UInt8 {
        /// Not here yet, or away for a while.
        case absent
        case connecting
        case upgrading
        /// Said hello in `pointerscope.v1`, and waits for the welcome.
        case greeting
        case open
        /// Its connection failed; it does not come back.
        case ended
    }

    /// What waits while a frame, a head or a write is not whole.
    struct Pending: ~Copyable {
        var spill = ByteBuffer(capacity: 16)
        var outbound = ByteBuffer(capacity: 16)
    }

    var state = State.absent
    /// Whether the socket takes nothing now; what is due waits as a number.
    var isBlocked = false
    /// Whether its samples count as due.
    var isPresent = false
    /// Whether a ping of drain mode is unanswered.
    var awaitsPong = false
    /// Which of its connections this is, for the poller's tokens and the handshake's nonce.
    var attempt: UInt32 = 0
    /// One key for all frames of a connection: it protects proxies from scripts, and no script speaks here.
    var maskKey: UInt32 = 0
    /// Samples encoded so far; the number of the last.
    var sent: UInt32 = 0
    /// The round of the schedule that is next.
    var round: UInt32 = 0
    /// Where it stands in its track.
    var cursor: UInt32 = 0
    /// The time of the run at which its track begins.
    var base: Int64 = 0
    /// When its connection was due: handshake latency counts from there; monotonic nanoseconds.
    var connectDue: Int64 = 0
    var stream: ByteStream?
    /// How far the answer to its handshake is.
    var parser = HTTPResponseParser()
    var connection = WebSocketConnection(role: .client, accepting: .skipped)
    private var pending: UnsafeMutablePointer<Pending>?

    init() {}

    deinit {
        unsafe pending?.deinitialize(count: 1)
        unsafe pending?.deallocate()
    }

    /// Its socket, for the poller; -1 without one.
    var raw: Int32 {
        switch stream {
        case .some(let stream): stream.raw
        case .none: -1
        }
    }

    /// Bytes that wait for the socket.
    var outboundCount: Int { unsafe pending?.pointee.outbound.count ?? 0 }

    /// The start of a frame or head that came in parts.
    var spill: UnsafeRawBufferPointer {
        unsafe pending?.pointee.spill.readable ?? .init(start: nil, count: 0)
    }

    private mutating func ensurePending() -> UnsafeMutablePointer<Pending> {
        if let pending = unsafe pending { return unsafe pending }
        let made = UnsafeMutablePointer<Pending>.allocate(capacity: 1)
        unsafe made.initialize(to: Pending())
        unsafe pending = made
        return unsafe made
    }

    /// Keeps what came of a frame or head that is not whole; replaces what was kept.
    mutating func keep(spill bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty || pending != nil else { return }
        let pending = unsafe ensurePending()
        unsafe pending.pointee.spill.removeAll()
        unsafe pending.pointee.spill.append(bytes)
        releaseIfEmpty()
    }

    /// Keeps what the socket did not take.
    mutating func keep(outbound bytes: UnsafeRawBufferPointer) {
        guard unsafe !bytes.isEmpty else { return }
        unsafe ensurePending().pointee.outbound.append(bytes)
    }

    /// Writes bytes behind those that wait; `.wouldBlock` means that some wait now.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        guard stream != nil else { return .endOfFile }
        if outboundCount > 0 {
            unsafe keep(outbound: bytes)
            return flush()
        }
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            switch unsafe stream!.write(rest) {
            case .bytes(let count): unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            case .wouldBlock(let interest):
                unsafe keep(outbound: rest)
                return .wouldBlock(until: interest)
            case let other: return other
            }
        }
        return .bytes(bytes.count)
    }

    /// Writes what waits.
    mutating func flush() -> IOResult {
        guard let pending = unsafe pending else { return .bytes(0) }
        guard stream != nil else { return .endOfFile }
        while unsafe !pending.pointee.outbound.isEmpty {
            switch unsafe stream!.write(pending.pointee.outbound.readable) {
            case .bytes(let count): unsafe pending.pointee.outbound.consume(count)
            case let other: return other
            }
        }
        releaseIfEmpty()
        return .bytes(0)
    }

    private mutating func releaseIfEmpty() {
        guard let kept = unsafe pending, unsafe kept.pointee.spill.isEmpty,
            unsafe kept.pointee.outbound.isEmpty
        else { return }
        unsafe kept.deinitialize(count: 1)
        unsafe kept.deallocate()
        unsafe pending = nil
    }

    /// Goes on as the visitor whose connection was another: with its numbers and its place in time.
    mutating func continueAs(_ visitor: borrowing LoadVisitor) {
        (sent, round, cursor, base, isPresent) = (
            visitor.sent, visitor.round, visitor.cursor, visitor.base, visitor.isPresent
        )
        // Events of the old connection are not taken for the new one's.
        attempt = (max(attempt, visitor.attempt) &+ 1) & 0xFF_FFFF
    }

    /// Gives the connection up, with all that waits in it.
    mutating func drop() {
        stream = nil
        isBlocked = false
        awaitsPong = false
        guard let kept = unsafe pending else { return }
        unsafe kept.deinitialize(count: 1)
        unsafe kept.deallocate()
        unsafe pending = nil
    }
}
