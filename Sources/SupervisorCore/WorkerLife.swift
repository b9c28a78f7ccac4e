/// Where one worker's life stands.
enum WorkerLife: Equatable {
    /// The place is nobody's.
    case vacant
    /// Not started yet, or waiting out its backoff.
    case absent(until: Int64)
    /// Its start was asked for; it is a process or a failure next.
    case spawning
    /// The process runs and has not said that it is ready.
    case starting(since: Int64)
    /// It is ready, and waits for the others that take over with it.
    case standby(since: Int64)
    /// It accepts connections.
    case running(since: Int64)
    /// It is given no more connections; told to stop when it has none left, at `until` at the latest.
    case draining(since: Int64, until: Int64)
    /// It was told to stop; killed at the deadline.
    case stopping(deadline: Int64)
    /// It was killed and its end is awaited.
    case killed(since: Int64)
    /// An operator stopped it; nothing runs until somebody asks for that.
    case stopped
    /// It kept dying at its start; nothing runs until somebody asks for that.
    case givenUp
    /// It will not come back.
    case ended
}

/// What becomes of a place when its process ends.
enum WorkerFate: Equatable {
    /// Another one is started.
    case kept
    /// It was to take over from another one, or to come in addition, and that fails.
    case candidate
    /// It stays empty until an operator says otherwise.
    case halted
    /// The place is nobody's then.
    case leaving
}

/// One place for a worker and what is known of it across its lives.
struct WorkerPlace {
    var life: WorkerLife
    /// What people call the worker, from 1; one that takes over has the number of the one before.
    var number: Int
    var fate = WorkerFate.kept
    /// Connections handed to it and not reported closed.
    var connections = 0
    /// Connections it takes at most.
    var capacity = 0
    var restarts = 0
    /// Deaths in a row soon after a start.
    var quickDeaths = 0
    /// When the process was started that is there now, or was there last.
    var startedAt: Int64 = 0
    /// Deaths in a row before it had lived as long as it is to.
    var earlyDeaths = 0
    /// Connections that it was told to hand over and has not.
    var movesAsked = 0
    /// Whether it is being replaced for its memory.
    var isOverMemory = false
    /// Whether a heartbeat was sent and not answered yet.
    var isAwaitingPong = false
    /// Heartbeats in a row that stayed without an answer.
    var missedHeartbeats = 0
    var hasBeenReady = false

    /// Whether it is ready and waits for others.
    var isStandby: Bool {
        if case .standby = life { return true }
        return false
    }
}
