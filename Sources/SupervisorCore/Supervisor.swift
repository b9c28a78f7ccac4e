/// What the owner of the processes is to do, in order.
public enum SupervisorAction: Equatable, Sendable {
    /// Start a process in this place; answer with `workerSpawned`, or `workerExited` when it cannot be started.
    case spawn(Int)
    /// Send a heartbeat on the control channel.
    case sendPing(Int, sequence: UInt64)
    /// Tell it to close everyone and exit.
    case sendStop(Int)
    /// SIGKILL; its exit is still reported with `workerExited`.
    case kill(Int)
    /// The last worker is gone after a stop.
    case finish
}

/// Where a new connection goes.
public enum Placement: Equatable, Sendable {
    /// To the worker in this place, which now counts it.
    case worker(Int)
    case refused(PlacementRefusal)
}

/// Why a connection has nowhere to go.
public enum PlacementRefusal: Equatable, Sendable {
    /// Every running worker is full.
    case capacity
    /// None is running.
    case noWorker
}

/// Decides about the lives of workers and where connections go: no I/O, the clock passed in.
///
/// ```
///            spawn          ready            stop
/// absent ----------> starting ----> running ------> stopping --> ended
///   ^                   |  exit        | exit           | deadline
///   |   backoff         v              v                v
///   +-------------------+--------------+              killed --> ended
/// ```
/// A worker that dies is replaced at once; while it keeps dying soon after its start, with growing delay. Times are
/// nanoseconds of CLOCK_MONOTONIC.
public struct Supervisor {
    var places: [WorkerPlace]
    var isStopping = false
    var isFinished = false
    /// The number of the last heartbeat.
    var sequence: UInt64 = 0
    var nextHeartbeat: Int64 = .max
    /// Where the round robin stands.
    var cursor = 0
    /// Whether every worker has been ready once.
    public private(set) var isReady = false

    /// Plans `workerCount` workers, at least one.
    public init(workerCount: Int) {
        precondition(workerCount > 0)
        places = (0..<workerCount).map { _ in WorkerPlace(life: .absent(until: .min)) }
    }

    /// Asks for the first processes.
    public mutating func start(now: Int64) -> [SupervisorAction] {
        nextHeartbeat = now + SupervisorLimits.heartbeatNanoseconds
        return places.indices.map { .spawn($0) }
    }

    /// A process was started.
    public mutating func workerSpawned(_ index: Int, now: Int64) -> [SupervisorAction] {
        places[index].life = .starting(since: now)
        places[index].connections = 0
        places[index].capacity = 0
        places[index].unanswered = 0
        guard isStopping else { return [] }
        places[index].life = .stopping(deadline: now + SupervisorLimits.stopNanoseconds)
        return [.sendStop(index)]
    }

    /// It accepts connections now, at most `capacity` at a time.
    public mutating func workerSaidReady(_ index: Int, capacity: Int, now: Int64) -> [SupervisorAction] {
        guard case .starting = places[index].life else { return [] }
        places[index].life = .running(since: now)
        places[index].capacity = capacity
        if runningCount == places.count { isReady = true }
        return []
    }

    /// It answered a heartbeat.
    public mutating func pongReceived(_ index: Int, sequence: UInt64, now: Int64) -> [SupervisorAction] {
        places[index].unanswered = 0
        return []
    }

    /// Its process is gone, or could not be started.
    public mutating func workerExited(_ index: Int, now: Int64) -> [SupervisorAction] {
        let place = places[index]
        places[index].connections = 0
        places[index].unanswered = 0
        guard !isStopping else {
            places[index].life = .ended
            return finishIfDone()
        }
        let livedSince: Int64
        switch place.life {
        case .starting(let since), .running(let since), .killed(let since): livedSince = since
        case .absent, .stopping, .ended: livedSince = now
        }
        let isQuick = now - livedSince < SupervisorLimits.steadyNanoseconds
        places[index].quickDeaths = isQuick ? place.quickDeaths + 1 : 1
        places[index].restarts += 1
        let delay = Self.backoff(afterQuickDeaths: places[index].quickDeaths)
        places[index].life = .absent(until: now + delay)
        return delay == 0 ? [.spawn(index)] : []
    }

    /// 0 for the first, then 100 ms doubling to 10 s.
    static func backoff(afterQuickDeaths deaths: Int) -> Int64 {
        guard deaths > 1 else { return 0 }
        let doublings = min(deaths - 2, 7)
        return min(
            SupervisorLimits.firstBackoffNanoseconds << Int64(doublings),
            SupervisorLimits.longestBackoffNanoseconds)
    }

    /// Every worker is to close its connections and exit; `finish` comes when the last has.
    public mutating func stopRequested(now: Int64) -> [SupervisorAction] {
        guard !isStopping else { return [] }
        isStopping = true
        var actions: [SupervisorAction] = []
        for index in places.indices {
            switch places[index].life {
            case .absent, .ended: places[index].life = .ended
            case .starting, .running:
                places[index].life = .stopping(deadline: now + SupervisorLimits.stopNanoseconds)
                actions.append(.sendStop(index))
            case .stopping, .killed: break
            }
        }
        return actions + finishIfDone()
    }

    private mutating func finishIfDone() -> [SupervisorAction] {
        guard !isFinished, places.allSatisfy({ $0.life == .ended }) else { return [] }
        isFinished = true
        return [.finish]
    }
}
