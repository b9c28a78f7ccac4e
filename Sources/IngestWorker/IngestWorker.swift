import ByteCore
import Glibc
import HTTPWire
public import PosixIO
import RelayChannels
import RelayWire
import Telemetry
import WebSocketWire

/// The worker process: it owns its connections, decodes what visitors send, and passes it on to the master.
///
/// It is one loop of plain calls. That the master has died shows as end-of-file on a channel.
public final class IngestWorker {
    /// What a token's kind means.
    enum Kind {
        static let data: UInt8 = 1
        static let control: UInt8 = 2
        static let signal: UInt8 = 3
        static let connection: UInt8 = 4
    }

    /// The stages of the worker's life.
    enum Life: Equatable {
        case running
        /// Every connection is being closed; at the deadline (nanoseconds) what is left is cut.
        case stopping(deadline: Int64)
        case ended(status: Int32)
    }

    let poller: Poller
    let page: SharedPage
    let counters: CountersPage
    let policy: HandshakePolicy
    var data: DataChannel
    var control: ControlChannel
    let signals: SignalSource
    var intake: SampleIntake
    var connections = Slab<VisitorConnection>()
    var head = HTTPRequestHead()
    let receiveBuffer: UnsafeMutableRawBufferPointer
    /// Connections that wait for the data channel to drain, longest first.
    var paused = TokenQueue()
    /// What is kept for peers.
    var held = HeldBytes()
    var isMakingRoom = false
    var trimmer = HeapTrimmer()
    var life = Life.running
    /// CLOCK_MONOTONIC at the start of this turn, nanoseconds.
    var now: Int64
    var nextSweep: Int64
    var capacity: Int
    /// When the master may be told of a refused origin again.
    var nextOriginReport: Int64 = 0

    var nowSeconds: Int64 { now / 1_000_000_000 }

    /// Takes over the descriptors the master gave: the two channels and the counters page.
    ///
    /// `origins` is the allow-list; without one every origin is admitted, or those of this machine where
    /// `requiresLoopbackOrigin`. `visitorLimit` bounds the (connection, id) pairs that are spoken for at a
    /// time.
    public init(
        data: consuming Descriptor, control: consuming Descriptor, counters: consuming Descriptor,
        origins: [String], requiresLoopbackHost: Bool, requiresLoopbackOrigin: Bool, visitorLimit: Int
    ) throws(SystemError) {
        let limit = DescriptorLimit.raise()
        SignalSource.ignore(SIGINT)
        SignalSource.ignore(SIGPIPE)
        let signals = try SignalSource([SIGTERM])
        let poller = try Poller(capacity: WorkerLimits.eventsPerWakeUp)
        let page = try SharedPage(mapping: counters)
        // A master of another build would read other counters than are written here.
        guard CountersPage.isSound(page.memory) else { throw SystemError("counters page", code: EPROTO) }
        var data = DataChannel(data, from: .master, readBytes: WorkerLimits.handoverBytes)
        var control = ControlChannel(control, from: .master)
        try data.watch(poller, token: Token(kind: Kind.data))
        try control.watch(poller, token: Token(kind: Kind.control))
        try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        self.counters = CountersPage(memory: page.memory)
        self.page = page
        self.poller = poller
        self.signals = signals
        self.data = data
        self.control = control
        policy = HandshakePolicy(
            origins: !origins.isEmpty
                ? .listed(origins.map { Array($0.utf8) }) : requiresLoopbackOrigin ? .loopback : .any,
            requiresLoopbackHost: requiresLoopbackHost)
        intake = SampleIntake(seed: UInt64.random(in: .min ... .max), visitorLimit: visitorLimit)
        receiveBuffer = .allocate(byteCount: WorkerLimits.receiveBytes, alignment: 64)
        now = MonotonicClock.now()
        nextSweep = now + 1_000_000_000
        capacity = max(1, limit - WorkerLimits.reservedDescriptors)
    }

    deinit { receiveBuffer.deallocate() }

    /// Runs the loop until the master says stop or is gone; returns the exit status.
    public func run() -> Int32 {
        control.send(.ready(capacity: UInt32(capacity)))
        while true {
            if let status = turn() { return status }
        }
    }

    /// Writes, waits for events and works on them; the exit status at the end.
    private func turn() -> Int32? {
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

    /// Works on what the poller reported, and on what is due at `now` (nanoseconds of CLOCK_MONOTONIC).
    func work(on ready: Int, at now: Int64) {
        self.now = now
        resumePaused()
        for index in 0..<ready { dispatch(poller.event(at: index)) }
        trimmer.note(usedBytes)
        if now >= nextSweep { sweep() }
    }

    /// Until the next sweep, or until the end of stopping where that comes first; not at all while somebody
    /// waits who may be read.
    private func timeoutMilliseconds() -> Int32 {
        if canResume { return 0 }
        var next = nextSweep
        if case .stopping(let deadline) = life { next = min(next, deadline) }
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    private func dispatch(_ event: ReadyEvent) {
        switch event.token.kind {
        case Kind.data: dataChannelReady(event)
        case Kind.control: controlChannelReady(event)
        case Kind.signal:
            while signals.next() != nil {
                // Somebody other than the master asks, and the master is to send no more connections here.
                if life == .running { control.send(.stopping) }
                stop(within: WorkerLimits.ownStopMilliseconds)
            }
        default: connectionReady(event)
        }
    }

    // MARK: Channels

    private func dataChannelReady(_ event: ReadyEvent) {
        guard event.isReadable else { return }
        var arrivals = ConnectionArrivals()
        let isOpen = data.receive(&arrivals)
        while let (number, descriptor) = arrivals.next() { accept(number, descriptor) }
        if !isOpen { masterIsGone() }
    }

    private func controlChannelReady(_ event: ReadyEvent) {
        guard event.isReadable else { return }
        guard let records = control.receive(poller) else { return masterIsGone() }
        for record in records {
            switch record {
            case .ping(let sequence): control.send(.pong(sequence: sequence))
            case .stop(let deadline): stop(within: Int64(deadline))
            case .hello, .ready, .pong, .stopping, .stopped, .originRefused: break
            }
        }
    }

    /// Writes what is queued; what the kernel does not take now waits until the channel is writable.
    func flushChannels() {
        counters.set(.eventsFolded, intake.queue.foldedCount)
        guard data.write(&intake.queue, poller), control.flush(poller) else { return masterIsGone() }
    }

    /// With the master gone there is nobody to report to: visitors are sent a close, and that is all.
    private func masterIsGone() {
        if case .ended = life { return }
        forEachConnection { token in beginClose(token, .goingAway, "the server is gone") }
        life = .ended(status: 0)
    }

    // MARK: Stopping

    private func stop(within milliseconds: Int64) {
        guard life == .running else { return }
        life = .stopping(deadline: now + milliseconds * 1_000_000)
        forEachConnection { token in beginClose(token, .goingAway, "the server stops") }
    }

    private func continueStopping() {
        guard case .stopping(let deadline) = life else { return }
        if now >= deadline { forEachConnection { token in drop(token) } }
        guard connections.count == 0 else { return }
        guard intake.queue.isEmpty || now >= deadline else { return }
        control.send(.stopped)
        _ = control.flush(poller)
        life = .ended(status: 0)
    }

    func forEachConnection(_ body: (Token) -> Void) {
        for index in 0..<connections.slotCount {
            guard let found = connections.at(index) else { continue }
            body(Token(kind: Kind.connection, index: UInt32(index), generation: found.generation))
        }
    }
}
