import TestSupport

@testable import SupervisorCore

/// Connections that move from worker to worker.
extension SimulatedWorld {
    /// A worker is told to let everybody go: in some worlds by handing them over, where another one runs.
    mutating func drain(_ index: Int) {
        workers[index]?.drain = (now, drainTime)
        guard handsOnDrain, supervisor.runningCount > 0, workers[index]?.hands == true else { return }
        workers[index]?.movesPending = .max
        workers[index]?.moveAt = now
    }

    /// A worker is told to hand over what it has more than its share.
    mutating func askToMove(_ index: Int, _ count: Int) {
        guard let worker = workers[index], worker.isRunning else {
            return note("worker \(index) was told to hand over, and does not serve")
        }
        let running = workers.compactMap { $0 }.filter(\.isRunning)
        var level = 0
        let total = running.reduce(0) { $0 + $1.connections }
        while level < total, running.reduce(0, { $0 + min($1.capacity, level + 1) }) <= total { level += 1 }
        if isEven(running) { note("worker \(index) was told to hand over, and all are even") }
        if count < 1 || worker.movesPending + count > worker.connections - level {
            note("worker \(index) was told to hand over \(count) of \(worker.connections), level \(level)")
        }
        guard worker.hands else { return }
        workers[index]?.movesPending += count
        if worker.moveAt == nil { workers[index]?.moveAt = now + Int64(random.below(100)) * millisecond }
    }

    /// The fullest has at most a tenth more, or one, than whoever has room.
    private func isEven(_ running: [SimulatedWorker]) -> Bool {
        let most = running.map(\.connections).max() ?? 0
        let least = running.filter { $0.connections < $0.capacity }.map(\.connections).min() ?? most
        return most - least <= max(1, least / 10)
    }

    /// A worker hands some over; each finds another owner, or the one it had.
    mutating func handOver(_ index: Int) {
        guard let worker = workers[index] else { return }
        var left = min(worker.movesPending, worker.connections, 1 + random.below(20))
        workers[index]?.movesPending -= left
        while left > 0 {
            left -= 1
            let others = workers.indices.filter { other in
                other != index && workers[other].map { $0.isRunning && $0.connections < $0.capacity } == true
            }
            let fewest = others.compactMap { workers[$0]?.connections }.min()
            guard case .worker(let taken) = supervisor.connectionMoved(from: index) else {
                if !others.isEmpty || worker.toldToStopAt == nil { note("one that moves was refused") }
                workers[index]?.connections -= 1
                continue
            }
            if others.isEmpty ? taken != index : !others.contains(taken) {
                note("a connection of \(index) moved to \(taken)")
            } else if !others.isEmpty, workers[taken]?.connections != fewest {
                note("a connection moved to \(taken), and others have fewer")
            }
            workers[index]?.connections -= 1
            workers[taken]?.connections += 1
            if taken == index { workers[index]?.movesPending = 0 }
        }
        guard let after = workers[index] else { return }
        if after.connections == 0 { workers[index]?.movesPending = 0 }
        let isMore = after.connections > 0 && after.movesPending > 0
        workers[index]?.moveAt = isMore ? now + Int64(random.below(300)) * millisecond : nil
    }

    /// Everybody is well from now on; then one worker dies, and in the end all have the same.
    mutating func settle() {
        guard violation == nil, !referee.isFinished, referee.stopAskedAt == nil else { return }
        isPeaceful = true
        for index in workers.indices { workers[index]?.becomesWell() }
        passTimeInPeace(30)
        for _ in 0..<60 { connect() }
        let running = workers.indices.filter { workers[$0]?.isRunning == true }
        guard violation == nil, !running.isEmpty else { return }
        let fallen = random.pick(running)
        exit(fallen)
        passTimeInPeace(40)
        let all = workers.compactMap { $0 }.filter(\.isRunning)
        // One that was given up has no successor, and then nothing is evened out.
        guard violation == nil, workers[fallen]?.isRunning == true, !isEven(all) else { return }
        note("in the end they have \(all.map(\.connections))")
    }

    private mutating func passTimeInPeace(_ seconds: Int) {
        for _ in 0..<seconds * 2 where violation == nil {
            passTime(upTo: second / 2)
            closeDrained()
            fireTimer()
            judge()
            judgeNumbers()
        }
    }
}
