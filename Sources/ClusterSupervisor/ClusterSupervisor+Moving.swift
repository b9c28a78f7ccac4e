import ByteCore
import PosixIO
import RelayChannels
import RelayWire
import SupervisorCore
import Telemetry

/// Connections that go from one worker to another while they live.
///
/// ```
///   worker ── moved ──▶ waiting of another ── adopt ──▶ adopting ── adopted ──▶ the other's
///              ▲               │    ▲                      │
///              │    it dies    ▼    │ a worker has room    │ it dies before it has said so
///              │               strays ◀────────────────────┘
/// ```
/// The master has a descriptor of its own until the other worker has said that the connection is its, and
/// that has read nothing of it before. So whoever dies, the connection is whole in one place.
extension ClusterSupervisor {
    /// A connection for which no worker is there.
    struct Stray {
        let connection: WaitingConnection
        /// Where it counts for its address.
        let counted: UInt32?
        /// It is let go where no worker is there by then.
        var until = Int64.max
    }

    /// Has a worker hand over all of its connections, or close them where nobody else could take them.
    func empty(_ index: Int, _ poller: borrowing Poller, now: Int64) {
        guard core.another(than: index) != nil else {
            return order(.drain(withinMilliseconds: drainMilliseconds), to: index, poller)
        }
        guard let worker = workers[index] else { return }
        worker.handsOver = true
        worker.emptiedSince = worker.emptiedSince ?? now
        // What is not even with it yet need not go there.
        let waiting = worker.waiting
        worker.waiting = []
        for connection in waiting {
            let counted = worker.counted.removeValue(forKey: connection.number)
            rehome(connection, counted, from: index, now: now)
        }
        sendAllWaiting(poller)
        goOnEmptying(index, poller)
    }

    /// Has a worker hand over so many of its connections, or as many as there are descriptors for.
    func move(_ count: Int, from index: Int, _ poller: borrowing Poller) {
        let most = min(count, DescriptorLimit.free / 2 - ClusterLimits.spareDescriptors)
        guard let worker = workers[index], most > 0 else { return }
        worker.handsOver = true
        order(.move(count: UInt32(clamping: most)), to: index, poller)
    }

    /// Has those that are being emptied hand over more, once all that they did is with others.
    func goOnEmptying(_ poller: borrowing Poller) {
        guard workers.contains(where: { $0?.isEmptiedInParts ?? false }), strays.isEmpty,
            workers.allSatisfy({ $0?.adopting.isEmpty ?? true }),
            !workers.contains(where: { $0?.waiting.contains { $0.state != nil } ?? false })
        else { return }
        for index in workers.indices where workers[index]?.isEmptiedInParts == true {
            goOnEmptying(index, poller)
        }
    }

    /// Has a worker hand over all that it has and gets, or as many as there are descriptors for: each takes
    /// one here until it is another worker's, and of what finds none free the kernel lets go.
    private func goOnEmptying(_ index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index] else { return }
        // Others may be emptied at the same time.
        let share = DescriptorLimit.free / workers.count { $0 != nil } - ClusterLimits.spareDescriptors
        let isLastPart = core.connections(of: index) <= share
        // Of a part it keeps what cannot be moved yet, and says nothing of it.
        guard isLastPart || worker.movesAsked <= 0 else { return }
        worker.isEmptiedInParts = !isLastPart
        guard worker.isEmptiedInParts else { return order(.move(count: .max), to: index, poller) }
        guard share > 0 else { return }
        worker.movesAsked = share
        order(.move(count: UInt32(clamping: share)), to: index, poller)
    }

    /// A worker says something of one of its connections. Seldom, and kept out of the way of its samples.
    @inline(never)
    func note(_ note: ConnectionNote, of worker: WorkerProcess, _ index: Int, now: Int64) {
        switch note {
        case .closed(let number):
            sink.connectionEnded(number, now: now)
            if number < RelayLimits.leasedConnections { connectionClosed(number, of: worker, index) }
        case .arrived(let arrival):
            if !arrived(arrival, at: worker, index, now: now) { worker.saysWhatIsNot = true }
        case .adopted(let number):
            guard let kept = worker.adopting.removeValue(forKey: number) else { return }
            if fault != .keepsCopies { kept.discard() }
            if fault != .adoptsUnsaid { sink.connectionAdopted(number, by: worker.channel) }
        case .moved(let connection):
            moved(connection, from: worker, index, now: now)
        case .lost(let number):
            // The kernel had to drop its descriptor.
            worker.movesAsked -= 1
            sink.connectionMoved(number, from: worker.channel)
            if fault != .endsNoLost { sink.connectionEnded(number, now: now) }
            if fault != .countsLost { connectionClosed(number, of: worker, index) }
        }
    }

    private func moved(
        _ connection: WaitingConnection, from worker: WorkerProcess, _ index: Int, now: Int64
    ) {
        worker.movesAsked -= 1
        if fault != .movesUnsaid { sink.connectionMoved(connection.number, from: worker.channel) }
        let counted = worker.counted.removeValue(forKey: connection.number)
        let isForgotten = fault == .losesPlacesOfTheMoved
        let isBack = rehome(connection, isForgotten ? nil : counted, from: index, now: now)
        // It is tried again, and moves then.
        if isBack { movesReturned += 1 } else { worker.movedCount += 1 }
    }

    /// Gives a connection that was a worker's to another one, and where there is none to whichever comes;
    /// returns whether it is that worker's again, as no other has room.
    @discardableResult
    func rehome(
        _ connection: WaitingConnection, _ counted: UInt32?, from index: Int, now: Int64
    ) -> Bool {
        if connection.number >= RelayLimits.leasedConnections {
            // Visitors who post are no connection that counts.
            let others = core.others(than: index).filter { workers[$0]?.data.isOpen == true }
            let fewest = others.min { workers[$0]!.expectedPosters < workers[$1]!.expectedPosters }
            guard let target = fewest ?? living(index) else {
                end(connection, counted, now: now)
                return false
            }
            workers[target]?.waiting.append(connection)
            return target == index
        }
        switch core.connectionMoved(from: index, isFull: { !canAdoptOneMore($0) }) {
        case .worker(let target):
            if fault == .dropsTheReturned, target == index {
                end(connection, counted, now: now)
                return true
            }
            if fault == .givesTwice { workers[index]?.waiting.append(connection.twin) }
            workers[target]?.waiting.append(connection)
            if let counted { workers[target]?.counted[connection.number] = counted }
            return target == index
        case .refused:
            let until = now + ClusterLimits.strayNanoseconds
            strays.append(Stray(connection: connection, counted: counted, until: until))
            return false
        }
    }

    private func living(_ index: Int) -> Int? { workers[index]?.data.isOpen == true ? index : nil }

    private func canAdoptOneMore(_ index: Int) -> Bool {
        guard let worker = workers[index], worker.data.isOpen else { return false }
        return worker.waiting.count + worker.adopting.count < waitingLimit
    }

    /// Gives those for whom nobody was there to the workers that are, and lets go of those who have waited
    /// too long: their pages come back by themselves.
    func placeStrays(_ poller: borrowing Poller, now: Int64) {
        guard !strays.isEmpty, fault != .neverPlacesStrays else { return }
        var done = 0
        placing: while done < strays.count {
            let stray = strays[done]
            if fault == .countsNoStrays, let index = core.another(than: -1) {
                workers[index]?.waiting.append(stray.connection)
                done += 1
                continue
            }
            switch core.placeAnyone(isFull: { !canAdoptOneMore($0) }) {
            case .worker(let index):
                workers[index]?.waiting.append(stray.connection)
                if let counted = stray.counted { workers[index]?.counted[stray.connection.number] = counted }
            case .refused(let why):
                // Whoever is behind it has waited less, and finds no room either.
                guard now >= stray.until else { break placing }
                countRefusal(why)
                end(stray.connection, stray.counted, now: now)
            }
            done += 1
        }
        guard done > 0 else { return }
        strays.removeFirst(done)
        sendAllWaiting(poller)
    }

    /// Lets go of those for whom nobody will be there any more.
    func endStrays(now: Int64) {
        for stray in strays where fault != .leavesStraysOpen {
            end(stray.connection, stray.counted, now: now)
        }
        strays = []
    }

    private func end(_ connection: WaitingConnection, _ counted: UInt32?, now: Int64) {
        if let counted { door.closed(counted) }
        sink.connectionEnded(connection.number, now: now)
        connection.discard()
    }

    /// What a worker that has ended had not taken over goes to others: with the places where it counts.
    func takeOrphans(of worker: WorkerProcess) -> [Stray] {
        var adopting = worker.adopting.values.sorted { $0.number < $1.number }
        if fault == .dropsOrphans {
            for connection in adopting { connection.discard() }
            adopting = []
        }
        if fault == .dropsWaitingOfTheDead {
            for connection in worker.waiting { connection.discard() }
            worker.waiting = []
        }
        let orphans = (adopting + worker.waiting).map {
            let counted = worker.counted.removeValue(forKey: $0.number)
            return Stray(connection: $0, counted: fault == .losesPlacesOfOrphans ? nil : counted)
        }
        worker.waiting = []
        worker.adopting = [:]
        return orphans
    }

    func sendAllWaiting(_ poller: borrowing Poller) {
        for index in workers.indices where workers[index]?.waiting.isEmpty == false {
            sendWaiting(to: index, poller)
        }
    }

    /// Tells how many went from a worker that is empty now, and in what time.
    func logMoved(from index: Int, now: Int64) {
        guard let worker = workers[index], let since = worker.emptiedSince, worker.movedCount > 0 else {
            return
        }
        worker.emptiedSince = nil
        sink.noted(
            .connectionsMoved(
                number: number(of: index), pid: worker.child.pid, count: worker.movedCount,
                milliseconds: (now - since) / 1_000_000))
    }
}
