import Glibc
import PosixIO
import RelayChannels
import RelayWire
import SupervisorCore

/// Who accepts at which listener: workers, where the balance is of that kind and they run and have room, and
/// else the master.
///
/// ```
///   shared:  one listener <-- all workers that run    reuseport:  listener n <-- the worker numbered n
///                 ^                                                   ^
///                 +-- the master: while nobody of those can, ---------+
///                     and once a second where one of those does not answer
/// ```
extension ClusterSupervisor {
    /// Tells workers whether to accept, and takes the listeners that are left to the master.
    func tendDoors(_ poller: borrowing Poller, now: Int64) {
        if haveDoors { tellDoors(poller) }
        for door in doors.indices {
            let wants = isMasters(door, now: now)
            guard wants != doors[door].isWatched else { continue }
            if wants { watch(door, poller) } else { unwatch(door, poller) }
        }
    }

    /// Looks at none of them any more.
    func stopAccepting(_ poller: borrowing Poller) {
        for door in doors.indices where doors[door].isWatched { unwatch(door, poller) }
    }

    private func isMasters(_ door: Int, now: Int64) -> Bool {
        guard !core.isStopping, !hasEnded, acceptsAgainAt == nil else { return false }
        guard core.runningCount > 0 else {
            // Whoever comes waits for a worker a while, and then is told that there is none.
            return workerlessSince.map { now >= $0 + ClusterLimits.workerlessNanoseconds } ?? false
        }
        return !haveDoors || core.isLeftToMaster(workers.indices.filter { workers[$0]?.door == door })
    }

    private func watch(_ door: Int, _ poller: borrowing Poller) {
        do throws(SystemError) {
            try poller.add(
                doors[door].listener.raw, for: .readable, token: Token(kind: kind, index: UInt32(door)))
            doors[door].isWatched = true
        } catch {
            acceptsAgainAt = MonotonicClock.now() + ClusterLimits.acceptPauseNanoseconds
        }
    }

    private func unwatch(_ door: Int, _ poller: borrowing Poller) {
        poller.remove(doors[door].listener.raw)
        doors[door].isWatched = false
    }

    // MARK: Workers

    /// Whoever is to accept hears it before those who are not any more do, so that somebody always does.
    private func tellDoors(_ poller: borrowing Poller) {
        for isOpen in [true, false] {
            for index in workers.indices where core.isToAccept(index) == isOpen { tellDoor(index, poller) }
        }
    }

    private func tellDoor(_ index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index], worker.door != nil else { return }
        var how: Listening = []
        if core.isToAccept(index) { how.insert(.isOpen) }
        if !sharesPort { how.insert(.isShared) }
        if door.judges.others { how.insert(.judgesOthers) }
        if door.judges.loopback { how.insert(.judgesLoopback) }
        guard how != worker.listening else { return }
        worker.listening = how
        order(.listen(how, first: worker.firstArrival), to: index, poller)
    }

    /// Where the listener stands that the worker of this place is to have; it is made where there is none.
    func listenerPlace(of index: Int) throws(SystemError) -> Int {
        haveDoors = true
        guard sharesPort else { return 0 }
        let number = number(of: index)
        while doors.count < number { doors.append(IngestDoor(try Listener(beside: doors[0].listener))) }
        return number - 1
    }

    /// A worker has accepted a connection; false where it cannot have.
    func arrived(_ arrival: RelayArrival, at worker: WorkerProcess, _ index: Int, now: Int64) -> Bool {
        guard worker.door != nil, arrival.connection >= max(worker.nextArrival, worker.firstArrival),
            arrival.connection >> 32 == worker.firstArrival >> 32, core.isCredible(index)
        else { return false }
        worker.nextArrival = arrival.connection + 1
        core.connectionArrived(index)
        guard arrival.awaitsVerdict, let address = arrival.address else { return true }
        switch door.judge(address, now: now) {
        case .counted(let place): worker.counted[arrival.connection] = place
        case .free: break
        case .refused:
            hasNewRefusals = true
            guard told.count < ClusterLimits.refusalsTold else {
                worker.control.send(.cut(connection: arrival.connection, place: arrival.place))
                return true
            }
            told.append((nil, now + ClusterLimits.toldNanoseconds))
            worker.control.send(.turnAway(connection: arrival.connection, place: arrival.place))
            return true
        }
        worker.control.send(.letIn(connection: arrival.connection, place: arrival.place))
        return true
    }

    /// Takes whoever still waits where others accept: a worker that was woken and died, hangs, or is stopped
    /// may have left somebody there, and the kernel wakes nobody else for them. `ofSilent`: at listeners of
    /// workers that owe an answer to a heartbeat, and for others than those.
    func takeLeftovers(ofSilent: Bool, _ poller: borrowing Poller, now: Int64) {
        guard haveDoors, core.isAdmitting, acceptsAgainAt == nil,
            workers.indices.contains(where: { core.isToAccept($0) && workers[$0]?.isSilent == false })
        else { return }
        for door in doors.indices where !doors[door].isWatched {
            guard !ofSilent || workers.contains(where: { $0?.door == door && $0?.isSilent == true }) else {
                continue
            }
            acceptConnections(at: door, poller, now: now)
        }
    }
}
