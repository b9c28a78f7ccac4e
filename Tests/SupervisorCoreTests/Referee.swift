import Glibc
import TestSupport

@testable import SupervisorCore

/// What the referee of a simulated world keeps in mind.
struct Referee {
    /// From when on each place may be filled again.
    var mayStart: [Int64]
    /// And when it has to be filled at the latest.
    var mustStart: [Int64]
    private var quickDeaths: [Int]
    private var earlyDeaths: [Int]
    private let policy: RestartPolicy
    /// Places whose workers are given up, and those of which that was not said yet.
    var isGivenUp: Set<Int> = []
    var isUnsaid: Set<Int> = []
    /// Delays in a row that were as long as they may be.
    var delaysInStep = 0
    /// How much was foreseen in a row of where connections go, in bits, by each way to guess.
    var foreseen: [Double] = [0, 0, 0]
    var lastTaken = -1
    /// The place of whoever was replaced for its memory last, and when the next may be.
    var overMemory: Int?
    var nextMemoryRestart: Int64 = 0
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

    init(count: Int, _ policy: RestartPolicy) {
        self.policy = policy
        mayStart = Array(repeating: 0, count: count)
        mustStart = mayStart
        quickDeaths = Array(repeating: 0, count: count)
        earlyDeaths = quickDeaths
        numbers = Set(1...count)
        number = Array(1...count)
    }

    /// A place that nobody had is somebody's now.
    mutating func filled(_ index: Int, number: Int) {
        while mayStart.count <= index {
            mayStart.append(0)
            mustStart.append(0)
            quickDeaths.append(0)
            earlyDeaths.append(0)
            self.number.append(0)
        }
        mayStart[index] = 0
        mustStart[index] = 0
        quickDeaths[index] = 0
        earlyDeaths[index] = 0
        self.number[index] = number
        isRetired.remove(index)
        isGivenUp.remove(index)
        if overMemory == index { overMemory = nil }
    }

    /// The rule of the contract: at once, then up to 100 ms doubling to 10 s while it keeps dying within 10
    /// s, at least half of that; and never again after so many deaths in a row before it had lived long
    /// enough.
    mutating func died(_ index: Int, startedAt: Int64, now: Int64) {
        if isRetired.contains(index) {
            mayStart[index] = .max
            return
        }
        guard stopAskedAt == nil, change?.candidates[index] == nil else { return }
        let isEarly = now - startedAt < policy.minUptimeNanoseconds
        earlyDeaths[index] = isEarly ? earlyDeaths[index] + 1 : 0
        if policy.maxRestarts > 0, earlyDeaths[index] >= policy.maxRestarts {
            isGivenUp.insert(index)
            isUnsaid.insert(index)
            return
        }
        if now - startedAt >= 10 * second { quickDeaths[index] = 0 }
        var wait: Int64 = 0
        if quickDeaths[index] > 0 {
            wait = 100 * millisecond
            for _ in 1..<max(quickDeaths[index], 1) { wait = min(wait * 2, 10 * second) }
        }
        quickDeaths[index] += 1
        mayStart[index] = now + wait / 2
        mustStart[index] = now + wait
    }
}

/// A change by an operator: candidates that are to take over from whoever has their numbers.
struct ExpectedChange {
    var candidates: [Int: Int]
    /// Numbers that come in addition.
    var isGrowth: Bool
    /// Where the tree stood still since, so much later.
    var askedAt: Int64
    var standstills = 0
}

/// Connections and what must hold at any moment.
extension SimulatedWorld {
    mutating func connect() {
        if supervisor.balance.isOfWorkers, arrive() { return }
        let running = workers.indices.filter { workers[$0]?.isRunning == true }
        let eligible = roomForNewcomers > 0 ? running.filter { workers[$0].map(\.hasRoom) ?? false } : []
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
            if supervisor.balance != .roundRobin {
                if workers[index]?.connections != fewest {
                    note("place \(index) got one, and others have fewer")
                }
                foresee(index, among: eligible.filter { workers[$0]?.connections == fewest })
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
        let count = random.happens(percent: 20) ? worker.connections : 1
        workers[index]?.connections -= count
        for _ in 0..<count { supervisor.connectionClosed(index) }
    }

    /// Of those that are alike nobody can tell which one comes: not the first, not the last, not the next.
    private mutating func foresee(_ taken: Int, among alike: [Int]) {
        defer { referee.lastTaken = taken }
        guard alike.count > 1 else { return }
        let next = alike.first { $0 > referee.lastTaken } ?? alike[0]
        for (way, guess) in [alike[0], alike[alike.count - 1], next].enumerated() {
            let bits = log2(Double(alike.count))
            referee.foreseen[way] = guess == taken ? referee.foreseen[way] + bits : 0
            if referee.foreseen[way] > 40 { note("connections can be steered") }
        }
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
        for index in 0..<supervisor.placeCount {
            let owned = index < workers.count ? workers[index]?.connections ?? 0 : 0
            if supervisor.places[index].connections != owned {
                note("place \(index) has \(owned) connections, and is said to have others")
            }
        }
        for index in referee.isUnsaid { note("place \(index) was given up, and nobody said so") }
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
            // Behind the end of its master it sees that of its channels.
            if let told = worker.toldToStopAt, !worker.isKilled, !referee.isFinished,
                now - told > 3 * second + 100 * millisecond + Int64(worker.standstills) * second
            {
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
        guard !referee.isRetired.contains(index), !referee.isGivenUp.contains(index) else { return }
        guard referee.stopAskedAt == nil, pendingSpawns[index] == nil else { return }
        if now > referee.mustStart[index] + 100 * millisecond { note("place \(index) stays empty") }
    }

    /// Every number has one worker that is to stay, or a place that is to be filled again.
    mutating func judgeNumbers() {
        guard referee.stopAskedAt == nil else { return }
        if Set(supervisor.numbers) != referee.numbers || supervisor.numbers.count != referee.numbers.count {
            note("workers \(supervisor.numbers), to be \(referee.numbers.sorted())")
        }
        let patience = 10 * second + 100 * millisecond + Int64(referee.change?.standstills ?? 0) * second
        if let change = referee.change, now - change.askedAt > patience {
            note("a change does not end")
        }
    }
}
