import Glibc
import PosixIO

/// What the rounds of drain mode came to.
struct DrainFigures: Equatable {
    var rounds = 0
    /// Rounds in which connections ended, which are not in the other figures.
    var broken = 0
    /// Samples and frames that the server worked off.
    var samples: Int64 = 0
    var frames: Int64 = 0
    var nanoseconds: Int64 = 0
    var cpuNanoseconds: Int64 = 0
    /// The shortest and the longest round, in frames a second.
    var slowest = Double.infinity
    var fastest = 0.0
    /// Frames a second of the last rounds, oldest first, for a picture.
    var newest: [Double] = []
}

/// Measuring what the server alone spends: it stands still while frames are queued for it.
extension LoadRun {
    func drainRounds() throws(LoadFailure) {
        guard let meter else { return }
        if wasInterrupted || isAborted { throw .interrupted }
        phase = .running
        begin = MonotonicClock.now()
        cpuAtBegin = eachPeer { $0.progress.cpuNanoseconds }
        beginSecond(at: begin)
        let cpu = ProcessTree.cpuNanoseconds(of: meter.tree.members())
        // A tree at rest spends nothing, so that its time from first to last is that of the rounds; the ticks
        // it is counted in weigh once, not every round.
        defer { drain.cpuNanoseconds = ProcessTree.cpuNanoseconds(of: meter.tree.members()) - cpu }
        while !wasInterrupted, !isAborted, wantsRound {
            guard try hasRested() else { return }
            let members = try Self.members(of: meter.tree)
            // Whatever happens, the server goes on: should this process be killed, the others see to it.
            unsafe members.withUnsafeBytes { unsafe tell(.stopping, bytes: $0) }
            ProcessTree.signal(SIGSTOP, to: members)
            defer { ProcessTree.signal(SIGCONT, to: members) }
            ProcessTree.awaitStop(of: members)
            try drainOnce(members)
            if totals().tally.open == 0 { return }
        }
    }

    /// Whether another round is to follow.
    private var wantsRound: Bool {
        let rounds = drain.rounds + drain.broken
        if let wanted = plan.rounds { return rounds < wanted }
        guard rounds < LoadLimits.drainRounds else { return false }
        return drain.nanoseconds < LoadLimits.drainNanoseconds
            || MonotonicClock.now() - begin < plan.durationNanoseconds
    }

    /// Lets the server be for as long as is wanted before a round; false where none is to follow any more.
    private func hasRested() throws(LoadFailure) -> Bool {
        let end = MonotonicClock.now() + Int64(plan.restSeconds * 1e9)
        while MonotonicClock.now() < end, !wasInterrupted, !isAborted { try turn() }
        return !wasInterrupted && !isAborted
    }

    /// The server's processes; they may not be the ones that would stop them and be stopped with them.
    static func members(of tree: ProcessTree) throws(LoadFailure) -> [Int32] {
        let members = tree.members()
        guard members.contains(tree.root) else { throw .noServer(tree.root) }
        guard !members.contains(getpid()) else { throw .ownTree(tree.root) }
        return members
    }

    private func drainOnce(_ members: [Int32]) throws(LoadFailure) {
        let round = Int64(drain.rounds + drain.broken + 1)
        let before = totals().tally
        tell(.queue, Int64(plan.queueFrames))
        let deadline = MonotonicClock.now() + LoadLimits.drainRoundNanoseconds
        while totals().queueRounds < round, MonotonicClock.now() < deadline, !isAborted { try turn() }
        let start = MonotonicClock.now()
        ProcessTree.signal(SIGCONT, to: members)
        while case let tally = totals().tally, tally.through < tally.queued, tally.open > 0,
            MonotonicClock.now() < deadline, !isAborted
        {
            try turn()
        }
        let nanoseconds = MonotonicClock.now() - start
        // A round that is broken off says nothing about the server.
        guard !isAborted else { return }
        let totals = totals()
        // What was queued on connections that ended meanwhile, nobody has worked off: such a round is not
        // counted.
        guard totals.tally.open == before.open else {
            drain.broken += 1
            return try waitForLastEnd()
        }
        guard totals.tally.through >= totals.tally.queued else { throw .stuck }
        let frames = (totals.tally.writes - before.writes) * Int64(plan.coalesce)
        drain.rounds += 1
        drain.frames += frames
        drain.samples += totals.tally.sent - before.sent
        drain.nanoseconds += nanoseconds
        let rate = Double(frames) / (Double(max(nanoseconds, 1)) / 1e9)
        drain.slowest = min(drain.slowest, rate)
        drain.fastest = max(drain.fastest, rate)
        if drain.newest.count >= LoadLimits.drainRoundsShown { drain.newest.removeFirst() }
        drain.newest.append(rate)
    }

    /// Connections that end together, as those of a worker that died do, break one round: the next begins
    /// when no more have ended for a while.
    private func waitForLastEnd() throws(LoadFailure) {
        let deadline = MonotonicClock.now() + LoadLimits.drainRoundNanoseconds
        var open = totals().tally.open
        var next = MonotonicClock.now() + LoadLimits.drainQuietNanoseconds
        while case let now = MonotonicClock.now(), now < min(next, deadline), !wasInterrupted, !isAborted {
            try turn()
            let left = totals().tally.open
            if left != open { next = MonotonicClock.now() + LoadLimits.drainQuietNanoseconds }
            open = left
        }
    }
}
