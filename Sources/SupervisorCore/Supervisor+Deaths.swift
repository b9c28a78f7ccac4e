/// How soon a worker that died is followed by another one, if at all.
extension Supervisor {
    /// Counts a death soon after the start, and says whether it was one too many.
    mutating func isPastHope(_ index: Int, now: Int64) -> Bool {
        // Told to stop by somebody, which is no death.
        if case .stopping = places[index].life {
            places[index].earlyDeaths = 0
            return false
        }
        let lived = places[index].life == .spawning ? 0 : now - places[index].startedAt
        guard lived < policy.minUptimeNanoseconds || fault == .countsLateDeaths else {
            places[index].earlyDeaths = 0
            return false
        }
        places[index].earlyDeaths += 1
        let most = policy.maxRestarts - (fault == .givesUpTooEarly ? 1 : 0)
        return policy.maxRestarts > 0 && places[index].earlyDeaths >= most && fault != .neverGivesUp
    }

    /// How long the next process has to wait: not at all at first, then up to 100 ms doubling to 10 s. It is
    /// at least half of that: those that died at once are not to come back at once.
    mutating func backoff(_ index: Int, now: Int64) -> Int64 {
        if case .stopping = places[index].life {
            places[index].quickDeaths = 0
            return 0
        }
        let livedSince: Int64 =
            switch places[index].life {
            case .starting(let since), .standby(let since), .running(let since), .draining(let since, _),
                .killed(let since):
                since
            case .vacant, .absent, .spawning, .stopping, .stopped, .givenUp, .ended: now
            }
        let steady = SupervisorLimits.steadyNanoseconds / (fault == .resetsBackoffTooEarly ? 2 : 1)
        let isQuick = now - livedSince < steady
        places[index].quickDeaths = isQuick ? places[index].quickDeaths + 1 : 1
        let deaths = places[index].quickDeaths
        guard deaths > 1, fault != .forgetsBackoff else { return 0 }
        // Seven doublings are past the longest.
        let delay = min(
            SupervisorLimits.firstBackoffNanoseconds << Int64(min(deaths - 2, 7)),
            SupervisorLimits.longestBackoffNanoseconds)
        if fault == .comesBackInStep { return delay }
        return delay - Int64(chance.below(Int(delay / 2)))
    }

    /// Workers that are not started any more, because they kept dying.
    public var givenUpCount: Int { places.count { $0.life == .givenUp } }
}
