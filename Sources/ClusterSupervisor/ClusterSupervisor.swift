import ByteCore
import Glibc
public import PosixIO
import RelayChannels
public import RelayWire
public import SupervisorCore
import Telemetry

/// The workers and their connections: starts and replaces processes, accepts on the ingest port, hands each
/// connection on, and reads what the workers say.
///
/// It owns no loop: the master's loop hands it the events of its token kinds. What to do about a worker is
/// decided by `Supervisor`, which is pure; this class has the descriptors. Times are nanoseconds of
/// CLOCK_MONOTONIC.
public final class ClusterSupervisor<Sink: RelaySink> {
    /// Where visitors arrive, with the port the kernel chose.
    public let address: SocketAddress

    let sink: Sink
    var executable: Descriptor
    /// What the workers of a reload are started from, until they serve.
    var nextExecutable: Descriptor?
    var nextArguments: [String]?
    let null: Descriptor
    var workerArguments: [String]
    /// What workers sign visitors' ids and tokens with, 32 bytes; to be set before `start`. Without one they
    /// are told none.
    public var identityKey: [UInt8] = []
    /// What a worker is told as soon as it is there: how often visitors sample now.
    public var sampling: ControlRecord?
    /// Connections that may wait for one worker.
    let waitingLimit: Int
    /// How long a worker that drains has for its connections.
    var drainMilliseconds: UInt32
    /// The listeners of the ingest port; the first one is that of all but `reuseport`.
    var doors: [IngestDoor]
    /// Whether each worker has one of its own.
    let sharesPort: Bool
    /// Whether there was ever a worker that accepts itself.
    var haveDoors = false
    /// Whether workers are started with a listener, and those of a reload that is under way.
    var workersAccept: Bool
    var nextWorkersAccept = false
    /// The first of five token kinds: listener, then a worker's data, control, process and standard error.
    let kind: UInt8
    var core: Supervisor
    /// By the supervisor's index; nil while a worker is not running.
    var workers: [WorkerProcess?]
    /// Counters of lives that have ended, by `WorkerCounter`.
    var endedCounters = [UInt64](repeating: 0, count: WorkerCounter.allCases.count)
    /// Samples that a killed worker had received and not passed on.
    public internal(set) var eventsLost: UInt64 = 0
    /// Judges connections by where they come from.
    var door: Door
    /// Connections refused there that have been told so, and until when each is kept; the oldest first.
    /// Those that a worker has told have no descriptor here.
    var told: [(descriptor: Int32?, until: Int64)] = []
    /// Connections turned away because every worker was full.
    var refusedAtCapacity: UInt64 = 0
    /// Connections turned away because no worker was running.
    var refusedWithoutWorker: UInt64 = 0
    /// Connections that came back to the worker that handed them over, as no other had room.
    public internal(set) var movesReturned: UInt64 = 0
    /// What the log has been told of them, in the order of `refusals`, and whether there are more.
    var refusalsLogged = [UInt64](repeating: 0, count: 2 + AddressRefusal.allCases.count)
    var hasNewRefusals = false
    var nextRefusalLog: Int64 = 0
    var originsRefusedLogged: UInt64 = 0
    var nextOriginLog: Int64 = 0
    var nextConnection: UInt64 = 1
    /// Worker processes that were ever asked for.
    var lives: UInt32 = 0
    /// Connections that wait for any worker to be there.
    var strays: [Stray] = []
    /// Since when no worker takes connections; nil while one does.
    var workerlessSince: Int64?
    /// When accepting goes on after it had to rest.
    var acceptsAgainAt: Int64?
    var hasEnded = false
    /// What makes a place's worker where tests have no process for each; its life and the time are told.
    var maker: ((_ index: Int, _ life: UInt32, _ now: Int64) throws(SystemError) -> WorkerProcess)?
    /// What a test breaks on purpose, to see that its model notices.
    var fault: ClusterFault?

    /// Describes the cluster; nothing runs until `start`. At most `waitingLimit` connections wait for one
    /// worker.
    ///
    /// Workers are started from `executable` with `workerArguments`; `kind` and the four numbers behind it
    /// are the token kinds of its descriptors. `door` says how much of the port one address may have,
    /// `balance` which worker a connection goes to, `policy` when a worker is given up or replaced, and
    /// `drainMilliseconds` in what time one that is replaced closes its connections.
    public init(
        listener: consuming Listener, sink: Sink, executable: consuming Descriptor, workerArguments: [String],
        workerCount: Int, balance: Balance, policy: RestartPolicy, waitingLimit: Int,
        drainMilliseconds: UInt32, door: DoorSettings, kind: UInt8
    ) throws(SystemError) {
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        address = listener.address
        doors = [IngestDoor(listener)]
        sharesPort = balance == .reuseport
        workersAccept = balance.isOfWorkers
        self.sink = sink
        self.executable = executable
        self.null = null
        self.workerArguments = workerArguments
        self.waitingLimit = waitingLimit
        self.drainMilliseconds = drainMilliseconds
        self.kind = kind
        core = Supervisor(
            workerCount: workerCount, drainNanoseconds: Int64(drainMilliseconds) * 1_000_000,
            balance: balance, policy: policy, seed: .random(in: .min ... .max))
        self.door = Door(door, seed: .random(in: .min ... .max))
        workers = (0..<workerCount).map { _ in nil }
    }

    /// Starts the workers; the listener is watched once one of them is ready, or too long none is.
    public func start(_ poller: borrowing Poller, now: Int64) {
        workerlessSince = now
        carryOut(core.start(now: now), poller, now: now)
    }

    /// Whether an event's token is the cluster's.
    @inline(__always)
    public func owns(_ token: Token) -> Bool { token.kind >= kind && token.kind < kind + 5 }

    /// Takes an event of one of its descriptors.
    public func handle(_ event: ReadyEvent, _ poller: borrowing Poller, now: Int64) {
        let index = Int(event.token.index)
        let part = event.token.kind - kind
        if part == 0 {
            guard doors[index].isWatched else { return }
            return acceptConnections(at: index, poller, now: now)
        }
        defer { if haveDoors { tendDoors(poller, now: now) } }
        guard let worker = workers[index], worker.life & 0xFF_FFFF == event.token.generation else { return }
        switch part {
        case 1:
            if event.isWritable { sendWaiting(to: index, poller) }
            if event.isReadable { readData(of: worker, index, poller, now: now) }
        case 2:
            if event.isWritable { flushControl(of: worker, poller) }
            if event.isReadable { readControl(of: worker, index, poller, now: now) }
        case 3: workerEnded(worker, index, poller, now: now)
        default: readErrors(of: worker, index, poller, now: now)
        }
    }

    /// The number of the worker in a place, as people and lists of processes call it.
    func number(of index: Int) -> Int { core.number(of: index) }

    /// Whether every worker has said that it accepts connections, at least once.
    public var isReady: Bool { core.isReady }

    /// Workers that accept connections now.
    public var runningCount: Int { core.runningCount }

    /// Whether no worker runs because an operator wants none.
    public var isHalted: Bool { core.isHalted }

    /// Visitors' connections that fit at a time.
    public var capacity: Int { core.capacity }

    /// Whether every worker is gone after `stop`.
    public var isStopped: Bool { hasEnded }

    /// Stops accepting and tells the workers to close everyone; `isStopped` turns true when they are gone.
    public func stop(_ poller: borrowing Poller, now: Int64) {
        stopAccepting(poller)
        doors[0].listener.removeFile()
        endStrays(now: now)
        carryOut(core.stopRequested(now: now), poller, now: now)
    }

    /// When it wants a turn of the loop at the latest.
    public func nextDeadline() -> Int64? {
        [core.nextDeadline, acceptsAgainAt, refusesAt, told.first?.until].compactMap { $0 }.min()
    }

    /// Heartbeats, restarts that were put off, deadlines; to be called every turn of the loop.
    public func tick(_ poller: borrowing Poller, now: Int64) {
        if let time = acceptsAgainAt, now >= time {
            acceptsAgainAt = nil
            tendDoors(poller, now: now)
        }
        if let time = refusesAt, now >= time { tendDoors(poller, now: now) }
        if !told.isEmpty { closeTold(now: now) }
        // What a worker has taken over makes room for more.
        placeStrays(poller, now: now)
        logRefusals(now: now)
        if let deadline = core.nextDeadline, now >= deadline {
            carryOut(core.timerFired(now: now), poller, now: now)
            noteWorkerless(poller, now: now)
            takeLeftovers(ofSilent: true, poller, now: now)
        }
    }

    // MARK: What the supervisor decides

    func carryOut(_ actions: [SupervisorAction], _ poller: borrowing Poller, now: Int64) {
        guard !actions.isEmpty else { return }
        // Whoever is to hand over all that it has is not to take more meanwhile.
        if haveDoors { tendDoors(poller, now: now) }
        defer { if haveDoors { tendDoors(poller, now: now) } }
        for action in actions {
            switch action {
            case .spawn(let index): spawn(index, poller, now: now)
            case .kill(let index):
                guard let worker = workers[index] else { continue }
                sink.noted(.workerUnresponsive(number: number(of: index), pid: worker.child.pid))
                worker.child.signal(SIGKILL)
            case .sendPing(let index, let sequence):
                workers[index]?.isSilent = workers[index]?.owesPong ?? false
                workers[index]?.owesPong = true
                order(.ping(sequence: sequence), to: index, poller)
            case .sendStop(let index):
                logMoved(from: index, now: now)
                noteLeaving(index, "it was told to stop")
                let deadline = ClusterLimits.stopDeadlineMilliseconds
                order(.stop(deadlineMilliseconds: deadline), to: index, poller)
            case .close(let index): noteLeaving(index, "it is given no more connections")
            case .sendDrain(let index): empty(index, poller, now: now)
            case .sendMove(let index, let count): move(count, from: index, poller)
            case .gaveUp(let index, let deaths): noteGivenUp(index, deaths)
            case .memoryExceeded(let index, let bytes): noteOverMemory(index, bytes)
            case .changeEnded(let outcome): changeEnded(outcome)
            case .finish: hasEnded = true
            }
        }
    }

    private func noteLeaving(_ index: Int, _ why: StaticString) {
        guard let worker = workers[index], !worker.isLeaving else { return }
        worker.isLeaving = true
        sink.noted(.workerStopping(number: number(of: index), pid: worker.child.pid, why: why))
    }

    /// Tells the worker of a channel something, unless it is gone by now.
    public func tell(_ record: ControlRecord, onChannel channel: Int, _ poller: borrowing Poller) {
        for index in workers.indices where workers[index]?.channel == channel {
            order(record, to: index, poller)
        }
    }

    /// Tells every worker something.
    public func tellEveryone(_ record: ControlRecord, _ poller: borrowing Poller) {
        for index in workers.indices { order(record, to: index, poller) }
    }

    func order(_ record: ControlRecord, to index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index] else { return }
        worker.control.send(record)
        flushControl(of: worker, poller)
    }

    private func spawn(_ index: Int, _ poller: borrowing Poller, now: Int64) {
        lives &+= 1
        let life = lives
        while workers.count <= index { workers.append(nil) }
        do throws(SystemError) {
            let worker = try process(for: index, life: life, now: now)
            do throws(SystemError) {
                try worker.watch(poller) { Token(kind: kind + $0, index: UInt32(index), generation: life) }
            } catch {
                // Nobody would hear of it: neither what it says nor its end.
                worker.child.killAndReap()
                throw error
            }
            if !identityKey.isEmpty {
                unsafe identityKey.withUnsafeBytes { unsafe worker.data.sendIdentityKey($0) }
            }
            worker.channel = sink.channelOpened(pid: worker.child.pid)
            workers[index] = worker
        } catch {
            sink.noted(.workerNotStarted(number: number(of: index), why: error.text))
            return carryOut(core.workerExited(index, now: now), poller, now: now)
        }
        sendWaiting(to: index, poller)
        guard let worker = workers[index] else { return }
        if let sampling { worker.control.send(sampling) }
        flushControl(of: worker, poller)
        sink.noted(.workerStarted(number: number(of: index), pid: worker.child.pid))
        carryOut(core.workerSpawned(index, now: now), poller, now: now)
    }
}
