/// Decides about the lives of workers and where connections go: no I/O, the clock passed in.
///
/// ```
///            spawn            spawned           ready            stop
///   absent ---------> spawning -----> starting -----> running ------> stopping --> ended
///     ^                  | fails         | exit          | exit  \        ^ | deadline
///     |    backoff       v               v               v        \       | v
///     +------------------+---------------+---------------+     draining  killed --> ended
/// ```
/// An operator's changes bring new workers in places of their own, which take over once all of them are ready
/// (`standby` until then); whom they replace drains, and its place is `vacant` when it has gone.
/// A worker that dies is replaced at once; while it keeps dying soon after its start, with growing delay, and
/// one that does so again and again is given up until somebody asks for it. A place never has two processes:
/// its next one is asked for only when the exit of the last was reported.
/// Times are nanoseconds of CLOCK_MONOTONIC.
public struct Supervisor {
    var places: [WorkerPlace]
    /// When a stop that was asked for is over at the latest.
    var stopEnds: Int64?
    var isFinished = false
    /// The number of the last heartbeat.
    var sequence: UInt64 = 0
    var nextHeartbeat: Int64 = .max
    /// Which worker a connection goes to.
    public var balance: Balance
    /// Whose turn it is.
    var cursor = 0
    /// Decides between workers that are alike, and spreads starts.
    var chance: Chance
    /// When nobody follows a worker that died, and when one that lives is replaced.
    public let policy: RestartPolicy
    /// Evening out after workers came; nil while there is nothing to even out.
    var evening: Evening?
    /// When the next worker may be replaced for its memory.
    var nextMemoryRestart: Int64 = .min
    /// Workers that were replaced for their memory.
    public internal(set) var memoryRestarts = 0
    /// The operator's change that is under way.
    var change: Change?
    /// How long a worker that drains has for its connections.
    public var drainNanoseconds: Int64
    /// Deaths of workers whose places are nobody's any more.
    var departedRestarts = 0
    /// What a test breaks on purpose, to see that its model notices.
    var fault: SupervisorFault?

    /// Plans `workerCount` workers, at least one; one that drains has `drainNanoseconds` for that. `seed` is
    /// random.
    public init(
        workerCount: Int, drainNanoseconds: Int64 = 0, balance: Balance = .leastConnections,
        policy: RestartPolicy = .standard, seed: UInt64
    ) {
        precondition(workerCount > 0)
        self.balance = balance
        self.policy = policy
        self.drainNanoseconds = drainNanoseconds
        chance = Chance(seed: seed)
        places = (1...workerCount).map { WorkerPlace(life: .absent(until: .max), number: $0) }
    }

    /// Whether a stop was asked for.
    public var isStopping: Bool { stopEnds != nil }

    /// Whether every place has had a worker that was ready, but for those whose workers were given up; not
    /// before there was one.
    public var isReady: Bool { isSettled && places.contains { $0.hasBeenReady } }

    /// Whether nobody's first start is waited for.
    var isSettled: Bool {
        places.allSatisfy { $0.hasBeenReady || $0.fate != .kept || $0.life == .givenUp }
    }

    /// Asks for the first processes.
    public mutating func start(now: Int64) -> [SupervisorAction] {
        nextHeartbeat = now + SupervisorLimits.heartbeatNanoseconds
        return places.indices.map { spawn($0) }
    }

    mutating func spawn(_ index: Int) -> SupervisorAction {
        places[index].life = .spawning
        return .spawn(index)
    }

    /// A process was started.
    public mutating func workerSpawned(_ index: Int, now: Int64) -> [SupervisorAction] {
        places[index].isAwaitingPong = false
        places[index].missedHeartbeats = 0
        switch places[index].fate {
        case _ where isStopping: return [stop(index, now: now)]
        case .halted, .leaving: return [stop(index, now: now)]
        case .kept, .candidate: break
        }
        places[index].life = .starting(since: now)
        places[index].startedAt = now
        return []
    }

    /// It accepts connections now, at most `capacity` at a time.
    public mutating func workerSaidReady(_ index: Int, capacity: Int, now: Int64) -> [SupervisorAction] {
        guard case .starting(let since) = places[index].life else { return [] }
        places[index].capacity = capacity
        places[index].hasBeenReady = true
        guard places[index].fate == .candidate, fault != .opensCandidatesOneByOne else {
            places[index].life = .running(since: since)
            evenOut(after: SupervisorLimits.returnNanoseconds, now: now)
            return []
        }
        places[index].life = .standby(since: since)
        return takeOverIfReady(now: now)
    }

    /// It answered a heartbeat, whichever: it is alive.
    public mutating func pongReceived(_ index: Int, sequence: UInt64, now: Int64) -> [SupervisorAction] {
        places[index].isAwaitingPong = false
        places[index].missedHeartbeats = 0
        return []
    }

    /// It stops without having been told to: no connection goes there any more, and its exit is no death.
    public mutating func workerIsStopping(_ index: Int, now: Int64) -> [SupervisorAction] {
        switch places[index].life {
        case .starting, .standby, .running, .draining:
            places[index].life = .stopping(deadline: now + SupervisorLimits.stopNanoseconds)
        case .vacant, .absent, .spawning, .stopping, .killed, .stopped, .givenUp, .ended: break
        }
        guard places[index].fate == .candidate else { return [] }
        return endChange(.failed(number: places[index].number), now: now)
    }

    /// Its process is gone and its data channel read to the end, or it could not be started.
    public mutating func workerExited(_ index: Int, now: Int64) -> [SupervisorAction] {
        if fault != .keepsConnectionsOfTheDead { places[index].connections = 0 }
        places[index].capacity = 0
        places[index].movesAsked = 0
        guard !isStopping || fault == .replacesDuringStop else {
            places[index].life = .ended
            return finishIfDone()
        }
        switch places[index].fate {
        case .kept: break
        case .leaving where fault == .replacesTheRetired, .halted where fault == .startsTheHalted: break
        case .leaving:
            vacate(index)
            return []
        case .halted:
            places[index].life = .stopped
            return []
        case .candidate:
            let number = places[index].number
            vacate(index)
            return endChange(.failed(number: number), now: now)
        }
        if isPastHope(index, now: now) {
            places[index].life = .givenUp
            return [.gaveUp(index, deaths: places[index].earlyDeaths)]
        }
        let delay = backoff(index, now: now)
        places[index].restarts += 1
        guard delay > 0 else { return [spawn(index)] }
        places[index].life = .absent(until: now + delay)
        return []
    }

    /// Every worker is to close its connections and exit; `finish` comes when the last has.
    public mutating func stopRequested(now: Int64) -> [SupervisorAction] {
        guard !isStopping else { return [] }
        stopEnds = now + SupervisorLimits.abandonNanoseconds
        var actions: [SupervisorAction] = change == nil ? [] : [.changeEnded(.abandoned)]
        change = nil
        evening = nil
        for index in places.indices.dropLast(fault == .stopsAllButOne ? 1 : 0) {
            switch places[index].life {
            case .vacant, .absent, .stopped, .givenUp, .ended: places[index].life = .ended
            case .starting, .standby, .running, .draining: actions.append(stop(index, now: now))
            case .spawning, .stopping, .killed: break
            }
        }
        return actions + finishIfDone()
    }

    mutating func stop(_ index: Int, now: Int64) -> SupervisorAction {
        places[index].life = .stopping(deadline: now + SupervisorLimits.stopNanoseconds)
        return .sendStop(index)
    }

    private mutating func finishIfDone() -> [SupervisorAction] {
        guard isStopping, places.allSatisfy({ $0.life == .ended }) else { return [] }
        return finish()
    }

    mutating func finish() -> [SupervisorAction] {
        guard !isFinished else { return [] }
        isFinished = true
        return [.finish]
    }
}
