/// What the owner of the processes is to do, in order.
public enum SupervisorAction: Equatable, Sendable {
    /// Start a process in this place; answer with `workerSpawned`, or `workerExited` when it cannot be
    /// started.
    case spawn(Int)
    /// Send a heartbeat on the control channel.
    case sendPing(Int, sequence: UInt64)
    /// Tell it to close everyone and exit.
    case sendStop(Int)
    /// SIGKILL; its exit is still reported with `workerExited`.
    case kill(Int)
    /// A stop is over: the last worker is gone, or there is no waiting for it any longer.
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

/// What a simulation must notice when it is done to a supervisor; never set outside tests.
enum SupervisorFault: CaseIterable {
    case replacesBeforeTheExit
    case forgetsBackoff
    case resetsBackoffTooEarly
    case countsStandstill
    case forgetsToKill
    case stopsAllButOne
    case neverAbandons
    case replacesDuringStop
    case placesUnfairly
    case forgetsClosed
    case keepsConnectionsOfTheDead
}
