import ByteCore
import Glibc
public import PosixIO
import Tables

/// Runs one process's part of a load: it does what the parent at the other end of `channel` says, and ends
/// when that is gone. `name` is the run's, the same in all its processes. Returns the exit status
/// (sysexits(3)).
public func runLoadProcess(
    _ plan: LoadPlan, share: LoadShare, name: RunName, channel: consuming Descriptor
) -> Int32 {
    _ = DescriptorLimit.raise()
    sharpenTimers()
    // A signal for the whole group is the parent's to act on; this process ends with it in any case.
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { SignalSource.ignore(signal) }
    do throws(Recording.Failure) {
        let crowd = try VisitorCrowd(plan, share, run: name.letters)
        guard let poller = try? Poller() else { return EX_OSERR }
        let audience = Audience(plan, run: name.letters)
        var process = LoadProcess(
            plan, share, crowd: crowd, audience: audience, poller: poller, channel: channel)
        return process.run()
    } catch {
        // The parent has read the same recording, so that this is the file's change, not the user's mistake.
        return EX_NOINPUT
    }
}

/// One process of a run: visitors, viewers and the parent in one loop.
struct LoadProcess: ~Copyable {
    private enum Phase {
        /// The parent has not said anything yet.
        case waiting
        /// Connecting; no sample is due.
        case opening
        /// Samples go out as they are due.
        case running
        /// Nothing more is sent; what is under way is received.
        case settling
    }

    private static let channelKind: UInt8 = 3

    private let plan: LoadPlan
    private let share: LoadShare
    private let poller: Poller
    private var crowd: VisitorCrowd
    private var audience: Audience
    private var channel: LoadChannel
    private var phase = Phase.waiting
    private var isOver = false
    private var queueRounds: Int64 = 0
    /// Processes of the server that the parent stops in drain mode.
    private var stopped: [Int32] = []
    private var nextProgress: Int64 = 0
    private var nextSend: Int64 = 0
    private var nextExpiry: Int64 = 0
    private var nextSlowRead: Int64 = 0
    private var toldLatencies = LatencyHistogram()
    private var toldHandshakes = LatencyHistogram()
    private var toldLag = LatencyHistogram()
    private var toldThrough: Int64 = -1
    private var toldOpened = false

    init(
        _ plan: LoadPlan, _ share: LoadShare, crowd: consuming VisitorCrowd, audience: consuming Audience,
        poller: consuming Poller, channel: consuming Descriptor
    ) {
        self.plan = plan
        self.share = share
        self.poller = poller
        self.crowd = crowd
        self.audience = audience
        self.channel = LoadChannel(channel)
    }

    /// Runs until the parent says that it is over, or is gone.
    mutating func run() -> Int32 {
        // The parent may be gone, by SIGKILL even: what it may have stopped goes on.
        defer { ProcessTree.signal(SIGCONT, to: stopped) }
        do throws(SystemError) {
            try poller.add(channel.raw, for: .readable, token: Token(kind: Self.channelKind))
            while !isOver { try turn() }
        } catch {
            return EX_OSERR
        }
        crowd.dismiss()
        return EX_OK
    }

    private mutating func turn() throws(SystemError) {
        var now = MonotonicClock.now()
        var isBehind = false
        if phase == .opening || phase == .running {
            crowd.connectDue(now: now, poller: poller)
            crowd.comeAndGo(now: now, poller: poller)
        }
        if phase == .running {
            // The last turn sends what fell due before the end, however short the time since the one before;
            // a turn that began before the end and took beyond it is not the last.
            let isLast = now >= crowd.begin + plan.durationNanoseconds
            if now >= min(nextSending, crowd.begin + plan.durationNanoseconds) {
                isBehind = crowd.sendDue(now: now)
                now = MonotonicClock.now()
                nextSend = isBehind ? now : now + crowd.schedule.tickNanoseconds
            }
            if isLast, !isBehind { endSending() }
        }
        if now >= nextExpiry {
            nextExpiry = now + 1_000_000_000
            crowd.expire(now: now)
        }
        if plan.viewerBytesPerSecond != nil, now >= nextSlowRead {
            nextSlowRead = now + LoadLimits.slowTurnNanoseconds
            audience.readSlowly(now: now)
        }
        if now >= nextProgress || isThrough || hasOpened != toldOpened { tellProgress(now) }
        let ready = try poller.wait(timeoutNanoseconds: isBehind ? 0 : nextWake - MonotonicClock.now())
        for index in 0..<ready { dispatch(poller.event(at: index)) }
    }

    /// When something is to be sent next. What is due is asked anew each time: one who comes back, or whose
    /// socket has room again, may have something due before anyone else has.
    private var nextSending: Int64 { max(nextSend, crowd.nextDueNanoseconds) }

    private var nextWake: Int64 {
        var next = min(nextProgress, nextExpiry)
        if plan.viewerBytesPerSecond != nil { next = min(next, nextSlowRead) }
        switch phase {
        case .waiting, .settling: break
        case .opening: next = min(next, crowd.nextArrivalNanoseconds)
        case .running:
            next = min(next, crowd.nextArrivalNanoseconds, crowd.begin + plan.durationNanoseconds)
            // In a flood whose sockets are all full there is nothing to do until one has room.
            if plan.rate != .unpaced || nextSend == crowd.begin || crowd.tally.open > crowd.tally.blocked {
                next = min(next, nextSending)
            }
        }
        return next
    }

    private mutating func dispatch(_ event: ReadyEvent) {
        switch event.token.kind {
        case VisitorCrowd.kind: crowd.ready(event, now: MonotonicClock.now(), poller: poller)
        case Audience.kind: audience.ready(event, poller: poller)
        default:
            if event.isReadable {
                let isThere = channel.read()
                while let record = channel.next() { obey(record) }
                if !isThere || channel.isUnreadable { isOver = true }
            }
            flushChannel()
        }
    }

    private mutating func endSending() {
        phase = .settling
        crowd.endSending(now: MonotonicClock.now())
        // The parent takes the time and this process's CPU now, not with the next progress.
        tellProgress(MonotonicClock.now())
    }

    // MARK: - The parent's orders

    private mutating func obey(_ record: LoadRecord) {
        switch record.type {
        case .open:
            phase = .opening
            audience.connect(count: share.viewers.count, poller: poller)
        case .begin:
            let begin = record.value(as: Int64.self)
            audience.scanner.begin = begin
            crowd.began(at: begin)
            nextSend = begin
            tellProgress(MonotonicClock.now())
            phase = plan.mode == .pace ? .running : .opening
        case .stop:
            // What is due is sent first; what this process is behind with, beyond one turn's work, is not.
            if phase == .running { _ = crowd.sendDue(now: MonotonicClock.now()) }
            if phase != .settling { endSending() }
        case .count: tellSent()
        case .totals: tellViewers(record)
        case .stopping:
            stopped = (0..<record.count(of: Int32.self)).map { record.number($0, as: Int32.self) }
        case .queue:
            crowd.queue(frames: Int(record.value(as: Int64.self)))
            queueRounds += 1
            toldThrough = -1
            tellProgress(MonotonicClock.now())
        case .finish: isOver = true
        default: break
        }
    }

    // MARK: - What the parent is told

    /// Whether a round of drain mode is over and the parent does not know yet: it measures the time.
    private var isThrough: Bool {
        queueRounds > 0 && crowd.tally.through != toldThrough && crowd.tally.through >= crowd.tally.queued
    }

    /// Whether everyone has tried to connect, and nobody's handshake is under way: the parent measures
    /// that too.
    private var hasOpened: Bool {
        guard phase == .opening else { return phase != .waiting }
        return plan.rampSeconds > 0 || crowd.nextToConnect == crowd.count && crowd.tally.connecting == 0
    }

    private mutating func tellProgress(_ now: Int64) {
        nextProgress = now + LoadLimits.progressNanoseconds
        var progress = LoadProgress()
        progress.tally = crowd.tally
        progress.streaming = Int64(audience.streamingCount)
        progress.received = audience.received
        progress.viewerBytes = audience.bytesIn
        progress.lastArrival = audience.lastArrival
        progress.cpuNanoseconds = ProcessTime.now()
        progress.residentBytes = ProcessMemory.residentBytes(of: ProcessMemory.ownPid)
        progress.hasOpened = hasOpened ? 1 : 0
        progress.hasSent = phase == .settling ? 1 : 0
        progress.queueRounds = queueRounds
        progress.lastWritten = crowd.lastWritten
        toldThrough = crowd.tally.through
        toldOpened = hasOpened
        var output = ByteBuffer(capacity: 4096)
        output.appendRecord(.progress, progress)
        audience.latencies.appendGrowth(since: &toldLatencies, as: .latencies, to: &output)
        crowd.handshakes.appendGrowth(since: &toldHandshakes, as: .handshakes, to: &output)
        crowd.lag.appendGrowth(since: &toldLag, as: .lag, to: &output)
        appendFaults(to: &output)
        unsafe channel.outbound.append(output.readable)
        flushChannel()
    }

    private func appendFaults(to output: inout ByteBuffer) {
        guard crowd.faults.total + audience.faults.total > 0 else { return }
        var payload = ByteBuffer(capacity: 256)
        for entries in [crowd.faults.entries, audience.faults.entries] {
            for (fault, count) in entries {
                payload.append(memoryOf: UInt64(fault.kind.rawValue))
                payload.append(memoryOf: UInt64(fault.code))
                payload.append(memoryOf: count)
            }
        }
        unsafe output.appendRecord(.faults, bytes: payload.readable)
    }

    private mutating func tellSent() {
        if phase != .settling { endSending() }
        tellProgress(MonotonicClock.now())
        var payload = ByteBuffer(capacity: 4 * crowd.count + 16)
        for index in 0..<crowd.count { unsafe payload.append(memoryOf: crowd.at(index).pointee.sent) }
        channel.outbound.append { unsafe $0.appendRecord(.sentCounts, bytes: payload.readable) }
        flushChannel()
    }

    private mutating func tellViewers(_ record: LoadRecord) {
        let count = record.count(of: UInt32.self)
        let sent = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: max(count, 1))
        defer { unsafe sent.deallocate() }
        for index in 0..<count { unsafe sent[index] = record.number(index, as: UInt32.self) }
        let all = unsafe UnsafeBufferPointer(rebasing: sent[..<count])
        var missing = [UInt32](repeating: 0, count: count)
        unsafe audience.addMissing(sent: all, to: &missing)
        var output = ByteBuffer(capacity: 4096)
        unsafe audience.forEachFigures(sent: all, now: MonotonicClock.now()) {
            output.appendRecord(.viewer, $0)
        }
        unsafe missing.withUnsafeBytes { unsafe output.appendRecord(.missing, bytes: $0) }
        unsafe channel.outbound.append(output.readable)
        tellProgress(MonotonicClock.now())
        channel.outbound.append { $0.appendRecord(.done) }
        flushChannel()
    }

    private mutating func flushChannel() {
        if !channel.flush() { isOver = true }
        let wanted: Interest = channel.outbound.isEmpty ? .readable : [.readable, .writable]
        try? poller.modify(channel.raw, for: wanted, token: Token(kind: Self.channelKind))
    }
}
