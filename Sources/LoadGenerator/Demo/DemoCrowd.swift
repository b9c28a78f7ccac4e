import PosixIO

/// A crowd of synthetic visitors over real WebSockets, in one process and one loop.
///
/// All of them connect at once; from then on each opens and closes its page as its own temperament has it, so
/// that the crowd stays near its number. It ends when the control descriptor does, or on a signal.
struct DemoCrowd: ~Copyable {
    private static let controlKind: UInt8 = 1
    private static let signalKind: UInt8 = 2

    private var surroundings: DemoSurroundings
    private var visitors: Slab<DemoVisitor>
    private var deadlines: DeadlineQueue
    private let control: Int32
    private let signals: SignalSource?

    /// Makes the crowd; `count` is brought within 1...2000. `control` stays the caller's to close.
    init(
        address: SocketAddress, origin: String? = nil, count: Int, seed: UInt64, control: Int32,
        signals: consuming SignalSource?
    ) throws(SystemError) {
        var surroundings = try DemoSurroundings(address: address, origin: origin, seed: seed)
        try surroundings.poller.add(control, for: .readable, token: Token(kind: Self.controlKind))
        if let raw = signals?.raw {
            try surroundings.poller.add(raw, for: .readable, token: Token(kind: Self.signalKind))
        }
        let count = min(max(count, 1), LoadLimits.demoVisitors)
        var visitors = Slab<DemoVisitor>()
        var deadlines = DeadlineQueue(count: count)
        let names = VisitorNames(seed: seed)
        let now = MonotonicClock.now()
        for index in 0..<count {
            let motion = HumanMotion(
                seed: surroundings.random.bits(), temperament: .drawn(from: &surroundings.random),
                viewport: Viewport.common[surroundings.random.index(below: Viewport.common.count)],
                pageCount: DemoPages.count, opensAt: now)
            // Slots of an empty slab are given out in order, so the slot is the visitor's index.
            _ = visitors.insert(DemoVisitor(name: names.name(index), motion: motion))
            deadlines.set(index, to: now)
        }
        self.surroundings = surroundings
        self.visitors = visitors
        self.deadlines = deadlines
        self.control = control
        self.signals = signals
    }

    /// Runs until it is told to end.
    mutating func run() throws(SystemError) {
        while true {
            wakeVisitors(now: MonotonicClock.now())
            let wait = max(deadlines.earliest.deadline - MonotonicClock.now(), 0)
            let milliseconds = min((wait + 999_999) / 1_000_000, 60_000)
            let ready = try surroundings.poller.wait(timeoutMilliseconds: Int32(milliseconds))
            for index in 0..<ready {
                let event = surroundings.poller.event(at: index)
                switch event.token.kind {
                case DemoSurroundings.visitorKind: tell(event)
                case Self.controlKind where !hasControlEnded(): break
                default: return dismiss()
                }
            }
        }
    }

    private mutating func wakeVisitors(now: Int64) {
        while true {
            let (index, deadline) = deadlines.earliest
            guard deadline <= now, let visitor = unsafe visitors.at(index)?.element else { return }
            surroundings.current = UInt32(index)
            unsafe visitor.pointee.wake(now: now, &surroundings)
            unsafe deadlines.set(index, to: visitor.pointee.nextDueNanoseconds)
        }
    }

    private mutating func tell(_ event: ReadyEvent) {
        let index = Int(event.token.index)
        guard let visitor = unsafe visitors.at(index)?.element,
            unsafe visitor.pointee.generation == event.token.generation
        else { return }
        surroundings.current = event.token.index
        unsafe visitor.pointee.ready(event, now: MonotonicClock.now(), &surroundings)
        unsafe deadlines.set(index, to: visitor.pointee.nextDueNanoseconds)
    }

    /// Reads and drops what came; the descriptor says something only by ending.
    private func hasControlEnded() -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { room in
            switch unsafe ControlDescriptor.read(control, into: room) {
            case .bytes, .wouldBlock: false
            case .endOfFile, .failed: true
            }
        }
    }

    private mutating func dismiss() {
        for index in 0..<visitors.slotCount {
            unsafe visitors.at(index)?.element.pointee.dismiss(&surroundings)
        }
    }
}
