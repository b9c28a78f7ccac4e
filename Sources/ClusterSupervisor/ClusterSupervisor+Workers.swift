import Glibc
import PosixIO
import RelayChannels
import RelayWire
import SupervisorCore
public import Telemetry

/// What workers say, and their end.
extension ClusterSupervisor {
    func readData(of worker: WorkerProcess, _ index: Int, _ poller: borrowing Poller, now: Int64) {
        guard worker.data.isOpen else { return }
        read(worker, index, limit: ClusterLimits.relayBytesPerWakeUp, poller, now: now)
    }

    func read(
        _ worker: WorkerProcess, _ index: Int, limit: Int, _ poller: borrowing Poller, now: Int64
    ) {
        let reading = worker.readData(into: sink, limit: limit, now: now) { note in
            self.note(note, of: worker, index, now: now)
        }
        if worker.handsOver { sendAllWaiting(poller) }
        // What became of those who came to it.
        if worker.door != nil { flushControl(of: worker, poller) }
        goOnEmptying(poller)
        switch reading {
        case .open: return
        case .ended: break
        case .corrupt(let why):
            sink.noted(.workerCorrupt(number: number(of: index), pid: worker.child.pid, why: why))
            worker.child.signal(SIGKILL)
        }
        worker.data.close(poller)
    }

    /// Writes what of the control channel is queued. A worker that takes nothing there is found by its
    /// missing heartbeat, and a broken channel by its end.
    func flushControl(of worker: WorkerProcess, _ poller: borrowing Poller) {
        guard worker.control.isOpen, !worker.control.flush(poller) else { return }
        worker.control.close(poller)
    }

    func readControl(of worker: WorkerProcess, _ index: Int, _ poller: borrowing Poller, now: Int64) {
        for record in worker.control.receive(poller) ?? [] {
            switch record {
            case .ready(let capacity):
                sink.noted(
                    .workerReady(number: number(of: index), pid: worker.child.pid, capacity: Int(capacity)))
                carryOut(
                    core.workerSaidReady(index, capacity: Int(capacity), now: now), poller, now: now)
                if core.runningCount > 0 { workerlessSince = nil }
                placeStrays(poller, now: now)
                tendDoors(poller, now: now)
            case .pong(let sequence):
                worker.owesPong = false
                worker.isSilent = false
                carryOut(core.pongReceived(index, sequence: sequence, now: now), poller, now: now)
            case .stopping:
                sink.noted(
                    .workerStopping(
                        number: number(of: index), pid: worker.child.pid,
                        why: "somebody else than the master told it to stop"))
                carryOut(core.workerIsStopping(index, now: now), poller, now: now)
                noteWorkerless(poller, now: now)
            case .originRefused(let origin): logRefusedOrigin(origin, now: now)
            case .hello:
                sink.noted(.workerOnline(number: number(of: index), pid: worker.child.pid))
            case .ping, .stop, .stopped, .rate, .closely, .refuse, .moveAway, .admit, .noPlace,
                .drain, .move, .listen, .letIn, .turnAway, .cut:
                break
            }
        }
    }

    /// Reads a worker's complaints and what a crash says.
    func readErrors(of worker: WorkerProcess, _ index: Int, _ poller: borrowing Poller, now: Int64) {
        readErrors(of: worker, index, limit: ClusterLimits.errorReadBytes, poller, now: now)
    }

    private func readErrors(
        of worker: WorkerProcess, _ index: Int, limit: Int, _ poller: borrowing Poller, now: Int64
    ) {
        guard worker.areErrorsOpen else { return }
        let number = number(of: index)
        let note = { [sink] (line: SpokenLines.Line) in
            sink.noted(
                .workerSaid(number: number, pid: worker.child.pid, text: line.text, omitted: line.omitted))
        }
        guard !worker.readErrors(limit: limit, now: now, note) else { return }
        worker.areErrorsOpen = false
        worker.spoken.end(now: now, note)
        poller.remove(worker.errors.raw)
    }

    /// A worker is gone: what it had written is read to the end before its visitors' leaves are announced.
    func workerEnded(_ worker: WorkerProcess, _ index: Int, _ poller: borrowing Poller, now: Int64) {
        guard let status = worker.child.reap() else { return }
        if fault == .leavesTheRestUnread { worker.data.close(poller) }
        while worker.data.isOpen { read(worker, index, limit: .max, poller, now: now) }
        readErrors(of: worker, index, limit: ClusterLimits.errorPipeBytes, poller, now: now)
        let lost = worker.eventsLost
        eventsLost = Self.sum(eventsLost, lost)
        for counter in WorkerCounter.allCases where !counter.isGauge {
            endedCounters[counter.rawValue] = Self.sum(
                endedCounters[counter.rawValue], worker.count(of: counter))
        }
        refusedWithoutWorker += worker.newcomersUntaken
        if worker.newcomersUntaken > 0 { hasNewRefusals = true }
        let orphans = takeOrphans(of: worker)
        for place in worker.counted.values { door.closed(place) }
        worker.control.close(poller)
        poller.remove(worker.child.raw)
        if worker.areErrorsOpen { poller.remove(worker.errors.raw) }
        sink.channelClosed(worker.channel, now: now)
        sink.noted(
            .workerExited(number: number(of: index), pid: worker.child.pid, how: status, eventsLost: lost))
        workers[index] = nil
        carryOut(core.workerExited(index, now: now), poller, now: now)
        for orphan in orphans { rehome(orphan.connection, orphan.counted, from: index, now: now) }
        if core.isStopping { endStrays(now: now) } else { sendAllWaiting(poller) }
        noteWorkerless(poller, now: now)
        if worker.door != nil { takeLeftovers(ofSilent: false, poller, now: now) }
    }

    /// Lets connections wait for the successor of the last worker that ran.
    func noteWorkerless(_ poller: borrowing Poller, now: Int64) {
        guard workerlessSince == nil, core.runningCount == 0 else { return }
        workerlessSince = now
        tendDoors(poller, now: now)
    }

    // MARK: For the operator

    /// A sum over all workers that ever lived; of a gauge, over those alive.
    public func sum(of counter: WorkerCounter) -> UInt64 {
        var sum = counter.isGauge ? 0 : endedCounters[counter.rawValue]
        for worker in workers { sum = Self.sum(sum, worker?.count(of: counter) ?? 0) }
        return sum
    }

    private static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
        min(one + other, ClusterLimits.greatestCount)
    }

    /// One worker as an operator sees it.
    public struct WorkerStatus {
        /// As people and lists of processes call it, from 1.
        public var number: Int
        /// 0 while none runs in this place.
        public var pid: Int32
        /// When its process was started, nanoseconds of CLOCK_MONOTONIC; nil while none runs.
        public var startedAt: Int64?
        public var state: StaticString
        public var connections: UInt64
        /// Samples a second.
        public var rate: Double
        public var restarts: Int
        /// Resident bytes.
        public var residentBytes: UInt64
        /// The share of one core that it used over the last second; above 1 is possible.
        public var cpuShare: Double
        /// Samples folded and received since it started; its replacement begins anew.
        public var folded: UInt64
        public var received: UInt64
    }

    /// Times any worker died and was replaced.
    public var restarts: Int { core.restarts }

    /// Every worker in the order of their numbers; of one that is being replaced both.
    public func statuses() -> [WorkerStatus] {
        core.occupied.map { index in
            let worker = index < workers.count ? workers[index] : nil
            return WorkerStatus(
                number: number(of: index), pid: worker?.child.pid ?? 0, startedAt: worker?.startedAt,
                state: core.stateName(of: index),
                connections: worker?.count(of: .connectionsOpen) ?? 0, rate: worker?.rate ?? 0,
                restarts: core.restarts(of: index),
                residentBytes: worker.map { ProcessMemory.residentBytes(of: $0.child.pid) } ?? 0,
                cpuShare: worker?.cpuShare ?? 0,
                folded: worker?.count(of: .eventsFolded) ?? 0,
                received: worker?.count(of: .eventsReceived) ?? 0)
        }
    }

    /// Updates the workers' rates and shares, and forgets addresses that have gone; to be called with the
    /// seconds since the last call.
    public func measureRates(over seconds: Double) {
        guard seconds > 0 else { return }
        door.forgetIdle(now: MonotonicClock.now())
        for case let worker? in workers {
            let received = worker.count(of: .eventsReceived)
            worker.rate = Double(received - min(received, worker.receivedBefore)) / seconds
            worker.receivedBefore = received
            let used = ProcessClock.cpuNanoseconds(of: worker.child.pid)
            // One that has ended and is not reaped yet has no clock any more.
            worker.cpuShare = Double(max(0, used - worker.cpuBefore)) / 1e9 / seconds
            worker.cpuBefore = max(used, worker.cpuBefore)
        }
    }
}
