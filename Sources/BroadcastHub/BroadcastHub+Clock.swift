import FramesShape

/// Time in what the hub says: ages and rates are of monotonic time alone, times of day are told from it.
extension BroadcastHub {
    /// Takes a reading of the machine's clocks, to be made several times a second: CLOCK_REALTIME and
    /// CLOCK_BOOTTIME, each less CLOCK_MONOTONIC, in nanoseconds.
    ///
    /// From the next message on `at` is by it, and so are `since` and `last` of everyone: see `EpochClock`.
    /// When the clock was set, frames viewers get a keyframe at their next tick, since what they were told of
    /// visitors who rest is by another clock.
    public func followClock(epochOffsetNanoseconds offset: Int64, sleptNanoseconds slept: Int64, now: Int64) {
        for scope in scopes {
            scope.hub.followClock(epochOffsetNanoseconds: offset, sleptNanoseconds: slept, now: now)
        }
        guard clock.follow(offset: offset, slept: slept, now: now) == .set else { return }
        filledFor = nil
        ticker.retell()
    }

    /// The hub's epoch time in milliseconds at monotonic `nanoseconds`.
    public func epochMilliseconds(_ nanoseconds: Int64) -> Int64 {
        clock.epochNanoseconds(nanoseconds) / 1_000_000
    }

    /// The second of monotonic time that rates and delays are counted in.
    func second(at nanoseconds: Int64) -> UInt32 { RecentDelays.second(at: nanoseconds) }
}
