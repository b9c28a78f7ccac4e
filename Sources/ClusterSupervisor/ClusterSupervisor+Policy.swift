public import PosixIO
import RelayChannels
import SupervisorCore

/// Workers that are given up, and those that need too much memory.
extension ClusterSupervisor {
    /// Workers that kept ending at their start and are not started any more.
    public var givenUpCount: Int { core.givenUpCount }

    /// Workers that were replaced for their memory.
    public var memoryRestarts: Int { core.memoryRestarts }

    func noteGivenUp(_ index: Int, _ deaths: Int) {
        sink.noted(
            .workerGivenUp(
                number: number(of: index), deaths: deaths, minUptime: core.policy.minUptimeNanoseconds))
    }

    func noteOverMemory(_ index: Int, _ bytes: UInt64) {
        guard let worker = workers[index] else { return }
        sink.noted(
            .workerOverMemory(
                number: number(of: index), pid: worker.child.pid, bytes: bytes,
                limit: core.policy.maxMemoryBytes))
    }

    /// Gives connections that wait for a worker, up to so many, to others: what is not with it yet need not
    /// go there.
    func moveWaiting(_ count: Int, from index: Int, _ poller: borrowing Poller) {
        guard let worker = workers[index] else { return }
        for _ in 0..<min(count, worker.waiting.count) {
            let connection = worker.waiting.removeLast()
            let counted = worker.counted.removeValue(forKey: connection.number)
            var taken = index
            if case .worker(let other) = core.connectionMoved(from: index, isFull: { !canTakeOneMore($0) }) {
                taken = other
            }
            workers[taken]?.waiting.append(connection)
            if let counted { workers[taken]?.counted[connection.number] = counted }
            if taken != index { sendWaiting(to: taken, poller) }
        }
    }

    /// Measures the workers' memory, where that is limited, and begins to replace one that has too much; to
    /// be called about once a second.
    public func measureMemory(_ poller: borrowing Poller, now: Int64) {
        guard core.policy.maxMemoryBytes > 0 else { return }
        var sizes: [(index: Int, bytes: UInt64)] = []
        for (index, worker) in workers.enumerated() {
            guard let worker else { continue }
            sizes.append((index, ProcessMemory.anonymousBytes(of: worker.child.pid)))
        }
        carryOut(core.memoryMeasured(sizes, now: now), poller, now: now)
    }
}
