public import PosixIO
public import SupervisorCore

/// What of the cluster an operator changes while it runs, without a worker noticing.
extension ClusterSupervisor {
    /// Judges and hands on new connections so from now on, and gives workers that begin to drain so long.
    public func take(
        door: DoorSettings, balance: Balance, drainMilliseconds: UInt32, _ poller: borrowing Poller,
        now: Int64
    ) {
        self.door.take(door)
        core.balance = balance
        self.drainMilliseconds = drainMilliseconds
        core.drainNanoseconds = Int64(drainMilliseconds) * 1_000_000
        tendDoors(poller, now: now)
    }
}

extension ClusterSupervisor {
    /// What lies where the file of its Unix socket was made.
    public var socketFile: ListenerFileState { doors[0].listener.fileState }
}
