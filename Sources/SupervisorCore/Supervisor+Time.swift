/// Heartbeats, backoff and deadlines.
extension Supervisor {
    /// When `timerFired` is due; nil when nothing is waited for.
    public var nextDeadline: Int64? {
        guard !isFinished else { return nil }
        var next = stopEnds ?? nextHeartbeat
        for place in places {
            switch place.life {
            case .absent(let until): next = min(next, until)
            case .stopping(let deadline): next = min(next, deadline)
            case .draining(_, let until):
                let isDue = place.connections == 0 && fault != .forgetsTheDrained
                next = min(next, isDue ? 0 : until)
            case .givenUp: if fault == .revivesTheGivenUp { next = 0 }
            case .vacant, .spawning, .starting, .standby, .running, .killed, .stopped, .ended: break
            }
        }
        if let change, fault != .waitsForCandidatesForever { next = min(next, change.deadline) }
        if let evening { next = min(next, evening.nextRound) }
        return next == .max ? nil : next
    }

    /// Does what is due at `now`.
    public mutating func timerFired(now: Int64) -> [SupervisorAction] {
        let stoodStill = standstill(until: now)
        if stoodStill > 0 { postpone(by: stoodStill) }
        var actions: [SupervisorAction] = []
        for index in places.indices {
            switch places[index].life {
            case .absent(let until) where now >= until:
                actions.append(spawn(index))
            case .stopping(let deadline) where now >= deadline && fault != .forgetsToKill:
                actions += kill(index, since: now)
            case .draining(_, let until)
            where now >= until || places[index].connections == 0 && fault != .forgetsTheDrained:
                actions.append(stop(index, now: now))
            case .givenUp where fault == .revivesTheGivenUp: actions.append(spawn(index))
            case .vacant, .absent, .spawning, .starting, .standby, .running, .draining, .stopping, .killed,
                .stopped, .givenUp, .ended:
                break
            }
        }
        if let change, now >= change.deadline, fault != .waitsForCandidatesForever {
            let late = change.candidates.first { !places[$0].isStandby } ?? change.candidates[0]
            actions += endChange(.late(number: places[late].number), now: now)
        }
        actions += evenOut(now: now)
        if let stopEnds {
            if now >= stopEnds, fault != .neverAbandons { actions += finish() }
        } else if now >= nextHeartbeat {
            actions += beat(now: now, stoodStill: stoodStill > 0)
        }
        return actions
    }

    /// How long this process stood still at most, perhaps with the whole tree; 0 where the call is hardly
    /// late. When that began is not known, only that it was behind the last heartbeat.
    private func standstill(until now: Int64) -> Int64 {
        let late = now - nextHeartbeat
        guard stopEnds == nil, late >= SupervisorLimits.standstillNanoseconds, fault != .countsStandstill
        else { return 0 }
        return late + SupervisorLimits.heartbeatNanoseconds
    }

    /// Nobody's time to stop, to drain or to become ready runs while nobody could hear that they had: a
    /// worker whose channel was full meanwhile would be killed with what it has to say.
    private mutating func postpone(by nanoseconds: Int64) {
        for index in places.indices {
            switch places[index].life {
            case .stopping(let deadline): places[index].life = .stopping(deadline: deadline + nanoseconds)
            case .draining(let since, let until) where until != .max:
                places[index].life = .draining(since: since, until: until + nanoseconds)
            case .vacant, .absent, .spawning, .starting, .standby, .running, .draining, .killed, .stopped,
                .givenUp, .ended:
                break
            }
        }
        change?.deadline += nanoseconds
    }

    /// Counts the answers that the last heartbeat lacks, and sends the next one.
    ///
    /// One that is missing counts only if this process ran meanwhile: where it stood still the workers may
    /// have had no chance to answer.
    private mutating func beat(now: Int64, stoodStill: Bool) -> [SupervisorAction] {
        nextHeartbeat = now + SupervisorLimits.heartbeatNanoseconds
        sequence += 1
        var actions: [SupervisorAction] = []
        for index in places.indices {
            switch places[index].life {
            case .starting(let since), .standby(let since), .running(let since), .draining(let since, _):
                if places[index].isAwaitingPong, !stoodStill { places[index].missedHeartbeats += 1 }
                if places[index].missedHeartbeats >= SupervisorLimits.missedHeartbeats {
                    actions += kill(index, since: since)
                } else {
                    places[index].isAwaitingPong = true
                    actions.append(.sendPing(index, sequence: sequence))
                }
            case .vacant, .absent, .spawning, .stopping, .killed, .stopped, .givenUp, .ended: break
            }
        }
        return actions
    }

    private mutating func kill(_ index: Int, since: Int64) -> [SupervisorAction] {
        places[index].life = .killed(since: since)
        return fault == .replacesBeforeTheExit ? [.kill(index), .spawn(index)] : [.kill(index)]
    }
}
