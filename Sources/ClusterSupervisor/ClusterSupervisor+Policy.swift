public import PosixIO
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
