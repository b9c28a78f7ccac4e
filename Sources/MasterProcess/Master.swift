import BroadcastHub
import ByteCore
import ClusterSupervisor
import FramesShape
import Glibc
import HTTPWire
import IdentityWire
import PosixIO
import RelayWire
import SupervisorCore
import Telemetry
import ViewerGateway

/// The master process: it wires the cluster to the hub and the hub to the viewers, in one loop.
final class Master {
    /// What a token's kind means; gateway and cluster number theirs from the one named here.
    enum Kind {
        static let signal: UInt8 = 1
        static let front: UInt8 = 2
        static let demo: UInt8 = 3
        static let demoErrors: UInt8 = 4
        static let gateway: UInt8 = 8
        static let cluster: UInt8 = 16
        static let hash: UInt8 = 32
        static let keep: UInt8 = 33
        static let control: UInt8 = 40
        static let upgrade: UInt8 = 48
        static let watch: UInt8 = 49
    }

    /// The stages of the master's life; deadlines are CLOCK_MONOTONIC in nanoseconds.
    enum Life {
        case running
        /// It says that it is not ready, and serves on until the deadline.
        case leaving(deadline: Int64)
        /// The workers close their visitors.
        case stoppingWorkers(deadline: Int64)
        /// The viewers are given what is pending for them.
        case drainingViewers(deadline: Int64)
        case ended
    }

    /// The loop wakes up at least this often to measure rates and flush the log, nanoseconds.
    private static let measurePeriod: Int64 = 1_000_000_000
    /// When workers that have not stopped are killed, nanoseconds; their own deadline is 2.5 s.
    static let workersDeadline: Int64 = 3_500_000_000
    static let viewersDeadline: Int64 = 1_000_000_000

    var settings: MasterSettings
    let log: EventLog
    /// Whoever started the server as a service.
    let service: ServiceReporter
    let hub: BroadcastHub
    /// What viewers and other callers of the HTTP port may make this process keep for them.
    let held: ByteBudget
    let poller: Poller
    let signals: SignalSource
    let executable: Descriptor
    /// Where it lay at the start.
    let executablePath: String
    let startedAt: Int64
    /// The clocks as it started.
    let startClocks: MonotonicClock.Reading
    var cluster: ClusterSupervisor<Master>!
    var gateway: ViewerGateway!
    /// Who is let in; nil where everybody is.
    let access: AccessKeeper?
    /// How often visitors sample.
    let sampling: SamplingDesk
    var demo: DemoProcess?
    /// Where operators ask; nil where they cannot.
    var control: ControlDesk?
    /// What has happened to workers.
    let lives = WorkerLives()
    /// What was said of the files of Unix sockets.
    var socketFiles = SocketFiles()
    /// The change of workers that was asked for last, and what came of it.
    var changes = WorkerChanges()
    /// The upgrade that was asked for, its number, and how those before ended.
    var upgrade: UpgradeDesk?
    var upgradeNumber: UInt64 = 1 << 63
    var upgrades = UpgradeCounts()
    /// Notices when program or configuration change; nil where nobody asked for that.
    var watch: FileWatcher?
    /// What a configuration that was refused is read with: mended, it is to be read again.
    var refusedFiles: [String] = []
    /// Begins what the program before has left; nil where there was none.
    private var resumption: (() -> Void)?
    /// When a stop has taken all of its time.
    var stopsBy: Int64 = 0
    var life = Life.running
    var now: Int64
    var isAnnounced = false
    /// Why the start failed; nil while it has not.
    var startFailure: String?
    /// The last words of a worker during the start, for the message if the start fails.
    var wordsAtStart = ""
    /// What was decided about identities that visitors came back with; their workers are still to be told.
    var verdicts: [(channel: Int, order: ControlRecord)] = []
    private var nextMeasure: Int64
    var nextClockReading: Int64
    private var lastMeasure: Int64
    var refusedVisitors: UInt64 = 0
    var refusedForMemory: UInt64 = 0
    /// Whether this process ends when the front process does, which is so until the front detaches.
    var dependsOnFront: Bool

    /// Binds both ports and prepares everything; nothing runs yet.
    init(
        _ settings: MasterSettings, front: FrontSockets?, log: EventLog, budget: DescriptorBudget
    ) throws(StartError) {
        do throws(SystemError) {
            self.settings = settings
            self.log = log
            service = ServiceReporter(front == nil ? settings.service : .none, log)
            dependsOnFront = front != nil
            now = MonotonicClock.now()
            startedAt = now
            nextMeasure = now + Self.measurePeriod
            nextClockReading = now + MasterLimits.clockNanoseconds
            lastMeasure = now
            signals = try Self.takeSignals()
            poller = try Poller()
            executable = try ChildProcess.ownExecutable()
            executablePath = ProgramName.startPath()
            held = ByteBudget(limit: MasterLimits.heldBytes)
            startClocks = MonotonicClock.steadyReading()
            hub = BroadcastHub(
                boot: .random(in: .min ... .max), epochOffsetNanoseconds: startClocks.wallClockOffset,
                sleptNanoseconds: startClocks.slept, limits: settings.hubLimits, budget: held,
                hashSeed: .random(in: .min ... .max))
            try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        } catch {
            throw StartError(message: error.text, exitStatus: .system)
        }
        sampling = SamplingDesk(settings.sampling, slotLimit: hub.limits.slotsPerChannel)
        let ingest = try Self.listen(
            "--ingest", settings.ingest, settings.passed.ingest, settings.network,
            sharesPort: settings.balance == .reuseport)
        let http = try Self.listen("--http", settings.http, settings.passed.http, settings.network)
        access = try Self.accessKeeper(settings, http.address, executable, log, now: now)
        let identityKey = try takeUpIdentities()
        do throws(SystemError) {
            try makePorts(ingest: ingest, http: http, budget)
            cluster.sampling = samplingRecord
            cluster.identityKey = identityKey.bytes
            try gateway.start(poller)
            if let front {
                let rate = FrameRate(rawValue: settings.frontRate) ?? .hz10
                gateway.attachFront(Descriptor(owning: front.stream), rate: rate, poller, now: now)
            }
        } catch {
            throw StartError(message: error.text, exitStatus: .system)
        }
        control = try Self.controlDesk(
            settings.control, hasFront: front?.control != nil, version: settings.version, poller, log)
        openControl(terminal: front?.control)
    }

    /// Goes on where the program before in this process was.
    init(
        _ settings: MasterSettings, taking left: CarriedMaster, _ inheritance: Succession.Inheritance,
        hub: BroadcastHub, held: ByteBudget, log: EventLog, budget: DescriptorBudget
    ) {
        self.settings = settings
        self.log = log
        self.hub = hub
        self.held = held
        service = ServiceReporter(settings.service, log)
        dependsOnFront = left.dependsOnFront
        now = MonotonicClock.now()
        startedAt = left.startedAt
        startClocks = .init(now: left.clockNow, wallClockOffset: left.wallClockOffset, slept: left.slept)
        executablePath = left.executablePath
        nextMeasure = now + Self.measurePeriod
        nextClockReading = now
        lastMeasure = now
        sampling = SamplingDesk(settings.sampling, slotLimit: hub.limits.slotsPerChannel)
        do throws(SystemError) {
            signals = try Self.takeSignals()
            poller = try Poller()
            executable = try ChildProcess.ownExecutable()
            access = Self.accessKeeper(settings, left, executable, log, now: now)
            try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
            try makePorts(
                ingest: Listener(left.cluster.door), http: Listener(left.gateway.door), budget)
        } catch {
            Succession.giveUp(because: error.text)
        }
        take(left)
        resumption = { [unowned self] in
            begin(inheritance, left.version, left.why)
            beginWatch(isOwed: left.isReloadOwed)
        }
    }

    /// Runs the loop until it is told to stop; returns the exit status.
    func run() -> Int32 {
        if let resumption {
            resumption()
        } else {
            cluster.start(poller, now: now)
            beginWatch(isOwed: false)
        }
        resumption = nil
        while true {
            hub.endTurn(now: now)
            if let due = hub.nextTick(now: now), now >= due { hub.tick(now: now) }
            hub.foldHistories(now: now)
            gateway.serve(poller, now: now)
            advanceLife()
            control?.serve(poller, now: now)
            tellOfChange()
            advanceUpgrade()
            advanceWatch()
            if case .ended = life { return finish() }
            do throws(SystemError) {
                let ready = try poller.wait(timeoutMilliseconds: timeoutMilliseconds())
                now = MonotonicClock.now()
                for index in 0..<ready { dispatch(poller.event(at: index)) }
                sendVerdicts()
            } catch {
                log.write("loop_failed") { $0.add("why", error.text) }
                log.finish(withinMilliseconds: MasterLimits.lastWordsMilliseconds)
                return ExitCode.system.rawValue
            }
            if now >= nextClockReading { followClock() }
            cluster.tick(poller, now: now)
            access?.tick(gateway, poller, now: now)
            tickSampling()
            gateway.tick(poller, now: now)
            control?.tick(poller, now: now)
            tickService()
            if now >= nextMeasure { measure() }
        }
    }

    private func timeoutMilliseconds() -> Int32 {
        var next = nextMeasure
        if let due = hub.nextTick(now: now) { next = min(next, due) }
        if let due = hub.nextDeadline { next = min(next, due) }
        if let due = hub.nextFold { next = min(next, due) }
        if let due = gateway.nextDeadline(now: now) { next = min(next, due) }
        if let due = cluster.nextDeadline() { next = min(next, due) }
        if let due = access?.nextDeadline { next = min(next, due) }
        if let due = nextSampling { next = min(next, due) }
        if let due = control?.nextDeadline { next = min(next, due) }
        if let due = service.nextDeadline { next = min(next, due) }
        if let due = upgrade?.deadline { next = min(next, due) }
        if let due = watch?.nextDeadline { next = min(next, due) }
        switch life {
        case .leaving(let deadline), .stoppingWorkers(let deadline), .drainingViewers(let deadline):
            next = min(next, deadline)
        case .running, .ended: break
        }
        // Rounded up, or the loop would spin through the last fraction of a millisecond.
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    private func dispatch(_ event: ReadyEvent) {
        let token = event.token
        if cluster.owns(token) {
            cluster.handle(event, poller, now: now)
            announceOnce()
        } else if gateway.owns(token) {
            gateway.handle(event, poller, now: now)
        } else if let access, access.owns(token) {
            access.handle(event, gateway, poller, now: now)
        } else if let control, control.owns(token) {
            control.handle(event, poller, now: now)
        } else if token.kind == Kind.signal {
            while let signal = signals.next() { heed(signal) }
        } else if token.kind == Kind.demo {
            demoEnded()
        } else if token.kind == Kind.demoErrors {
            readDemoErrors()
        } else if token.kind == Kind.upgrade {
            upgradeChecked()
        } else if token.kind == Kind.watch {
            heardOfFiles()
        }
    }

    private func measure() {
        // A moment after the second that the hub counts in is over, so that both wake the loop once.
        nextMeasure = (now + Self.measurePeriod * 3 / 2) / Self.measurePeriod * Self.measurePeriod
        measureWorkers(over: Double(now - lastMeasure) / 1e9)
        // What came of one change is told before another one begins.
        tellOfChange()
        if isServing { cluster.measureMemory(poller, now: now) }
        lastMeasure = now
        noteRefusals()
        lookAtSocketFiles()
        if isAnnounced { service.tell(serviceStatus, now: now) }
        if hub.releaseAfterCrowd() { ProcessMemory.releaseFreeHeap() }
        log.flush()
    }
}
