import TestSupport

@testable import SupervisorCore

private let balances: [Balance] = [
    .leastConnections, .roundRobin, .shared, .leastConnections, .roundRobin, .reuseport,
]

/// Processes, a clock and chance around one supervisor, with a referee that knows the rules and none of the
/// code.
struct SimulatedWorld {
    var random: SplitMix64
    var supervisor: Supervisor
    var now: Int64
    /// How long the master's own loop has run: the clock without the times the whole tree stood still.
    var loopTime: Int64 = 0
    var workers: [SimulatedWorker?]
    /// Starts that were asked for and not answered yet.
    var pendingSpawns: [Int: Int64] = [:]
    var referee: Referee
    let policy: RestartPolicy
    /// Whether the history ends with some peace, after which everything has to be even.
    let isSettling: Bool
    /// Within what time who drains closes everyone.
    let drainTime: Int64
    /// Whether who drains hands its connections over, where another worker runs.
    let handsOnDrain: Bool
    /// Whether nobody dies or hangs any more of itself.
    var isPeaceful = false
    /// Whether the workers of a change are being started.
    var isBeginning = false
    /// The first rule that was broken.
    var violation: String?

    init(seed: UInt64, fault: SupervisorFault? = nil) {
        random = SplitMix64(seed: seed)
        let count = 1 + random.below(4)
        policy = RestartPolicy(
            maxRestarts: random.pick([0, 1, 2, 3, 16]),
            minUptimeNanoseconds: Int64(random.pick([500, 1_000, 5_000])) * millisecond,
            maxMemoryBytes: random.pick([0, 100]))
        drainTime = Int64(random.pick([4, 15])) * second
        handsOnDrain = random.happens(percent: 50)
        isSettling = random.happens(percent: 10)
        supervisor = Supervisor(
            workerCount: count, drainNanoseconds: drainTime,
            balance: balances[Int(seed % 6)], policy: policy,
            seed: random.next())
        supervisor.fault = fault
        now = Int64(random.below(1_000_000)) * millisecond
        workers = Array(repeating: nil, count: count)
        referee = Referee(count: count, policy)
    }

    /// Runs a history of random events, then a stop; nil when no rule was broken.
    mutating func firstViolation(steps: Int) -> String? {
        for index in workers.indices { referee.mayStart[index] = now }
        carryOut(supervisor.start(now: now))
        var left = steps
        while violation == nil, left > 0, !referee.isFinished {
            left -= 1
            happen()
            closeDrained()
            fireTimer()
            judge()
            judgeNumbers()
        }
        if isSettling { settle() }
        if violation == nil, referee.stopAskedAt == nil { requestStop() }
        left = 200
        while violation == nil, !referee.isFinished, left > 0 {
            left -= 1
            passTime(upTo: 5 * second)
            judge()
        }
        if violation == nil, !referee.isFinished { violation = "the stop never ended" }
        return violation
    }

    private mutating func happen() {
        switch random.below(100) {
        case ..<55: passTime(upTo: Int64(1 + random.below(3000)) * millisecond)
        case ..<75: for _ in 0..<(random.happens(percent: 15) ? 60 : 1) { connect() }
        case ..<83: disconnect()
        case ..<88: hang()
        case ..<91: operate()
        case ..<93: die()
        case ..<95: measureMemory()
        case ..<98: standStill(for: Int64(1600 + random.below(30_000)) * millisecond)
        case 98: stutter()
        default: if random.happens(percent: 30) { requestStop() }
        }
    }

    /// The whole tree is stopped and continued again and again, with little time to run in between.
    private mutating func stutter() {
        for _ in 0..<8 {
            passTime(upTo: 60 * millisecond)
            standStill(for: 3 * second)
        }
    }

    private mutating func standStill(for duration: Int64) {
        now += duration
        for index in workers.indices { workers[index]?.stoodStill(for: duration) }
        if referee.stopAskedAt == nil {
            for index in workers.indices { workers[index]?.toldToStopAt? += duration }
            referee.change?.askedAt += duration
            referee.change?.standstills += 1
        }
        for (index, time) in pendingSpawns { pendingSpawns[index] = time + duration }
        fireTimer()
    }

    private mutating func hang() {
        workers[random.below(workers.count)]?.stopTurning()
    }

    private mutating func die() {
        let index = random.below(workers.count)
        guard workers[index]?.isHeldByKernel == false else { return }
        exit(index)
    }

    private mutating func requestStop() {
        guard referee.stopAskedAt == nil else { return }
        referee.stopAskedAt = now
        carryOut(supervisor.stopRequested(now: now))
        for index in workers.indices {
            guard let worker = workers[index], worker.toldToStopAt == nil, !worker.isKilled else { continue }
            note("worker \(index) was not told to stop")
        }
    }

    mutating func note(_ what: String) { if violation == nil { violation = what } }
}

/// Time.
extension SimulatedWorld {
    /// Lets what is due happen in order, for so long.
    mutating func passTime(upTo duration: Int64) {
        let end = now + duration
        while violation == nil, !referee.isFinished {
            let timer = supervisor.nextDeadline ?? .max
            let next = min(
                timer, workers.reduce(.max) { min($0, $1?.nextEvent ?? .max) },
                pendingSpawns.values.min() ?? .max)
            guard next <= end else { break }
            advance(to: max(next, now))
            if timer <= now {
                // A loop is seldom on time to the nanosecond.
                advance(to: now + Int64(random.below(5)) * millisecond)
                fireTimer()
            }
            for index in workers.indices { letWorkerAct(index) }
            for (index, time) in pendingSpawns where time <= now { finishSpawn(index) }
        }
        advance(to: max(end, now))
    }

    private mutating func advance(to time: Int64) {
        loopTime += time - now
        now = time
    }

    mutating func fireTimer() {
        guard let due = supervisor.nextDeadline, due <= now else { return }
        carryOut(supervisor.timerFired(now: now))
        if let next = supervisor.nextDeadline, next <= now { note("what was due is still due") }
    }

    private mutating func letWorkerAct(_ index: Int) {
        guard let worker = workers[index], worker.nextEvent <= now else { return }
        if worker.endsAt <= now { return exit(index) }
        if let time = worker.moveAt, time <= now { handOver(index) }
        if let time = worker.readyAt, time <= now {
            workers[index]?.readyAt = nil
            carryOut(supervisor.workerSaidReady(index, capacity: worker.capacity, now: now))
        }
        if let time = worker.pongAt, time <= now {
            workers[index]?.pongAt = nil
            workers[index]?.unansweredSince = nil
            carryOut(supervisor.pongReceived(index, sequence: 0, now: now))
        }
    }
}

/// Processes.
extension SimulatedWorld {
    mutating func carryOut(_ actions: [SupervisorAction]) {
        for action in actions {
            if referee.isFinished { note("\(action) came after the end") }
            switch action {
            case .spawn(let index): spawn(index)
            case .sendPing(let index, _): ping(index)
            case .close(let index): close(index)
            case .sendDrain(let index): drain(index)
            case .sendMove(let index, let count): askToMove(index, count)
            case .gaveUp(let index, _):
                if referee.isUnsaid.remove(index) == nil { note("place \(index) was given up too early") }
            case .memoryExceeded: break
            case .changeEnded(let outcome): changeEnded(outcome)
            case .sendStop(let index): tellToStop(index)
            case .kill(let index): kill(index)
            case .finish: finish()
            }
        }
    }

    private mutating func spawn(_ index: Int) {
        if workers[index] != nil || pendingSpawns[index] != nil { note("two processes in place \(index)") }
        // One of several that were asked for at once may have failed by now; the others are stopped then.
        if referee.isRetired.contains(index), !isBeginning {
            note("place \(index) is filled and was given up")
        }
        if referee.isGivenUp.contains(index) { note("place \(index) was given up, and is filled") }
        if referee.stopAskedAt != nil { note("a start in place \(index) during a stop") }
        if now < referee.mayStart[index] { note("place \(index) was filled before its backoff was over") }
        pendingSpawns[index] = now + (random.happens(percent: 20) ? Int64(random.below(50)) * millisecond : 0)
        if pendingSpawns[index] == now { finishSpawn(index) }
    }

    private mutating func finishSpawn(_ index: Int) {
        pendingSpawns[index] = nil
        if random.happens(percent: 5), !isPeaceful {
            referee.died(index, startedAt: now, now: now)
            return report(theEndOf: index)
        }
        workers[index] = SimulatedWorker(bornAt: now, &random)
        if isPeaceful { workers[index]?.becomesWell() }
        workers[index]?.isCandidate = referee.change?.candidates[index] != nil
        carryOut(supervisor.workerSpawned(index, now: now))
    }

    mutating func exit(_ index: Int) {
        guard let worker = workers[index] else { return }
        // What it had written before is read first.
        if worker.movesPending > 0, random.happens(percent: 50) { handOver(index) }
        workers[index] = nil
        referee.died(index, startedAt: worker.startedAt, now: now)
        report(theEndOf: index)
    }

    /// Says that a process has ended, or could not be started, and looks at how long the next one waits.
    private mutating func report(theEndOf index: Int) {
        let actions = supervisor.workerExited(index, now: now)
        if case .absent(let until) = supervisor.places[index].life {
            let (wait, most) = (until - now, referee.mustStart[index] - now)
            if wait < most / 2 || wait > most { note("place \(index) waits \(wait), not up to \(most)") }
            referee.delaysInStep = wait == most ? referee.delaysInStep + 1 : 0
            if referee.delaysInStep > 2 { note("starts are in step") }
        }
        carryOut(actions)
    }

    private mutating func ping(_ index: Int) {
        guard let worker = workers[index] else { return note("a heartbeat for nobody") }
        if worker.unansweredSince == nil {
            workers[index]?.unansweredSince = loopTime
            workers[index]?.standstills = 0
        }
        if let delay = worker.pongDelay, worker.pongAt == nil { workers[index]?.pongAt = now + delay }
    }

    private mutating func kill(_ index: Int) {
        guard let worker = workers[index] else { return note("a kill of nobody") }
        let wasUnresponsive = worker.unansweredSince.map { loopTime - $0 >= 5 * second } ?? false
        let hadTimeToStop = worker.toldToStopAt.map { now - $0 >= 3 * second } ?? false
        if !wasUnresponsive, !hadTimeToStop { note("worker \(index) was killed and had done nothing") }
        workers[index]?.wasKilled(at: now)
    }

    private mutating func finish() {
        referee.isFinished = true
        guard let asked = referee.stopAskedAt else { return note("an end nobody asked for") }
        let isEmpty = workers.allSatisfy { $0 == nil } && pendingSpawns.isEmpty
        if !isEmpty, now - asked < 4 * second { note("the end came before the workers'") }
    }
}
