/// Heartbeats, backoff and deadlines.
extension Supervisor {
    /// When `timerFired` is due; nil when nothing is waited for.
    public var nextDeadline: Int64? {
        guard !isFinished else { return nil }
        var next = isStopping ? Int64.max : nextHeartbeat
        for place in places {
            switch place.life {
            case .absent(let until): next = min(next, until)
            case .stopping(let deadline): next = min(next, deadline)
            case .starting, .running, .killed, .ended: break
            }
        }
        return next == .max ? nil : next
    }

    /// Does what is due at `now`.
    ///
    /// A heartbeat counts as missed only if this master's own loop ran meanwhile: when the call comes a whole
    /// period late, the master itself stood still, perhaps with the whole tree, and the round starts anew.
    public mutating func timerFired(now: Int64) -> [SupervisorAction] {
        var actions: [SupervisorAction] = []
        for index in places.indices {
            switch places[index].life {
            case .absent(let until) where now >= until && !isStopping:
                actions.append(.spawn(index))
            case .stopping(let deadline) where now >= deadline:
                places[index].life = .killed(since: now)
                actions.append(.kill(index))
            case .absent, .starting, .running, .stopping, .killed, .ended: break
            }
        }
        if !isStopping, now >= nextHeartbeat { actions += beat(now: now) }
        return actions
    }

    private mutating func beat(now: Int64) -> [SupervisorAction] {
        let stoodStill = now - nextHeartbeat >= SupervisorLimits.heartbeatNanoseconds
        nextHeartbeat = now + SupervisorLimits.heartbeatNanoseconds
        sequence += 1
        var actions: [SupervisorAction] = []
        for index in places.indices {
            switch places[index].life {
            case .starting(let since), .running(let since):
                if stoodStill { places[index].unanswered = 0 }
                if places[index].unanswered >= SupervisorLimits.missedHeartbeats {
                    places[index].life = .killed(since: since)
                    actions.append(.kill(index))
                } else {
                    places[index].unanswered += 1
                    actions.append(.sendPing(index, sequence: sequence))
                }
            case .absent, .stopping, .killed, .ended: break
            }
        }
        return actions
    }
}
