import PosixIO

/// Telling where the run stands.
extension LoadRun {
    /// The first second begins.
    func beginSecond(at now: Int64) {
        nextSecond = now + 1_000_000_000
        before = totals()
        beforeAt = MonotonicClock.now()
        meter?.begin(at: beforeAt)
    }

    /// Shows what there is to show at this time.
    func passTime() {
        let now = MonotonicClock.now()
        if now >= nextSecond {
            nextSecond += 1_000_000_000
            if nextSecond < now { nextSecond = now + 1_000_000_000 }
            endSecond(now)
            if phase != .reporting { face?.secondPassed(status(now)) }
        }
        guard let face, now >= nextShow, phase != .reporting else { return }
        nextShow = now + LoadLimits.progressNanoseconds
        face.show(status(now))
    }

    private func endSecond(_ now: Int64) {
        meter?.sample(at: now)
        let totals = totals()
        var point = LoadPoint()
        point.offered = totals.tally.offered - before.tally.offered
        point.sent = totals.tally.sent - before.tally.sent
        point.received = totals.received &- before.received
        point.errors = totals.errors - before.errors
        point.open = Int(totals.tally.open)
        let wall = Double(max(now - beforeAt, 1))
        for (index, cpu) in totals.cpuNanoseconds.enumerated() where index < before.cpuNanoseconds.count {
            point.generatorShare = max(
                point.generatorShare, Double(cpu - before.cpuNanoseconds[index]) / wall)
        }
        point.serverShare = meter?.share
        point.serverBytes = meter?.residentBytes
        lastPoint = point
        if begin > 0 { history.append(point) }
        verdicts = standingVerdicts()
        before = totals
        beforeAt = now
    }

    private func status(_ now: Int64) -> LoadStatus {
        let totals = totals()
        var status = LoadStatus()
        status.phase = phase
        status.elapsedSeconds = begin > 0 ? max(Double(now - begin) / 1e9, 0) : 0
        status.durationSeconds = plan.durationSeconds
        status.visitors = plan.visitors
        status.open = Int(totals.tally.open)
        status.connecting = Int(totals.tally.connecting)
        status.viewers = plan.viewers
        status.streaming = Int(totals.streaming)
        status.offered = totals.tally.offered
        status.sent = totals.tally.sent
        status.received = totals.received
        status.errors = totals.errors
        status.offeredPerSecond = Double(lastPoint.offered)
        status.sentPerSecond = Double(lastPoint.sent)
        status.receivedPerSecond = Double(lastPoint.received)
        status.timesViewers = plan.viewers > 0
        status.latency = plan.viewers > 0 ? Percentiles(latencies) : Percentiles(lag)
        status.generatorShare = lastPoint.generatorShare
        status.serverShare = lastPoint.serverShare
        status.serverBytes = lastPoint.serverBytes
        status.faults = faults().entries.sorted { $0.count > $1.count }.map { ($0.fault.text, $0.count) }
        status.history = history.points
        status.secondsPerPoint = history.secondsPerPoint
        status.verdicts = verdicts
        if plan.mode == .drain {
            status.drain = DrainProgress(
                rounds: drain.rounds, seconds: Double(drain.nanoseconds) / 1e9,
                secondsAtLeast: Double(LoadLimits.drainNanoseconds) / 1e9, framesPerSecond: drain.perSecond,
                newest: drain.newest)
        }
        return status
    }
}
