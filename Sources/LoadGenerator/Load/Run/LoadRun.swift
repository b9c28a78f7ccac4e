import ByteCore
import Glibc
public import PosixIO
import Tables

/// Who shows a run while it goes on.
public protocol LoadFace: AnyObject {
    /// To be watched for input; nil for none.
    var descriptor: Int32? { get }
    /// Where the run stands; called ten times a second.
    func show(_ status: LoadStatus)
    /// A second is over.
    func secondPassed(_ status: LoadStatus)
    /// Input can be read; returns what it asks for.
    func readInput() -> LoadInput
}

/// What came from whoever watches a run.
public enum LoadInput {
    case nothing
    /// The run is to be ended.
    case end
    /// The terminal is gone; there is no more to read.
    case closed
}

/// One run: it tells processes what to do, adds up what they say, and makes the report.
///
/// ```
///  open: all are connected ──▶ run: samples as they are due ──▶ settle ──▶ count ──▶ report
///                          └─▶ drain: stop the server, queue, continue it, again and again
/// ```
public final class LoadRun {
    let plan: LoadPlan
    let poller: Poller
    var peers = Slab<LoadPeer>()
    let signals: SignalSource?
    let face: (any LoadFace)?
    var latencies = LatencyHistogram()
    var handshakes = LatencyHistogram()
    var lag = LatencyHistogram()
    var history = LoadHistory()
    let meter: ProcessMeter?
    var phase = LoadStatus.Phase.opening
    /// When the first sample was due, and when sending was over; monotonic nanoseconds.
    var begin: Int64 = 0
    var end: Int64 = 0
    var openingBegan: Int64 = 0
    /// Until all who open before the run had tried to, and how many handshakes had succeeded by then.
    var openingNanoseconds: Int64 = 0
    var openedAtOnce: Int64 = 0
    var wasInterrupted = false
    var isAborted = false
    /// Whether the run was over before anyone interrupted it.
    var wasWhole = false
    /// Whether every process has said what its viewers received.
    var isArrivalKnown: Bool { !eachPeer { $0.isDone }.contains(false) }
    var hasHungUp = false
    var drain = DrainFigures()
    /// Samples the server says it folded since the first was due; nil where it does not say.
    var folded: Int64?
    private var foldedAtBegin: Int64?
    /// CPU times of the processes at the first sample, to tell the busiest.
    var cpuAtBegin: [Int64] = []
    var cpuAtEnd: [Int64] = []

    var nextShow: Int64 = 0
    var nextSecond: Int64 = 0
    var before = LoadTotals()
    var beforeAt: Int64 = 0
    var lastPoint = LoadPoint()
    var verdicts: [LoadVerdict] = []

    static let peerKind: UInt8 = 1
    static let signalKind: UInt8 = 2
    static let faceKind: UInt8 = 3

    /// Makes a run without processes; `signals` end it early.
    public init(
        _ plan: LoadPlan, signals: consuming SignalSource?, face: (any LoadFace)?
    ) throws(SystemError) {
        let poller = try Poller()
        if let raw = signals?.raw {
            try poller.add(raw, for: .readable, token: Token(kind: Self.signalKind))
        }
        if let raw = face?.descriptor {
            try poller.add(raw, for: .readable, token: Token(kind: Self.faceKind))
        }
        self.plan = plan
        self.poller = poller
        self.signals = signals
        self.face = face
        meter = plan.serverPid.map { ProcessMeter(ProcessTree(root: $0)) }
    }

    /// Adds the process at the other end of `channel`; all are added before the run.
    public func add(channel: consuming Descriptor) throws(SystemError) {
        let raw = channel.raw
        let place = peers.insert(LoadPeer(LoadChannel(channel)))
        try poller.add(raw, for: .readable, token: Token(kind: Self.peerKind, index: place.index))
    }

    /// Runs it; what came of it, whatever that is, is reported.
    public func run() -> LoadOutcome {
        do throws(LoadFailure) {
            try open()
            if plan.mode == .drain { try drainRounds() } else { try pace() }
            phase = .settling
            end = MonotonicClock.now()
            meter?.end(at: end)
            wasWhole = !wasInterrupted
            cpuAtEnd = eachPeer { $0.progress.cpuNanoseconds }
            let gone = isEveryoneGone
            if !isAborted, !gone, plan.mode == .pace { try settle() }
            phase = .reporting
            try collect()
            let report = LoadReport(self)
            tell(.finish)
            if gone {
                return .failed(.closedEveryone(closingFault?.text ?? "every connection ended"), report)
            }
            return .finished(report)
        } catch {
            tell(.finish)
            return .failed(error, nil)
        }
    }

    // MARK: - Opening

    private func open() throws(LoadFailure) {
        if let tree = meter?.tree { _ = try Self.members(of: tree) }
        openingBegan = MonotonicClock.now()
        beforeAt = openingBegan
        nextSecond = openingBegan + 1_000_000_000
        meter?.begin(at: openingBegan)
        tell(.open)
        let deadline = openingBegan + LoadLimits.handshakeNanoseconds + LoadLimits.handshakeNanoseconds / 2
        var progressAt = openingBegan
        var progress: Int64 = 0
        while true {
            let totals = totals()
            let faults = faults()
            let fatal = faults.entries.first { $0.fault.isViewer || totals.tally.opened == 0 }
            if let fault = fatal?.fault { throw .unavailable(fault, place(of: fault)) }
            let now = MonotonicClock.now()
            if openingNanoseconds == 0, totals.hasOpened == peers.count {
                openingNanoseconds = now - openingBegan
                openedAtOnce = totals.tally.opened
            }
            if openingNanoseconds > 0, totals.streaming == plan.viewers { break }
            if totals.tally.opened + totals.streaming + Int64(faults.total) > progress {
                progress = totals.tally.opened + totals.streaming + Int64(faults.total)
                progressAt = now
            }
            if isAborted || wasInterrupted { throw .interrupted }
            if now > deadline, now - progressAt > LoadLimits.handshakeNanoseconds {
                let silent = openingNanoseconds > 0 ? plan.viewer : plan.target
                throw .unavailable(Fault(.timedOut), (silent ?? plan.target).authority)
            }
            try turn()
        }
        if plan.rampSeconds == 0, plan.visitors > 0, totals().tally.open == 0 {
            throw .unavailable(closingFault ?? Fault(.timedOut), plan.target.authority)
        }
    }

    private func place(of fault: Fault) -> String {
        fault.isViewer ? plan.viewer?.authority ?? "" : plan.target.authority
    }

    // MARK: - Running

    private func pace() throws(LoadFailure) {
        phase = .running
        if plan.viewers > 0, let viewer = plan.viewer {
            foldedAtBegin = ServerCounts.folded(
                at: viewer, token: plan.token, withinNanoseconds: LoadLimits.metricsNanoseconds)
        }
        // A moment from now, so that every process knows before the first sample is due.
        begin = MonotonicClock.now() + 50_000_000
        beginSecond(at: begin)
        tell(.begin, begin)
        // What was spent on connecting is told by then, and counts before the run.
        while case let rest = begin - MonotonicClock.now(), rest > 0, !wasInterrupted, !isAborted {
            try turn(timeoutNanoseconds: rest)
        }
        if wasInterrupted || isAborted { throw .interrupted }
        meter?.begin(at: MonotonicClock.now())
        cpuAtBegin = eachPeer { $0.progress.cpuNanoseconds }
        // A process that is behind may still have samples that fell due in time.
        let deadline = begin + plan.durationNanoseconds
        while !wasInterrupted, !isAborted {
            let now = MonotonicClock.now()
            if now >= deadline, totals().hasSent == peers.count { break }
            if now >= deadline + LoadLimits.closingNanoseconds { break }
            if isEveryoneGone { break }
            if plan.rampSeconds > 0, totals().tally.opened == 0, let fault = closingFault, now > begin {
                throw .unavailable(fault, plan.target.authority)
            }
            try turn()
        }
        tell(.stop)
    }

    /// Whether nobody is connected any more, or will be.
    private var isEveryoneGone: Bool {
        let tally = totals().tally
        return plan.visitors > 0 && tally.ended >= Int64(plan.visitors)
    }

    /// The commonest fault.
    private var closingFault: Fault? { faults().entries.max { $0.count < $1.count }?.fault }

    /// Waits until everyone has everything, or nothing more comes.
    private func settle() throws(LoadFailure) {
        let deadline = end + Int64(plan.settleSeconds * 1e9)
        // What comes of a server that fell behind may come late; what is silent for long will not come.
        let quiet = plan.rate == .unpaced ? Int64(plan.settleSeconds * 1e9) : LoadLimits.quietNanoseconds
        // Who interrupts a run that is over does not want to wait for what is under way.
        while !isAborted, !(wasWhole && wasInterrupted) {
            let now = MonotonicClock.now()
            let totals = totals()
            let isWhole = totals.received >= UInt64(totals.tally.sent) * UInt64(plan.viewers)
            if totals.hasSent == peers.count, totals.tally.blocked == 0, plan.viewers == 0 || isWhole {
                return
            }
            let heard = max(totals.lastArrival, end)
            if now >= deadline || (plan.viewerBytesPerSecond == nil && now - heard >= quiet) { return }
            try turn()
        }
    }

    // MARK: - Collecting

    private func collect() throws(LoadFailure) {
        tell(.count)
        let start = MonotonicClock.now()
        func isWaiting(for isThere: (borrowing LoadPeer) -> Bool) -> Bool {
            // What the processes have to say takes a moment; whoever is in a hurry does not wait for one
            // that says nothing.
            let patience = isAborted ? LoadLimits.abortedNanoseconds : LoadLimits.handshakeNanoseconds
            return eachPeer(isThere).contains(false) && MonotonicClock.now() < start + patience
        }
        while isWaiting(for: { $0.hasCounted }) { try turn() }
        guard !eachPeer({ $0.hasCounted }).contains(false) else { return }
        var payload = ByteBuffer(capacity: plan.visitors * 4 + 64)
        for index in 0..<peers.slotCount {
            guard let peer = unsafe peers.at(index)?.element else { continue }
            for count in unsafe peer.pointee.sentCounts { payload.append(memoryOf: count) }
        }
        unsafe tell(.totals, bytes: payload.readable)
        while isWaiting(for: { $0.isDone }) { try turn() }
        // Behind the figures, which would go on growing while a server takes its time to answer.
        if let viewer = plan.viewer, let before = foldedAtBegin, !isAborted {
            let patience = LoadLimits.laterMetricsNanoseconds
            folded = ServerCounts.folded(at: viewer, token: plan.token, withinNanoseconds: patience)
                .map { max($0 - before, 0) }
        }
    }
}
