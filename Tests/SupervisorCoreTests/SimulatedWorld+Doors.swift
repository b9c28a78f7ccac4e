import TestSupport

@testable import SupervisorCore

/// Workers that accept themselves.
extension SimulatedWorld {
    /// Somebody comes to a listener: all of them have the same one, or each number its own, which nobody has
    /// any more where there are fewer than there were. False where it is the master's to place whoever came.
    mutating func arrive() -> Bool {
        for index in workers.indices {
            guard let worker = workers[index] else { continue }
            let accepts = worker.isRunning && !isSomebodyEmptied
            if supervisor.isToAccept(index) != accepts {
                note("worker \(index) accepts: \(!accepts), and is to be otherwise")
            }
        }
        let number = supervisor.balance == .reuseport ? 1 + random.below(6) : nil
        let holders = workers.indices.filter { index in
            workers[index] != nil && (number == nil || referee.number[index] == number)
        }
        let takers = holders.filter { index in
            !isSomebodyEmptied && workers[index].map { $0.isRunning && $0.hasRoom } == true
        }
        if supervisor.isLeftToMaster(holders) != takers.isEmpty {
            note("\(takers) can accept of \(holders), and the master \(takers.isEmpty ? "does not" : "does")")
        }
        guard !takers.isEmpty else {
            takeLate()
            return false
        }
        // Whoever is quicker.
        let taker = random.pick(takers)
        workers[taker]?.connections += 1
        supervisor.connectionArrived(taker)
        return true
    }

    /// Whether connections are on their way from a worker that goes.
    private var isSomebodyEmptied: Bool {
        workers.contains { $0.map { $0.isEmptied && $0.connections > 0 } == true }
    }

    /// Places that nobody has, and none of those comes to need who are with workers that go.
    var roomForNewcomers: Int {
        workers.compactMap { $0 }.reduce(0) { room, worker in
            if worker.isRunning { return room + max(0, worker.capacity - worker.connections) }
            return worker.isEmptied ? room - worker.connections : room
        }
    }

    /// One that has been told to stop accepting had taken somebody by then.
    private mutating func takeLate() {
        let closed = workers.indices.filter { index in
            workers[index].map { $0.isReady && $0.isClosed && $0.connections > 0 } == true
        }
        guard !closed.isEmpty, random.happens(percent: 30) else { return }
        let taker = random.pick(closed)
        workers[taker]?.connections += 1
        supervisor.connectionArrived(taker)
    }
}
