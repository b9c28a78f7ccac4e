/// How long something took of late: the middle, the worst percent, the worst.
public struct DelayFigures: Equatable, Sendable {
    /// Nanoseconds that half of them, and 99 in 100 of them, did not exceed; within 1/32 (3.2 %) or 32 ns.
    public var median: Int64
    public var percentile99: Int64
    /// The longest, exactly.
    public var maximum: Int64
}

/// Delays of the current second and the four before it, in log-linear buckets: constant time to record, no
/// allocation, a fixed error.
///
/// ```
///  delay     0 ... 1023 ns     1024 ... 2047     2048 ... 4095    ...    2^36 ns, 69 s
///  bucket    64 ns each        64 ns             128 ns                  what is longer is in the last
/// ```
/// Every power of two is cut into 16 buckets, and the middle of one stands for all in it.
public struct RecentDelays: ~Copyable {
    /// Seconds looked at, as for rates.
    static let seconds = 5
    /// Buckets per power of two, as a power of two.
    static let bucketBits = 4
    /// The unit of the first buckets, as a power of two of nanoseconds.
    static let unitBits = 6
    static let delayBits = 36
    static let bucketCount = (delayBits - unitBits - bucketBits + 1) << bucketBits

    private let counts: UnsafeMutablePointer<UInt32>
    /// The buckets of the second that is recorded in.
    private var current: UnsafeMutablePointer<UInt32>
    private var currentMaximum: Int64 = 0
    private var second: UInt32 = 0
    /// Delays in a row that are the same, and are counted together: what is read in one go has one time, and
    /// under load that is most.
    private var runDelay: Int64 = 0
    private var runLength: UInt64 = 0
    /// By place: the second it holds, and the longest delay of it.
    private var places: [(second: UInt32, maximum: Int64)]
    /// Delays ever recorded but for the run at hand, and their sum in nanoseconds.
    private var count: UInt64 = 0
    private var sum: UInt64 = 0

    /// No delays.
    public init() {
        counts = .allocate(capacity: Self.seconds * Self.bucketCount)
        counts.initialize(repeating: 0, count: Self.seconds * Self.bucketCount)
        current = counts
        places = Array(repeating: (second: 0, maximum: 0), count: Self.seconds)
    }

    deinit { counts.deallocate() }

    /// The second of monotonic time that delays, and rates, are counted in: it never goes back and leaves
    /// none out.
    public static func second(at nanoseconds: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: nanoseconds / 1_000_000_000)
    }

    /// What follows is recorded in this second, which is not before the last.
    public mutating func begin(_ second: UInt32) {
        guard second != self.second else { return }
        endSecond()
        let place = Int(second % UInt32(Self.seconds))
        self.second = second
        currentMaximum = 0
        current = counts + place * Self.bucketCount
        current.update(repeating: 0, count: Self.bucketCount)
        places[place] = (second, 0)
    }

    private mutating func endSecond() {
        endRun()
        places[Int(second % UInt32(Self.seconds))].maximum = currentMaximum
    }

    /// The bucket of a delay that is not negative.
    @inline(__always)
    static func bucket(of delay: Int64) -> Int {
        let units = UInt64(bitPattern: delay) >> UInt64(unitBits)
        // The width of a unit that is told from the next: none below 2^(bucketBits + 1).
        let width = UInt64.bitWidth &- (units | 1 << UInt64(bucketBits)).leadingZeroBitCount
        let shift = width &- bucketBits &- 1
        let bucket = shift << bucketBits &+ Int(truncatingIfNeeded: units >> UInt64(shift))
        return min(bucket, bucketCount &- 1)
    }

    /// The middle of a bucket, in nanoseconds.
    static func middle(of bucket: Int) -> Int64 {
        let shift = max(bucket >> bucketBits - 1, 0)
        let lowest = Int64(bucket - shift << bucketBits) << Int64(shift + unitBits)
        return lowest + Int64(1) << Int64(shift + unitBits - 1)
    }

    /// Counts one delay in nanoseconds; a negative one, of something that came within the turn, counts as 0.
    @inline(__always)
    public mutating func record(_ nanoseconds: Int64) {
        if nanoseconds == runDelay {
            runLength &+= 1
        } else {
            endRun()
            runDelay = nanoseconds
            runLength = 1
        }
    }

    /// Puts the run at hand into its bucket.
    private mutating func endRun() {
        let delay = max(runDelay, 0)
        current[Self.bucket(of: delay)] &+= UInt32(truncatingIfNeeded: runLength)
        count &+= runLength
        sum &+= UInt64(bitPattern: delay) &* runLength
        if runLength > 0, delay > currentMaximum { currentMaximum = delay }
        runLength = 0
    }

    /// How many delays were ever recorded, and their sum in nanoseconds.
    public mutating func totals() -> (count: UInt64, nanoseconds: UInt64) {
        endRun()
        return (count, sum)
    }

    /// The figures of the five seconds up to `second`; nil where nothing was recorded in them.
    public mutating func figures(at second: UInt32) -> DelayFigures? {
        endSecond()
        var merged = [UInt64](repeating: 0, count: Self.bucketCount)
        var total: UInt64 = 0
        var maximum: Int64 = 0
        for place in 0..<Self.seconds
        where second >= places[place].second && second - places[place].second < UInt32(Self.seconds) {
            for bucket in 0..<Self.bucketCount {
                let count = UInt64(counts[place * Self.bucketCount + bucket])
                merged[bucket] += count
                total += count
            }
            maximum = max(maximum, places[place].maximum)
        }
        guard total > 0 else { return nil }
        func delay(of rank: UInt64) -> Int64 {
            var seen: UInt64 = 0
            for bucket in 0..<Self.bucketCount {
                seen += merged[bucket]
                if seen >= rank { return min(Self.middle(of: bucket), maximum) }
            }
            return maximum
        }
        return DelayFigures(
            median: delay(of: (total + 1) / 2), percentile99: delay(of: total - total / 100),
            maximum: maximum)
    }
}
