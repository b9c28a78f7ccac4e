import PosixIO

/// How much the workers have to do, for whoever gives them less.
extension ClusterSupervisor {
    /// The share of a core that the busiest worker has used since this was last asked, `seconds` ago; one
    /// that has just started is not asked about yet.
    public func busiestShare(over seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        var most = 0.0
        for case let worker? in workers {
            let used = ProcessClock.cpuNanoseconds(of: worker.child.pid)
            if let before = worker.usedBefore { most = max(most, Double(used - before) / 1e9 / seconds) }
            // One that has ended and is not reaped yet has no clock any more.
            worker.usedBefore = max(used, worker.usedBefore ?? 0)
        }
        return most
    }
}
