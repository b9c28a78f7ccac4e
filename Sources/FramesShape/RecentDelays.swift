import Tables

/// How long something took of late: the middle, the worst percent, the worst.
public struct DelayFigures: Equatable, Sendable {
    /// Nanoseconds that half of them, and 99 in 100 of them, did not exceed; within 1/32 (3.2 %) or 32 ns.
    public var median: Int64
    public var percentile99: Int64
    /// The longest, exactly.
    public var maximum: Int64
}

/// Every power of two is cut into 16 buckets of at least 64 ns, up to 69 s.
enum DelayScale: LogLinearScale {
    static var bucketBits: Int { 4 }
    static var unitBits: Int { 6 }
    static var valueBits: Int { 36 }
}

/// Delays of the current second and the four before it, each second a histogram: constant time to record, no
/// allocation, a fixed error.
public struct RecentDelays: ~Copyable {
    /// Seconds looked at, as for rates.
    static let seconds = 5

    let histograms: UnsafeMutablePointer<LogLinearHistogram<DelayScale>>
    /// That of the second that is recorded in.
    var current: UnsafeMutablePointer<LogLinearHistogram<DelayScale>>
    var second: UInt32 = 0
    /// Delays in a row that are the same, and are counted together: what is read in one go has one time, and
    /// under load that is most.
    var runDelay: Int64 = 0
    var runLength: UInt64 = 0
    /// By place: the second it holds.
    var secondsHeld: [UInt32]
    /// Delays ever recorded but for the run at hand, and their sum in nanoseconds.
    var count: UInt64 = 0
    var sum: UInt64 = 0
    /// Delays of seconds that have made room for others.
    var earlier = LogLinearHistogram<DelayScale>()

    /// No delays.
    public init() {
        histograms = .allocate(capacity: Self.seconds)
        for place in 0..<Self.seconds { (histograms + place).initialize(to: LogLinearHistogram()) }
        current = histograms
        secondsHeld = Array(repeating: 0, count: Self.seconds)
    }

    deinit {
        histograms.deinitialize(count: Self.seconds)
        histograms.deallocate()
    }

    /// The second of monotonic time that delays, and rates, are counted in: it never goes back and leaves
    /// none out.
    public static func second(at nanoseconds: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000)
    }

    /// What follows is recorded in this second, which is not before the last.
    public mutating func begin(_ second: UInt32) {
        guard second != self.second else { return }
        endRun()
        let place = Int(second % UInt32(Self.seconds))
        self.second = second
        current = histograms + place
        earlier.add(current.pointee)
        current.pointee.removeAll()
        secondsHeld[place] = second
    }

    /// Counts one delay in nanoseconds; a negative one, of something that came within the turn, counts as 0.
    @inline(__always)
    public mutating func record(_ nanoseconds: Int64) { record(nanoseconds, times: 1) }

    /// Counts the same delay so many times, once at least.
    @inline(__always)
    public mutating func record(_ nanoseconds: Int64, times: UInt64) {
        if nanoseconds != runDelay {
            endRun()
            runDelay = nanoseconds
        }
        runLength &+= times
    }

    /// Puts the run at hand into its bucket.
    private mutating func endRun() {
        current.pointee.record(nanoseconds: runDelay, times: runLength)
        count &+= runLength
        sum &+= UInt64(bitPattern: max(runDelay, 0)) &* runLength
        runLength = 0
    }

    /// How many delays were ever recorded, and their sum in nanoseconds.
    public mutating func totals() -> (count: UInt64, nanoseconds: UInt64) {
        endRun()
        return (count, sum)
    }

    /// How many delays of all that were ever recorded took less than each of `limits`, which are
    /// nanoseconds and rise: exactly so for powers of two from 2^6 to 2^35, else within the width of a
    /// bucket.
    public mutating func counts(below limits: [Int64]) -> [UInt64] {
        endRun()
        var found: [UInt64] = []
        var bucket = 0
        var sum: UInt64 = 0
        for limit in limits {
            while bucket < DelayScale.bucketCount, DelayScale.middle(of: bucket) < limit {
                sum &+= earlier[bucket]
                for place in 0..<Self.seconds { sum &+= histograms[place][bucket] }
                bucket += 1
            }
            found.append(sum)
        }
        return found
    }

    /// The figures of the five seconds up to `second`; nil where nothing was recorded in them.
    public mutating func figures(at second: UInt32) -> DelayFigures? {
        endRun()
        var merged = LogLinearHistogram<DelayScale>()
        for place in 0..<Self.seconds
        where second >= secondsHeld[place] && second - secondsHeld[place] < UInt32(Self.seconds) {
            merged.add(histograms[place])
        }
        guard merged.count > 0 else { return nil }
        return DelayFigures(
            median: merged.nanoseconds(at: 0.5), percentile99: merged.nanoseconds(at: 0.99),
            maximum: merged.maximumNanoseconds)
    }
}
