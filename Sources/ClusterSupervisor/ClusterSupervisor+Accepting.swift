import ByteCore
import Glibc
import PosixIO
import RelayChannels
import SupervisorCore
import Telemetry

/// The ingest port's door: each connection goes to the next worker.
extension ClusterSupervisor {
    /// When connections that find no worker are answered instead of left to wait; nil while that is done, or
    /// a worker runs, or a stop was asked for.
    var refusesAt: Int64? {
        guard let workerlessSince, !doors[0].isWatched, acceptsAgainAt == nil, !core.isStopping else {
            return nil
        }
        return workerlessSince + ClusterLimits.workerlessNanoseconds
    }

    private func rest(_ poller: borrowing Poller, now: Int64) {
        stopAccepting(poller)
        acceptsAgainAt = now + ClusterLimits.acceptPauseNanoseconds
    }

    /// Takes those who wait at a listener, whoever else may accept there.
    func acceptConnections(at door: Int, _ poller: borrowing Poller, now: Int64) {
        defer { for index in workers.indices { sendWaiting(to: index, poller) } }
        for _ in 0..<ClusterLimits.acceptsPerWakeUp {
            // When no worker takes any now, the kernel's queue is the place to wait in: while one runs.
            guard !core.isToWait(behind: strays.count, isFull: { !canTakeOneMore($0) }) else {
                return rest(poller, now: now)
            }
            var peer = PeerAddress.unixSocket
            switch doors[door].listener.accept(&peer) {
            case .none: return
            case .exhausted: return rest(poller, now: now)
            case .connection(let connection): letIn(connection, from: peer, now: now)
            }
        }
    }

    /// Gives a connection to a worker, or turns it away.
    func letIn(_ connection: consuming Descriptor, from peer: PeerAddress, now: Int64) {
        var counted: UInt32?
        // Who comes over a Unix socket has no address, and was let in by its mode.
        if case .ip(let address) = peer {
            switch door.judge(address, now: now) {
            case .free: break
            case .counted(let place): counted = place
            case .refused: return refuse(connection, now: now)
            }
        }
        switch core.place(behind: strays.count, isFull: { !canTakeOneMore($0) }) {
        case .worker(let index):
            workers[index]?.waiting.append(
                WaitingConnection(number: nextConnection, descriptor: connection))
            if let counted { workers[index]?.counted[nextConnection] = counted }
            nextConnection += 1
            return
        case .refused(let why): countRefusal(why)
        }
        if let counted { door.closed(counted) }
        turnAway(connection)
    }

    /// Somebody was turned away, as no worker took them.
    func countRefusal(_ why: PlacementRefusal) {
        switch why {
        case .capacity: refusedAtCapacity += 1
        case .noWorker: refusedWithoutWorker += 1
        }
        hasNewRefusals = true
    }

    /// Tells somebody whose address has what it may have; but where they are many it is not worth an answer
    /// to each, and the kernel is to keep nothing of them either.
    private func refuse(_ connection: consuming Descriptor, now: Int64) {
        hasNewRefusals = true
        guard told.count < ClusterLimits.refusalsTold else { return resetOnClose(connection.raw) }
        Self.say(
            """
            HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nContent-Length: 0\r\n\
            Connection: close\r\n\r\n
            """, to: connection)
        _ = shutdown(connection.raw, Int32(SHUT_WR))
        // Closed at once it would be reset by what its peer has yet to send, and the answer might be lost.
        told.append((connection.release(), now + ClusterLimits.toldNanoseconds))
    }

    /// Lets go of those who have been told.
    func closeTold(now: Int64) {
        var passed = 0
        while passed < told.count, told[passed].until <= now {
            if let descriptor = told[passed].descriptor { _ = Descriptor(owning: descriptor) }
            passed += 1
        }
        told.removeFirst(passed)
    }

    /// A connection of this worker is over.
    func connectionClosed(_ number: UInt64, of worker: WorkerProcess, _ index: Int) {
        core.connectionClosed(index)
        if let place = worker.counted.removeValue(forKey: number) { door.closed(place) }
    }

    func canTakeOneMore(_ index: Int) -> Bool {
        guard let worker = workers[index] else { return false }
        // One that does not answer may never take whom it is handed.
        return worker.waiting.count < waitingLimit && !worker.isSilent
    }

    /// Tells a visitor that nobody has room; best effort, the connection closes right behind it.
    private func turnAway(_ connection: consuming Descriptor) {
        Self.say(
            """
            HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n\
            Connection: close\r\n\r\n
            """, to: connection)
        // What is unread when it closes would have the kernel reset it, and the answer might be lost.
        unsafe withUnsafeTemporaryAllocation(byteCount: ClusterLimits.turnAwayBytes, alignment: 8) {
            _ = unsafe recv(connection.raw, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
    }

    private static func say(_ answer: StaticString, to connection: borrowing Descriptor) {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        _ = unsafe send(connection.raw, answer.utf8Start, answer.utf8CodeUnitCount, flags)
    }

    /// Hands on the connections that wait for a worker.
    func sendWaiting(to index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index], worker.data.isOpen else { return }
        let newcomers = worker.newcomersWaiting
        // A channel that is broken has nobody at its other end, or nobody could be told when it has room.
        if !worker.data.handOver(&worker.waiting, adopting: &worker.adopting, poller) {
            worker.child.signal(SIGKILL)
        }
        worker.newcomersGiven += UInt64(newcomers - worker.newcomersWaiting)
        guard fault == .keepsNoCopies else { return }
        for (number, connection) in worker.adopting {
            connection.discard()
            sink.connectionAdopted(number, by: worker.channel)
        }
        worker.adopting = [:]
    }

    func logRefusals(now: Int64) {
        guard hasNewRefusals, now >= nextRefusalLog else { return }
        hasNewRefusals = false
        nextRefusalLog = now + ClusterLimits.refusalLogNanoseconds
        for (position, (reason, count)) in refusals.enumerated() where count > refusalsLogged[position] {
            sink.noted(.connectionsRefused(reason: "\(reason)", count: count - refusalsLogged[position]))
            refusalsLogged[position] = count
        }
    }

    /// Connections that were turned away here, by reason.
    public var refusals: [(reason: StaticString, count: UInt64)] {
        let past = sum(of: .connectionsPastCapacity)
        return [("capacity", refusedAtCapacity + past), ("no_worker", refusedWithoutWorker)]
            + AddressRefusal.allCases.map { ($0.label, door.refused($0)) }
    }

    /// Addresses that are remembered, and connections that were let in though there was no room for theirs.
    public var addresses: (remembered: Int, uncounted: UInt64) { (door.addresses, door.uncounted) }

    /// Tells whose pages are refused, the newest of them, at most once a second.
    func logRefusedOrigin(_ origin: [UInt8], now: Int64) {
        guard now >= nextOriginLog else { return }
        let count = sum(of: .originRefused) + sum(of: .postsRefusedOrigin)
        // A worker's count may be behind its record.
        guard count > originsRefusedLogged else { return }
        nextOriginLog = now + ClusterLimits.refusalLogNanoseconds
        sink.noted(.originsRefused(newest: origin, count: count - originsRefusedLogged))
        originsRefusedLogged = count
    }
}
