import TestSupport

@testable import SupervisorCore

/// What the referee of a simulated world keeps in mind.
struct Referee {
    /// From when on each place may be filled again.
    var mayStart: [Int64]
    private var quickDeaths: [Int]
    /// What an operator has asked for last, until it is over.
    var change: ExpectedChange?
    /// Numbers of workers that there are to be.
    var numbers: Set<Int>
    /// Places whose processes are not to be followed by others.
    var isRetired: Set<Int> = []
    /// The number of each place's worker.
    var number: [Int]
    var stopAskedAt: Int64?
    var isFinished = false
    /// Places that could take a connection, as of the last placement.
    var eligible: [Int] = []
    /// Where connections went since then.
    var recent: [Int] = []

    init(count: Int) {
        mayStart = Array(repeating: 0, count: count)
        quickDeaths = Array(repeating: 0, count: count)
        numbers = Set(1...count)
        number = Array(1...count)
    }

    /// A place that nobody had is somebody's now.
    mutating func filled(_ index: Int, number: Int) {
        while mayStart.count <= index {
            mayStart.append(0)
            quickDeaths.append(0)
            self.number.append(0)
        }
        mayStart[index] = 0
        quickDeaths[index] = 0
        self.number[index] = number
        isRetired.remove(index)
    }

    /// The rule of the contract: at once, then 100 ms doubling to 10 s while it keeps dying within 10 s.
    mutating func died(_ index: Int, startedAt: Int64, now: Int64) {
        if isRetired.contains(index) {
            mayStart[index] = .max
            return
        }
        if now - startedAt >= 10 * second { quickDeaths[index] = 0 }
        var wait: Int64 = 0
        if quickDeaths[index] > 0 {
            wait = 100 * millisecond
            for _ in 1..<max(quickDeaths[index], 1) { wait = min(wait * 2, 10 * second) }
        }
        quickDeaths[index] += 1
        mayStart[index] = now + wait
    }
}

/// A change by an operator: candidates that are to take over from whoever has their numbers.
struct ExpectedChange {
    var candidates: [Int: Int]
    /// Numbers that come in addition.
    var isGrowth: Bool
    var askedAt: Int64
}

/// Connections and what must hold at any moment.
extension SimulatedWorld {
    mutating func connect() {
        let running = workers.indices.filter { workers[$0]?.isRunning == true }
        let eligible = running.filter { workers[$0].map { $0.connections < $0.capacity } ?? false }
        if eligible != referee.eligible {
            referee.eligible = eligible
            referee.recent = []
        }
        switch supervisor.place() {
        case .worker(let index):
            if !eligible.contains(index) {
                return note("a connection went to place \(index), which takes none")
            }
            let fewest = eligible.compactMap { workers[$0]?.connections }.min()
            if supervisor.balance == .leastConnections, workers[index]?.connections != fewest {
                note("place \(index) got one, and others have fewer")
            }
            // Fair: in turn nobody gets a second one before every other had one.
            let others = referee.recent.suffix(eligible.count - 1)
            if supervisor.balance == .roundRobin, others.contains(index) {
                note("place \(index) got more than its share")
            }
            referee.recent.append(index)
            workers[index]?.connections += 1
        case .refused(.noWorker): if !running.isEmpty { note("refused though a worker runs") }
        case .refused(.capacity):
            if !eligible.isEmpty || running.isEmpty { note("refused for capacity that is there") }
        }
    }

    mutating func disconnect() {
        let index = random.below(workers.count)
        guard let worker = workers[index], worker.connections > 0 else { return }
        workers[index]?.connections -= 1
        supervisor.connectionClosed(index)
    }

    /// Connections of those who were told to close them go.
    mutating func closeDrained() {
        for index in workers.indices {
            guard let worker = workers[index], let drain = worker.drain, worker.connections > 0,
                now - drain.toldAt >= drain.within, random.happens(percent: 90)
            else { continue }
            workers[index]?.connections = 0
            for _ in 0..<worker.connections { supervisor.connectionClosed(index) }
        }
    }

    /// What must hold once everything due was done.
    mutating func judge() {
        for index in workers.indices {
            guard let worker = workers[index] else {
                judgeVacant(index)
                continue
            }
            if let since = worker.unansweredSince, worker.toldToStopAt == nil, !worker.isKilled {
                let patience = 7 * second + Int64(worker.standstills) * 2 * second
                if loopTime - since > patience { note("worker \(index) hangs and lives") }
            }
            judgeRetired(index, worker)
            if let told = worker.toldToStopAt, !worker.isKilled, now - told > 3 * second + 100 * millisecond {
                note("worker \(index) does not stop and lives")
            }
        }
        let running = workers.count { $0?.isRunning == true }
        if supervisor.runningCount != running {
            note("\(supervisor.runningCount) running, in truth \(running)")
        }
        if let asked = referee.stopAskedAt, now - asked > 4 * second + 100 * millisecond, !referee.isFinished
        {
            note("the stop is not over in time")
        }
    }

    /// Who is not wanted any more has been told so, and who has no connection left is gone.
    private mutating func judgeRetired(_ index: Int, _ worker: SimulatedWorker) {
        guard referee.stopAskedAt == nil, worker.readyAt == nil, !worker.isKilled, worker.toldToStopAt == nil
        else { return }
        if referee.isRetired.contains(index) {
            if !worker.isClosed { note("worker \(index) is retired and takes connections") }
            if worker.isClosed, worker.connections == 0 { note("worker \(index) is empty and lives") }
        }
        if worker.isCandidate, referee.change == nil { note("worker \(index) waits for nothing") }
    }

    private mutating func judgeVacant(_ index: Int) {
        guard !referee.isRetired.contains(index) else { return }
        guard referee.stopAskedAt == nil, pendingSpawns[index] == nil else { return }
        if now > referee.mayStart[index] + 100 * millisecond { note("place \(index) stays empty") }
    }

    /// Every number has one worker that is to stay, or a place that is to be filled again.
    mutating func judgeNumbers() {
        guard referee.stopAskedAt == nil else { return }
        if Set(supervisor.numbers) != referee.numbers || supervisor.numbers.count != referee.numbers.count {
            note("workers \(supervisor.numbers), to be \(referee.numbers.sorted())")
        }
        if let change = referee.change, now - change.askedAt > 10 * second + 100 * millisecond {
            note("a change does not end")
        }
    }
}
