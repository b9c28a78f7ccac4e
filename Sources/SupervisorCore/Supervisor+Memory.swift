/// Workers that need more and more memory.
extension Supervisor {
    /// Takes how many bytes of memory each worker has of its own, by its place. The one that is past its
    /// limit by the most is replaced as `restartRequested` does it: one at a time, whose predecessor is gone
    /// before the next, and not too often, so that a limit under what a worker needs does not wear the
    /// machine out.
    public mutating func memoryMeasured(
        _ sizes: [(index: Int, bytes: UInt64)], now: Int64
    ) -> [SupervisorAction] {
        guard policy.maxMemoryBytes > 0, fault != .ignoresMemory else { return [] }
        let isOneGoing = places.contains { $0.isOverMemory }
        guard !isOneGoing || fault == .replacesTwoForMemory else { return [] }
        guard now >= nextMemoryRestart || fault == .replacesForMemoryAgainAndAgain else { return [] }
        let limit = policy.maxMemoryBytes / (fault == .replacesForLittleMemory ? 2 : 1)
        let over = sizes.filter { $0.bytes > limit && mayBeReplaced($0.index) }
        guard let worst = over.max(by: { $0.bytes < $1.bytes }) else { return [] }
        let actions: [SupervisorAction]
        do throws(WorkerRefusal) {
            actions = try begin([places[worst.index].number], total: current.count, now: now)
        } catch {
            // Another change is under way, or too many drain: it is measured again.
            return []
        }
        places[worst.index].isOverMemory = true
        nextMemoryRestart = now + SupervisorLimits.memoryRestartNanoseconds
        return [.memoryExceeded(worst.index, bytes: worst.bytes)] + actions
    }

    private func mayBeReplaced(_ index: Int) -> Bool {
        guard case .running = places[index].life else { return false }
        return places[index].fate == .kept
    }
}
