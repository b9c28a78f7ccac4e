/// Where one worker's life stands.
enum WorkerLife: Equatable {
    /// Not started yet, or waiting out its backoff.
    case absent(until: Int64)
    /// Its start was asked for; it is a process or a failure next.
    case spawning
    /// The process runs and has not said that it is ready.
    case starting(since: Int64)
    /// It accepts connections.
    case running(since: Int64)
    /// It was told to stop; killed at the deadline.
    case stopping(deadline: Int64)
    /// It was killed and its end is awaited.
    case killed(since: Int64)
    /// It will not come back.
    case ended
}

/// One place for a worker and what is known of it across its lives.
struct WorkerPlace {
    var life: WorkerLife
    /// Connections handed to it and not reported closed.
    var connections = 0
    /// Connections it takes at most.
    var capacity = 0
    var restarts = 0
    /// Deaths in a row soon after a start.
    var quickDeaths = 0
    /// Whether a heartbeat was sent and not answered yet.
    var isAwaitingPong = false
    /// Heartbeats in a row that stayed without an answer.
    var missedHeartbeats = 0
    var hasBeenReady = false
}
