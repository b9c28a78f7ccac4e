import SSEWire

/// Time in what the hub says: ages and rates are of monotonic time alone, times of day are told from it.
extension BroadcastHub {
    /// Takes a reading of the machine's clocks, to be made several times a second: CLOCK_REALTIME and
    /// CLOCK_BOOTTIME, each less CLOCK_MONOTONIC, in nanoseconds.
    ///
    /// From the next message on `at` is by it, and so are `since` and `last` of everyone: see `EpochClock`.
    /// When the clock was set, frames viewers get a keyframe at their next tick, since what they were told of
    /// visitors who rest is by another clock.
    public func followClock(epochOffsetNanoseconds offset: Int64, sleptNanoseconds slept: Int64, now: Int64) {
        guard clock.follow(offset: offset, slept: slept, now: now) == .set, !isFaulty(.clockNotRetold) else {
            return
        }
        filledFor = nil
        for group in groups where group.sequence != 0 { retell(group) }
    }

    /// Takes the tick at hand back: nobody is up to date any more, as before the first.
    private func retell(_ group: RateGroup) {
        forEachViewer(of: group) { viewer in
            if let text = viewer.tick.reading { breakOff(viewer, text) }
            viewer.tick.hadSequence = 0
            viewer.tick.wantsKeyframe = true
        }
        group.sequence = 0
        group.frame = nil
        group.keyframe = nil
    }

    /// The hub's epoch time in milliseconds at monotonic `nanoseconds`.
    func epochMilliseconds(_ nanoseconds: Int64) -> Int64 { clock.epochNanoseconds(nanoseconds) / 1_000_000 }

    /// The second of monotonic time that rates and delays are counted in: it never goes back and leaves none
    /// out.
    func second(at nanoseconds: Int64) -> UInt32 { UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000) }
}
