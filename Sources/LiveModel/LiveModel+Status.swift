import ByteCore

extension LiveModel {
    /// Takes in a status; keys it does not have are as if they were zero.
    mutating func applyStatus(_ data: UnsafeRawBufferPointer, now: Int64) throws(JSONFault) -> Outcome {
        var reader = StatusReader(data, limits: limits)
        guard let read = try reader.read() else { return .malformed }
        status = read
        statusNanoseconds = now
        relayedHistory.append(read.latency.relayed?.p99 ?? -1)
        rememberWorkers()
        return .applied
    }

    /// Adds the last status to the workers' histories; those of workers that are gone are forgotten.
    private mutating func rememberWorkers() {
        var present = Set<Int32>(minimumCapacity: status.workers.count)
        for worker in status.workers where present.insert(worker.pid).inserted {
            workerHistories[worker.pid, default: WorkerHistory()].append(worker)
        }
        guard workerHistories.count > present.count else { return }
        for pid in Array(workerHistories.keys) where !present.contains(pid) { workerHistories[pid] = nil }
    }
}
