public import BroadcastHub
import ByteCore
import Glibc
import HTTPWire
public import PosixIO

/// The HTTP port: pages, health, metrics, and the event streams of viewers.
///
/// It owns its listener and connections but no loop. The owner's loop, once a turn:
/// ```
/// poller.wait(until nextDeadline)
///   events whose token.kind the gateway owns  -> handle
/// tick                                           timeouts, the text of `status`
/// hub.endTurn, hub.tick                          the owner's, in this order before `serve`
/// serve                                          one write a viewer
/// ```
/// All times are nanoseconds of CLOCK_MONOTONIC.
public final class ViewerGateway {
    /// Where it listens, with the port the kernel chose.
    public let address: SocketAddress

    let hub: BroadcastHub
    let settings: GatewaySettings
    /// Token kinds: `kind` for the listener, the next one for connections.
    let kind: UInt8
    weak var source: (any GatewaySource)?

    /// None any more once the stop has begun.
    var door: Door?
    var connections = Slab<Connection>()
    let samplesRound = Round()
    let framesRound = Round()
    /// What the rounds were last looked at for: the hub's head and the time of its next tick.
    var seenHead: UInt64 = 0
    var seenTick: Int64?
    var counters = GatewayCounters()
    var files = StaticFile.embedded()
    /// The sample page with the ingest address in it; made when first asked for.
    var samplePage: StaticFile?

    /// Shared by all connections: what was read, the head being looked at, the body being made.
    let readRoom = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.readBytes, alignment: 16)
    var head = HTTPRequestHead()
    var body = ByteBuffer(capacity: 4096)
    var path = ByteBuffer(capacity: 256)
    let runs = UnsafeMutableBufferPointer<iovec>.allocate(capacity: Limits.runsPerWrite)
    /// The head of every event stream's response.
    let streamHead: UnsafeRawBufferPointer

    /// The last turn left viewers that could take more.
    var hasMore = false
    var acceptsAgainAt: Int64?
    /// Bytes in all connections' outputs.
    var heldBytes = 0
    var nextSweep: Int64 = 0
    var nextStatus: Int64 = 0
    var stopDeadline: Int64?
    var front: Front?
    /// Streams of this server's own terminal: one, and those it has taken the place of.
    var frontStreams = 0
    /// The terminal's process asked to be let go: its end is nobody's business any more.
    public internal(set) var isFrontDetached = false

    /// Makes the port; it answers once it is started.
    ///
    /// `kind` and the next number are the token kinds of its descriptors. `source` is not kept alive.
    public init(
        listener: consuming Listener, hub: BroadcastHub, source: any GatewaySource,
        settings: GatewaySettings = GatewaySettings(), kind: UInt8
    ) {
        self.hub = hub
        self.settings = settings
        self.kind = kind
        self.source = source
        streamHead = Self.makeStreamHead()
        address = listener.address
        door = Door(listener)
    }

    deinit {
        readRoom.deallocate()
        runs.deallocate()
        streamHead.deallocate()
        samplePage?.bytes.deallocate()
    }

    /// Begins to accept.
    public func start(_ poller: borrowing Poller) throws(SystemError) {
        guard let descriptor = door?.listener.raw else { return }
        try poller.add(descriptor, for: .readable, token: Token(kind: kind))
    }

    /// Whether an event's token is the gateway's.
    @inline(__always)
    public func owns(_ token: Token) -> Bool { token.kind == kind || token.kind == kind + 1 }

    /// Takes an event of one of its descriptors.
    public func handle(_ event: ReadyEvent, _ poller: borrowing Poller, now: Int64) {
        guard event.token.kind != kind else { return accept(poller, now: now) }
        let token = event.token
        guard let connection = connections.find(token) else { return }
        switch connection.pointee.phase {
        case .requests:
            if event.isWritable, connection.pointee.interest.contains(.writable) {
                proceed(token, poller, now: now)
            } else if event.isReadable {
                read(token, poller, now: now)
            }
        case .stream:
            if event.isWritable, let round = connection.pointee.round {
                round.viewers[connection.pointee.place].isBlocked = false
                round.isDue = true
                watch(token, for: [.readable, .peerClosed], poller)
            }
            if event.isReadable { discard(token, poller, now: now) }
        case .lingering:
            discard(token, poller, now: now)
        }
    }
}

/// The listener, which a class can give up only as a whole.
final class Door {
    let listener: Listener

    init(_ listener: consuming Listener) { self.listener = listener }
}
