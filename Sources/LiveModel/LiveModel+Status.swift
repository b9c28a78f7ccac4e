import ByteCore

extension LiveModel {
    /// Takes in a status; keys it does not have are as if they were zero.
    mutating func applyStatus(_ data: UnsafeRawBufferPointer, now: Int64) throws(JSONFault) -> Outcome {
        var reader = unsafe StatusReader(data, limits: limits)
        guard let read = try reader.read() else { return .malformed }
        let seconds = secondsPassed(from: status, to: read)
        incidentWatch.heard(
            read, after: status, seconds: seconds, now: clock.milliseconds(now: now) ?? nowMilliseconds,
            &incidentMemory)
        for _ in 1..<seconds { healthHistory.append(.gap) }
        healthHistory.append(HealthMoment(read, after: status, seconds: seconds, isFirst: !hasStatus))
        status = read
        statusNanoseconds = now
        for _ in 1..<seconds { relayedHistory.append(-1) }
        relayedHistory.append(read.latency.relayed?.p99 ?? -1)
        rememberWorkers(after: seconds)
        return .applied
    }

    /// How many seconds a status is after the one before, at least one: by the server's own time, because
    /// after a pause in reading several come at once. More than are remembered are as many as are.
    private func secondsPassed(from before: ServerStatus, to status: ServerStatus) -> Int {
        guard before.uptimeSeconds > 0 else { return 1 }
        let passed = (status.uptimeSeconds - before.uptimeSeconds).rounded()
        return Int(min(max(passed, 1), Double(LiveModelLimits.statusHistory)))
    }

    /// Adds the last status to the workers' histories, `seconds` after the one before; those of workers that
    /// are gone are forgotten.
    private mutating func rememberWorkers(after seconds: Int) {
        var present = Set<Int32>(minimumCapacity: status.workers.count)
        for worker in status.workers where present.insert(worker.pid).inserted {
            workerHistories[worker.pid, default: WorkerHistory()].append(worker, after: seconds)
        }
        guard workerHistories.count > present.count else { return }
        for pid in Array(workerHistories.keys) where !present.contains(pid) { workerHistories[pid] = nil }
    }
}
