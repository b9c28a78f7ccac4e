import TestSupport

@testable import SupervisorCore

/// What the referee of a simulated world keeps in mind.
struct Referee {
    /// From when on each place may be filled again.
    var mayStart: [Int64]
    private var quickDeaths: [Int]
    var stopAskedAt: Int64?
    var isFinished = false
    /// Places that could take a connection, as of the last placement.
    var eligible: [Int] = []
    /// Where connections went since then.
    var recent: [Int] = []

    init(count: Int) {
        mayStart = Array(repeating: 0, count: count)
        quickDeaths = Array(repeating: 0, count: count)
    }

    /// The rule of the contract: at once, then 100 ms doubling to 10 s while it keeps dying within 10 s.
    mutating func died(_ index: Int, startedAt: Int64, now: Int64) {
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
            // Fair: nobody gets a second one before every other had one.
            let others = referee.recent.suffix(eligible.count - 1)
            if others.contains(index) { note("place \(index) got more than its share") }
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

    private mutating func judgeVacant(_ index: Int) {
        guard referee.stopAskedAt == nil, pendingSpawns[index] == nil else { return }
        if now > referee.mayStart[index] + 100 * millisecond { note("place \(index) stays empty") }
    }
}
