import AccessControl
public import BroadcastHub
public import ByteCore
import Glibc
import HTTPWire
public import PosixIO
import ProxyWire

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
@safe public final class ViewerGateway {
    /// Where it listens, with the port the kernel chose.
    public let address: SocketAddress

    let hub: BroadcastHub
    /// What strangers may make this process keep for them.
    let budget: ByteBudget
    /// Its shares for requests that are not complete yet and for answers that are not read.
    let requestBudget: ByteBudget
    let answerBudget: ByteBudget
    /// A budget apart for the metrics, which can be asked for however full the others are.
    let metricsBudget = ByteBudget(limit: Limits.metricsBytes)
    var settings: GatewaySettings
    /// Token kinds: `kind` for the listener, the next one for connections.
    let kind: UInt8
    weak var source: (any GatewaySource)?
    /// Who is let in; nil where everybody is.
    let gate: AccessGate?

    /// The listener; nil once the stop has begun.
    var door: Door?
    var connections = Slab<Connection>()
    /// Connections on regular seats, streams left out, ordered by when they last made progress.
    var idleness = IdleOrder()
    /// Connections on the seats kept for refusals, the oldest first.
    var refusals = IdleOrder()
    /// Connections whose requests can go on, in order; `muted` of them are not watched meanwhile.
    var queue: [Token] = []
    var muted = 0
    /// Indexed by `SharedAnswer.rawValue`.
    var demands = [Demand](repeating: Demand(), count: SharedAnswer.allCases.count)
    /// The state that is being made.
    var draft: StateDraft?
    /// The states of scopes that were asked for lately.
    var scopedStates: [ScopedState] = []
    /// Those who wait for what comes next, when the first of them is to be answered, and whether somebody
    /// polls, if not at this moment: when that was, and for what.
    var polls: [Poll] = []
    var nextPollAt: Int64?
    var isPolled = false
    var polledAt = Int64.min
    var polledShape = ViewerShape.samples
    let samplesRound = Round(bytesPerTurn: Limits.bytesPerTurn)
    let framesRound = Round(bytesPerTurn: Limits.frameBytesPerTurn)
    /// The hub's head and the time of its next tick when the rounds were last gone through.
    var seenHead: UInt64 = 0
    var seenTick: Int64?
    var counters = GatewayCounters()
    var files = StaticFile.embedded()
    var made = MadeFiles()
    /// What every answer says besides.
    var common: PortFields
    /// The path that people reach it under, which a proxy passes on or not; empty for none.
    let basePath: [UInt8]

    /// Shared by all connections: the bytes just read, the head being parsed, a text being made, a path.
    let readRoom = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.readBytes, alignment: 16)
    var head = HTTPRequestHead()
    /// Whom the request in `head` is from.
    var client = ClientAddress.unnamed
    var scratch = ByteBuffer(capacity: 4096)
    var path = ByteBuffer(capacity: 256)
    /// Whether the request's path had the base path in front; where a route is behind, `path` has it no more.
    var isBelowBase = false
    let runs = UnsafeMutableBufferPointer<iovec>.allocate(capacity: Limits.runsPerWrite)

    /// Whether the last turn left viewers or requests that could go on.
    var hasMore = false
    var acceptsAgainAt: Int64?
    var memory = MemoryWatch()
    var nextReclaimAt = Int64.min
    var nextSweep: Int64 = 0
    var nextStatus: Int64 = 0
    var nextTouch: Int64 = 0
    var stopDeadline: Int64?
    var front: Front?
    /// Streams of this server's own terminal: the one it reads now, and those that this one replaced.
    var frontStreams = 0
    /// Streams by the name that each was let in with.
    var streamsByName: [AccountName: Int] = [:]
    var lookAllowances = PeopleAllowances.ofLooks
    var newFilterAllowances = PeopleAllowances.ofNewFilters
    /// Counts up when a stream came or went, and when somebody looks at somebody else.
    public internal(set) var audienceChanges: UInt64 = 0
    /// Whether the terminal's process has detached, so that its end does not stop the server.
    public internal(set) var isFrontDetached = false

    /// Makes the port; it answers once it is started.
    ///
    /// `kind` and the next number are the token kinds of its descriptors. `source` is not kept alive; the
    /// budget is the hub's too. Without a `gate` everybody is let in.
    public init(
        listener: consuming Listener, hub: BroadcastHub, budget: ByteBudget, source: any GatewaySource,
        settings: GatewaySettings = GatewaySettings(), gate: AccessGate? = nil, kind: UInt8
    ) {
        self.hub = hub
        self.budget = budget
        requestBudget = ByteBudget(limit: budget.limit / Limits.shareOfRequests, within: budget)
        answerBudget = ByteBudget(limit: budget.limit / Limits.shareOfAnswers, within: budget)
        self.settings = settings
        self.kind = kind
        self.source = source
        basePath = Array((settings.publicURL?.basePath ?? "").utf8)
        common = PortFields(isSecure: settings.publicURL?.isSecure ?? false, basePath: basePath)
        self.gate = gate
        address = listener.address
        door = Door(listener)
    }

    deinit {
        unsafe readRoom.deallocate()
        unsafe runs.deallocate()
    }

    /// Begins to accept connections.
    public func start(_ poller: borrowing Poller) throws(SystemError) {
        guard let descriptor = door?.listener.raw else { return }
        try poller.add(descriptor, for: .readable, token: Token(kind: kind))
    }

    /// Whether an event's token is the gateway's.
    @inline(__always)
    public func owns(_ token: Token) -> Bool { token.kind == kind || token.kind == kind + 1 }

    /// Handles an event of one of its descriptors.
    public func handle(_ event: ReadyEvent, _ poller: borrowing Poller, now: Int64) {
        guard event.token.kind != kind else { return accept(poller, now: now) }
        var readiness: Interest = []
        if event.isReadable { readiness.insert(.readable) }
        if event.isWritable { readiness.insert(.writable) }
        resume(event.token, readiness, poller, now: now)
    }

    /// Continues a connection whose transport is ready or has ended.
    func resume(_ token: Token, _ readiness: Interest, _ poller: borrowing Poller, now: Int64) {
        guard let connection = unsafe connections.find(token) else { return }
        switch unsafe connection.pointee.phase {
        case .requests:
            // While its answer is being made, the only event of a connection that counts is its end.
            if unsafe connection.pointee.exchange.isWaiting { return close(token, .gone, poller) }
            enqueue(token)
        case .stream:
            if let round = unsafe connection.pointee.round,
                unsafe round.viewers[connection.pointee.place].isBlocked,
                unsafe !readiness.isDisjoint(with: connection.pointee.writeAwaits)
            {
                unsafe round.viewers[connection.pointee.place].isBlocked = false
                round.isDue = true
                watchStream(token, poller)
            }
            guard unsafe !readiness.isDisjoint(with: connection.pointee.readAwaits) else { return }
            discard(token, poller, now: now)
        case .lingering:
            discard(token, poller, now: now)
        }
    }
}

/// Holds the listener, which is closed when this object goes: a class cannot give up a noncopyable property.
final class Door {
    let listener: Listener

    init(_ listener: consuming Listener) { self.listener = listener }
}
