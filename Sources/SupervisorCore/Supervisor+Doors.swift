/// Workers that accept connections themselves, each at a listener that the master has, too.
extension Supervisor {
    /// Whether the worker of this place is to accept now, if it can: it runs, no stop was asked for, and no
    /// connections of others are on their way, for which the master keeps places.
    public func isToAccept(_ index: Int) -> Bool {
        if fault == .acceptsOnStandby, places[index].isStandby { return true }
        if fault == .acceptsWhileDraining, case .draining = places[index].life { return true }
        return !isStopping && isOpen(index) && (!isEmptying || fault == .acceptsWhileEmptying)
    }

    /// Whether the master has to take those who wait at a listener at which the workers in `places` accept:
    /// none of them is to, or those that are have no room.
    ///
    /// So nobody waits for a worker that has died, drains, has not come yet, or is full.
    public func isLeftToMaster(_ holders: [Int]) -> Bool {
        if fault == .leavesDoorsOfTheDead, !holders.contains(where: { isToAccept($0) }) { return false }
        return !holders.contains { index in
            guard isToAccept(index) else { return false }
            return places[index].connections < places[index].capacity || fault == .leavesFullDoors
        }
    }

    /// The worker of this place has accepted a connection, which it now counts.
    public mutating func connectionArrived(_ index: Int) {
        guard fault != .forgetsArrivals else { return }
        places[index].connections += 1
    }

    /// Whether a worker may have so many connections: one that says that it accepted more than it has room
    /// for, and twice that, says what is not so.
    public func isCredible(_ index: Int) -> Bool {
        places[index].connections <= 2 * places[index].capacity + SupervisorLimits.arrivalsOnTheWay
    }
}
