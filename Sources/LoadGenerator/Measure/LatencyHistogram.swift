/// Counts of times in log-linear buckets: constant time to record, no allocation, a fixed error.
///
/// ```
///  value      0 ... 255 ns      256 ... 511      512 ... 1023    ...    2^42 ns, 73 minutes
///  bucket     1 ns each         2 ns             4 ns                   then one for the rest
/// ```
/// Every power of two is cut into 128 buckets, so a percentile is told within 1/256 (0.4 %) of the truth; the
/// greatest value is kept as it is.
public struct LatencyHistogram: ~Copyable {
    /// Buckets per power of two, as a power of two.
    static let bucketBits = 7
    /// Values of so many bits have buckets of their own; larger ones share the last.
    static let valueBits = 42
    static let bucketCount = (valueBits - bucketBits + 1) << bucketBits

    private let counts: UnsafeMutablePointer<UInt64>
    /// Values recorded.
    public private(set) var count: UInt64 = 0
    /// The greatest value recorded, in nanoseconds; 0 while there is none.
    public private(set) var maximumNanoseconds: Int64 = 0

    /// An empty histogram.
    public init() {
        counts = .allocate(capacity: Self.bucketCount)
        counts.initialize(repeating: 0, count: Self.bucketCount)
    }

    deinit { counts.deallocate() }

    /// The bucket of a value that is not negative.
    @inline(__always)
    static func bucket(of value: Int64) -> Int {
        let bits = UInt64(bitPattern: value)
        let width = UInt64.bitWidth - bits.leadingZeroBitCount
        let shift = max(width - bucketBits - 1, 0)
        return min(shift << bucketBits + Int(truncatingIfNeeded: bits >> UInt64(shift)), bucketCount - 1)
    }

    /// The middle of a bucket, in nanoseconds.
    static func middle(of bucket: Int) -> Int64 {
        let shift = max(bucket >> bucketBits - 1, 0)
        let lowest = Int64(bucket - shift << bucketBits) << Int64(shift)
        return lowest + (Int64(1) << Int64(shift)) / 2
    }

    /// Counts one value; a negative one, of clocks read in the other order, counts as 0.
    @inline(__always)
    public mutating func record(nanoseconds: Int64) {
        let value = max(nanoseconds, 0)
        counts[Self.bucket(of: value)] &+= 1
        count &+= 1
        if value > maximumNanoseconds { maximumNanoseconds = value }
    }

    /// The value that this part of all (0...1) does not exceed, in nanoseconds; 0 while there is none.
    public func nanoseconds(at part: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let wanted = max(UInt64((Double(count) * part).rounded(.up)), 1)
        var seen: UInt64 = 0
        for bucket in 0..<Self.bucketCount {
            seen += counts[bucket]
            if seen >= wanted { return min(Self.middle(of: bucket), maximumNanoseconds) }
        }
        return maximumNanoseconds
    }

    /// How many values are in a bucket.
    subscript(bucket: Int) -> UInt64 { counts[bucket] }

    /// Counts so many values that another histogram has in this bucket.
    mutating func add(_ growth: UInt64, to bucket: Int) {
        counts[bucket] &+= growth
        count &+= growth
    }

    /// The greatest value is at least this.
    mutating func raiseMaximum(to nanoseconds: Int64) {
        maximumNanoseconds = max(maximumNanoseconds, nanoseconds)
    }
}
