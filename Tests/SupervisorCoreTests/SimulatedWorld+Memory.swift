import TestSupport

@testable import SupervisorCore

/// Memory that grows.
extension SimulatedWorld {
    mutating func measureMemory() {
        guard referee.stopAskedAt == nil, !referee.isFinished else { return }
        var sizes: [(index: Int, bytes: UInt64)] = []
        for index in workers.indices where workers[index] != nil {
            let bytes = UInt64(random.below(random.happens(percent: 30) ? 200 : 100))
            workers[index]?.memory = bytes
            sizes.append((index, bytes))
        }
        let tooMuch = workers.compactMap { $0 }.filter { $0.isRunning && $0.memory > policy.maxMemoryBytes }
        let worst = policy.maxMemoryBytes > 0 ? tooMuch.map(\.memory).max() : nil
        let actions = supervisor.memoryMeasured(sizes, now: now)
        guard case .memoryExceeded(let index, let bytes)? = actions.first else {
            if !actions.isEmpty { note("\(actions) for nobody's memory") }
            if worst != nil, mayReplaceForMemory { note("a worker has too much memory, and stays") }
            return
        }
        if workers[index]?.isRunning != true {
            note("worker \(index) has too much memory, and does not serve")
        }
        if bytes != worst || workers[index]?.memory != worst { note("worker \(index) had less than others") }
        if isOneBeingReplaced { note("two are replaced for their memory") }
        if now < referee.nextMemoryRestart { note("one after the other is replaced for its memory") }
        referee.nextMemoryRestart = now + 10 * second
        referee.overMemory = index
        begin(Array(actions.dropFirst()), isGrowth: false)
    }

    /// Whether the last one that was replaced for its memory is there yet.
    private var isOneBeingReplaced: Bool {
        guard let place = referee.overMemory else { return false }
        if referee.change != nil { return true }
        return referee.isRetired.contains(place) && (workers[place] != nil || pendingSpawns[place] != nil)
    }

    private var mayReplaceForMemory: Bool {
        referee.change == nil && !isOneBeingReplaced && now >= referee.nextMemoryRestart
            && supervisor.isSettled
            && supervisor.occupied.count + 1 <= 3 * referee.numbers.count
    }
}
