/// When each sample of an open-model run is due, fixed before the first goes out.
///
/// Sample k of the whole run belongs to visitor k mod V and is due k / rate seconds after the run's begin.
/// Nothing the server does shifts it: a sample that could not be sent in time is late, and its latency counts
/// from when it was due (Gil Tene's "coordinated omission" is what happens otherwise).
struct PaceSchedule: Equatable {
    /// Visitors, one connection each; above 0.
    let visitorCount: Int
    /// Samples a second, of all visitors together; above 0.
    let perSecond: Int

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// When sample `index` is due, in nanoseconds of the run, rounded up.
    func dueNanoseconds(of index: Int64) -> Int64 {
        let rate = Int64(perSecond)
        let (seconds, rest) = index.quotientAndRemainder(dividingBy: rate)
        return seconds * Self.nanosecondsPerSecond + (rest * Self.nanosecondsPerSecond + rate - 1) / rate
    }

    /// How many samples are due when `elapsed` nanoseconds of the run have passed; the first is due at 0.
    func dueCount(at elapsed: Int64) -> Int64 {
        guard elapsed >= 0 else { return 0 }
        let (seconds, rest) = elapsed.quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
        return seconds * Int64(perSecond) + rest * Int64(perSecond) / Self.nanosecondsPerSecond + 1
    }

    /// The least time between two sends, in nanoseconds: it grows with the rate within its limits.
    var tickNanoseconds: Int64 {
        let limits = LoadLimits.paceNanoseconds
        let grown = limits.upperBound * Int64(perSecond) / LoadLimits.fastPacePerSecond
        return min(max(grown, limits.lowerBound), limits.upperBound)
    }

    /// How many of the first `count` samples of the run are this visitor's.
    func share(of visitor: Int, in count: Int64) -> Int64 {
        let (each, extra) = count.quotientAndRemainder(dividingBy: Int64(visitorCount))
        return each + (Int64(visitor) < extra ? 1 : 0)
    }

    /// The place in the run of a visitor's sample with this number; numbers count from 1.
    func index(of visitor: Int, sequence: Int64) -> Int64 {
        (sequence - 1) * Int64(visitorCount) + Int64(visitor)
    }
}
