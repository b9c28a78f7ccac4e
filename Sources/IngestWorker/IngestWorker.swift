import ByteCore
import Glibc
public import HTTPWire
import IdentityWire
public import PosixIO
public import ProxyWire
import RelayChannels
import RelayWire
import Tables
import Telemetry
import WebSocketWire

/// The worker process: it owns its connections, decodes what visitors send and passes it on to the master.
///
/// It runs one loop of plain calls. End-of-file on a channel tells it that the master is gone. There is one
/// of it, which the loop hands down: nobody else can reach it, so that the compiler alone holds it to
/// exclusive access, and nothing has to be asked about that while it runs.
@safe public struct IngestWorker: ~Copyable {
    /// What the kind of a token says about an event: where it came from.
    enum Kind {
        static let data: UInt8 = 1
        static let control: UInt8 = 2
        static let signal: UInt8 = 3
        static let connection: UInt8 = 4
        static let door: UInt8 = 5
    }

    /// The stages of a worker's life.
    enum Life: Equatable {
        case running
        /// Every connection is being closed; at the deadline (nanoseconds of CLOCK_MONOTONIC) those that are
        /// still open are cut.
        case stopping(deadline: Int64)
        case ended(status: Int32)
    }

    let poller: Poller
    let page: SharedPage
    let counters: CountersPage
    let policy: HandshakePolicy
    /// Who may connect, each with a PROXY header, everyone where nobody is listed; nil where none is spoken.
    let proxies: TrustedProxies?
    /// Where it accepts itself; nil where the master hands every connection over.
    var door: OwnDoor?
    var data: DataChannel
    var control: ControlChannel
    let signals: SignalSource
    var intake: SampleIntake
    var connections = Slab<VisitorConnection>()
    var head = HTTPRequestHead()
    let receiveBuffer: UnsafeMutableRawBufferPointer
    /// For the compressed messages of all connections, one at a time.
    var inflater = MessageInflater()
    /// Connections that are not read until the data channel has drained, the longest waiting first.
    var paused = TokenQueue()
    /// What an operator allows a connection.
    let limits: IngestLimits
    let rates: ConnectionRates.Rules
    /// Whether every read is held against the rates, and not only those of who brings much.
    let judgesAll: Bool
    /// Connections that wait for their turn.
    var waiting = FairQueue()
    /// Connections that wait for their rate, by when they may be read.
    var releases = RankedHeap()
    /// Work that was done in this turn.
    var turnWork = 0
    /// Of the read that is on: work beside its bytes, what messages were inflated to, frames that are none.
    var extraWork = 0
    var inflatedBytes = 0
    var otherFrames = 0
    /// How much the next read may bring, and whether the last one brought all that it might.
    var readLimit = WorkerLimits.receiveBytes
    var hasFilledRoom = false
    /// Connections that are answered at the end of this turn.
    var answering: [Token] = []
    /// Whether those who waited for the master are being read again.
    var isResuming = false
    /// How much memory is kept for each connection.
    var held = HeldBytes()
    var trimmer = HeapTrimmer()
    var life = Life.running
    /// How far closing everyone over a time has come, and handing connections over.
    var drain: Drain?
    var mover: Mover?
    /// Connections that came from other workers and of which the master has to be told before they are read.
    var adoptees: [Adoptee] = []
    /// When this turn of the loop began, in nanoseconds of CLOCK_MONOTONIC.
    var now: Int64 { didSet { nowSeconds = now / 1_000_000_000 } }
    private(set) var nowSeconds: Int64
    /// When timers and memory are looked at next.
    var nextSweep: Int64
    /// How many connections the master may hand over.
    var capacity: Int
    /// What pages are told, and who speaks on which connection, by its number.
    var announcements = Announcements()
    /// How many samples go on as they came.
    var budget = SampleBudget()
    var visitorsByNumber = SlotIndex()
    /// What a test breaks on purpose, to see that its model notices.
    var fault: VisitorFault?
    var handoverFault: HandoverFault?
    /// Where new visitors' ids are drawn from.
    var chance = SystemRandomNumberGenerator()
    /// What addresses are keyed with; all workers have the same once they have the master's key.
    var addressSeed = UInt64.random(in: .min ... .max)
    /// The earliest time at which the master is told of another refused origin.
    var nextOriginReport: Int64 = 0
    /// When pages that post are asked to do so again, unless their number asks for more.
    var postIntervalMilliseconds = WorkerLimits.postIntervalMilliseconds

    /// Takes over the descriptors that the master gave: the two channels and the counters page.
    ///
    /// `origins` is the allow-list. When it is empty every origin is admitted, or with
    /// `requiresLoopbackOrigin` every origin on this machine. `visitorLimit` is the most visitors that may be
    /// spoken for at a time, each counted once for every connection that speaks for it, and `sharedPlaces` of
    /// those that are not the first of their connection. The host of `publicURL` and pages of its origin are
    /// served in any case. With `proxies` each connection has to begin with a PROXY header, from one of them
    /// if there are any. With `deflates` clients that offer it may compress what they send. `limits` are
    /// those of each connection. At `listener`, if there is one, it accepts itself as the master says.
    public init(
        data: consuming Descriptor, control: consuming Descriptor, counters: consuming Descriptor,
        origins: [String], requiresLoopbackHost: Bool, publicURL: PublicURL? = nil,
        requiresLoopbackOrigin: Bool, visitorLimit: Int = .max, sharedPlaces: Int = .max,
        proxies: TrustedProxies? = nil, deflates: Bool = false, limits: IngestLimits = IngestLimits(),
        listener: consuming Listener? = nil
    ) throws(SystemError) {
        let limit = DescriptorLimit.raise()
        SignalSource.leaveToMaster()
        SignalSource.ignore(SIGPIPE)
        let signals = try SignalSource([SIGTERM])
        let poller = try Poller(capacity: WorkerLimits.eventsPerWakeUp)
        let page = try SharedPage(mapping: counters)
        // A master of another build may lay the page out differently and would misread what is counted here.
        guard unsafe CountersPage.isSound(page.memory) else {
            throw SystemError("counters page", code: EPROTO)
        }
        var data = DataChannel(data, from: .master, readBytes: WorkerLimits.handoverBytes)
        var control = ControlChannel(control, from: .master)
        try data.watch(poller, token: Token(kind: Kind.data))
        try control.watch(poller, token: Token(kind: Kind.control))
        try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        self.counters = unsafe CountersPage(memory: page.memory)
        self.page = page
        self.poller = poller
        self.signals = signals
        self.data = data
        self.control = control
        policy = HandshakePolicy(
            origins: !origins.isEmpty
                ? .listed(origins.map { Array($0.utf8) }) : requiresLoopbackOrigin ? .loopback : .any,
            requiresLoopbackHost: requiresLoopbackHost, publicURL: publicURL, deflates: deflates)
        self.proxies = proxies
        switch consume listener {
        case .some(let listener): door = OwnDoor(listener)
        case .none: door = nil
        }
        self.limits = limits
        rates = limits.rates
        judgesAll = Self.areWithinShare(limits.rates)
        intake = SampleIntake(
            seed: UInt64.random(in: .min ... .max), visitorLimit: visitorLimit,
            sharedPlaces: min(sharedPlaces, RelayLimits.slotsPerChannel))
        let bytes = WorkerLimits.receiveBytes + MaskedText.slack
        unsafe receiveBuffer = .allocate(byteCount: bytes, alignment: 64)
        now = MonotonicClock.now()
        nowSeconds = now / 1_000_000_000
        nextSweep = now + 1_000_000_000
        capacity = max(1, limit - WorkerLimits.reservedDescriptors)
    }

    deinit { unsafe receiveBuffer.deallocate() }

    /// Runs the loop until the master says stop or is gone; returns the exit status.
    public mutating func run() -> Int32 {
        control.send(.ready(capacity: UInt32(capacity)))
        while true {
            if let status = turn() { return status }
        }
    }

    /// One turn of the loop: writes what is queued, waits for events and works on them.
    ///
    /// Returns the exit status once the worker's life has ended.
    private mutating func turn() -> Int32? {
        flushChannels()
        continueStopping()
        if case .ended(let status) = life { return status }
        do {
            let ready = try poller.wait(timeoutMilliseconds: timeoutMilliseconds())
            work(on: ready, at: MonotonicClock.now())
        } catch {
            return 71
        }
        return nil
    }

    /// Works on the poller's `ready` events and on what is due at `now`, nanoseconds of CLOCK_MONOTONIC.
    mutating func work(on ready: Int, at now: Int64) {
        self.now = now
        turnWork = 0
        resumePaused()
        releaseHeld()
        announce()
        hearAdopted()
        var heardMasterAt = now
        for index in 0..<ready {
            // While one is read, the next is fetched: with thousands of them each is far away.
            if index + 1 < ready { connections.prefetch(poller.event(at: index + 1).token.index) }
            dispatch(poller.event(at: index))
            if held.total > WorkerLimits.heldBytes { makeRoom() }
            // A turn of few events is short, and reads no clock for it.
            if (index + 1) % WorkerLimits.eventsBetweenClocks == 0 { hearMaster(since: &heardMasterAt) }
        }
        serveWaiting()
        sendAnswers()
        continueDraining()
        continueMoving()
        tendDoor()
        trimmer.note(usedBytes)
        if now >= nextSweep { sweep() }
        makeRoom()
    }

    /// Hears the master in the middle of a turn that takes long: where many visitors send what is dear to
    /// read, it would take the worker for one that hangs.
    private mutating func hearMaster(since heardMasterAt: inout Int64) {
        let moment = MonotonicClock.now()
        guard moment - heardMasterAt >= WorkerLimits.longTurnNanoseconds else { return }
        heardMasterAt = moment
        takeControl()
        guard control.flush(poller) else { return masterIsGone() }
    }

    /// How long to wait for events: until the next sweep or the deadline of a stop, whichever is sooner, and
    /// not at all while a paused connection may be read again.
    private func timeoutMilliseconds() -> Int32 {
        if isBehind { return 0 }
        var next = nextSweep
        if let first = releases.first { next = min(next, first.rank) }
        if case .stopping(let deadline) = life { next = min(next, deadline) }
        if let rest = door?.restsUntil, rest > now { next = min(next, rest) }
        if drain != nil { next = min(next, now + WorkerLimits.drainStepNanoseconds) }
        if let mover, connections.count > 0, mover.restsUntil > now { next = min(next, mover.restsUntil) }
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    @inline(__always)
    private mutating func dispatch(_ event: ReadyEvent) {
        if event.token.kind == Kind.connection { connectionReady(event) } else { dispatchOther(event) }
    }

    @inline(never)
    private mutating func dispatchOther(_ event: ReadyEvent) {
        switch event.token.kind {
        case Kind.data: dataChannelReady(event)
        case Kind.control: controlChannelReady(event)
        case Kind.door: acceptAtDoor()
        case Kind.signal:
            while signals.next() != nil {
                // Somebody other than the master sent it, so the master has to hear of it: it should hand
                // over no more connections.
                if life == .running { control.send(.stopping) }
                stop(within: WorkerLimits.ownStopMilliseconds)
            }
        default: preconditionFailure("nobody else is watched")
        }
    }
}
