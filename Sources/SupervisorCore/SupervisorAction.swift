/// What the owner of the processes is to do, in order.
public enum SupervisorAction: Equatable, Sendable {
    /// Start a process in this place; answer with `workerSpawned`, or `workerExited` when it cannot be
    /// started.
    case spawn(Int)
    /// Send a heartbeat on the control channel.
    case sendPing(Int, sequence: UInt64)
    /// Tell it to close everyone within the time for that; connections that are on their way to it are among
    /// them, and it lives on until it is told to stop.
    case sendDrain(Int)
    /// Tell it to hand so many of its connections over to others; `Int.max` for all, and those that still
    /// arrive.
    case sendMove(Int, count: Int)
    /// It is given no more connections from now on.
    case close(Int)
    /// Tell it to close everyone and exit.
    case sendStop(Int)
    /// Say that it is not started any more, after so many deaths in a row at its start.
    case gaveUp(Int, deaths: Int)
    /// Say that it has so much memory of its own and is being replaced for that, which `changeEnded` ends.
    case memoryExceeded(Int, bytes: UInt64)
    /// What an operator asked for is done, or is not.
    case changeEnded(ChangeOutcome)
    /// SIGKILL; its exit is still reported with `workerExited`.
    case kill(Int)
    /// A stop is over: the last worker is gone, or there is no waiting for it any longer.
    case finish
}

/// How a change of workers ended.
public enum ChangeOutcome: Equatable, Sendable {
    /// The new workers serve.
    case done
    /// The worker of this number ended, or could not be started, before it was ready; the others are as
    /// before.
    case failed(number: Int)
    /// The worker of this number was not ready in time; the others are as before.
    case late(number: Int)
    /// The whole server stops.
    case abandoned
}

/// Why what an operator asks for is not done.
public enum WorkerRefusal: Error, Equatable, Sendable {
    /// There is no worker of that number.
    case unknown
    /// Another change is under way.
    case changing
    /// The server has not been ready yet.
    case starting
    /// The server stops.
    case stopping
    /// So many workers of earlier changes still drain.
    case draining(Int)
    /// It is what was asked for already.
    case already
    /// It was given up, and there is nothing of it to drain.
    case givenUp
}

/// Which of the workers with room a new connection goes to.
public enum Balance: Sendable {
    /// To the one with the fewest connections; among those that have as few, to one that nobody can foresee.
    case leastConnections
    /// To each in turn, whatever it has.
    case roundRobin
    /// To whichever takes it first: all accept at one listener.
    case shared
    /// Where the kernel puts it: each worker accepts at a listener of its own (SO_REUSEPORT).
    case reuseport

    /// Whether workers accept themselves; whoever the master has to place all the same goes to the one with
    /// the fewest.
    public var isOfWorkers: Bool { self == .shared || self == .reuseport }
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
