/// How finely times are told apart: every power of two is cut into equal buckets.
///
/// ```
///  bits 4, unit 2^6   0 ... 1023 ns     1024 ... 2047     2048 ... 4095    ...   2^valueBits
///  bucket             64 ns each        64 ns             128 ns                 the last one has the rest
/// ```
public protocol LogLinearScale {
    /// Buckets per power of two, as a power of two: the middle of one is within half of its inverse of the
    /// truth.
    static var bucketBits: Int { get }
    /// The width of the first buckets, as a power of two of nanoseconds.
    static var unitBits: Int { get }
    /// Values of so many bits have buckets of their own; larger ones share the last.
    static var valueBits: Int { get }
}

extension LogLinearScale {
    /// How many buckets there are.
    @inlinable public static var bucketCount: Int { (valueBits - unitBits - bucketBits + 1) << bucketBits }

    /// The bucket of a value that is not negative.
    @inlinable @inline(__always)
    public static func bucket(of nanoseconds: Int64) -> Int {
        let units = UInt64(bitPattern: nanoseconds) >> UInt64(unitBits)
        // Below 2^(bucketBits + 1) units each has a bucket of its own.
        let width = UInt64.bitWidth &- (units | 1 << UInt64(bucketBits)).leadingZeroBitCount
        let shift = width &- bucketBits &- 1
        let bucket = shift << bucketBits &+ Int(truncatingIfNeeded: units >> UInt64(shift))
        return min(bucket, bucketCount &- 1)
    }

    /// The middle of a bucket, in nanoseconds.
    @inlinable
    public static func middle(of bucket: Int) -> Int64 {
        let shift = max(bucket >> bucketBits - 1, 0)
        let lowest = Int64(bucket - shift << bucketBits) << Int64(shift + unitBits)
        return lowest + (Int64(1) << Int64(shift + unitBits)) / 2
    }
}

/// Counts of times in log-linear buckets: constant time to record, no allocation, a fixed error.
///
/// The greatest value is kept as it is.
public struct LogLinearHistogram<Scale: LogLinearScale>: ~Copyable {
    @usableFromInline let counts: UnsafeMutablePointer<UInt64>
    @usableFromInline var recorded: UInt64 = 0
    @usableFromInline var greatest: Int64 = 0

    /// An empty histogram.
    public init() {
        counts = .allocate(capacity: Self.bucketCount)
        counts.initialize(repeating: 0, count: Self.bucketCount)
    }

    deinit { counts.deallocate() }

    /// How many buckets there are.
    @inlinable public static var bucketCount: Int { Scale.bucketCount }

    /// The middle of a bucket, in nanoseconds: what stands for all in it.
    @inlinable public static func middle(of bucket: Int) -> Int64 { Scale.middle(of: bucket) }

    /// Values recorded.
    @inlinable public var count: UInt64 { recorded }

    /// The greatest value recorded, in nanoseconds; 0 while there is none.
    @inlinable public var maximumNanoseconds: Int64 { greatest }

    /// Counts one value, or the same several times; a negative one, of clocks read in the other order, counts
    /// as 0.
    @inlinable @inline(__always)
    public mutating func record(nanoseconds: Int64, times: UInt64 = 1) {
        guard times > 0 else { return }
        let value = max(nanoseconds, 0)
        counts[Scale.bucket(of: value)] &+= times
        recorded &+= times
        if value > greatest { greatest = value }
    }

    /// The value that this part of all (0...1) does not exceed, in nanoseconds; 0 while there is none.
    public func nanoseconds(at part: Double) -> Int64 {
        guard recorded > 0 else { return 0 }
        let wanted = max(UInt64((Double(recorded) * part).rounded(.up)), 1)
        var seen: UInt64 = 0
        for bucket in 0..<Self.bucketCount {
            seen += counts[bucket]
            if seen >= wanted { return min(Self.middle(of: bucket), greatest) }
        }
        return greatest
    }

    /// How many values are in a bucket.
    public subscript(bucket: Int) -> UInt64 { counts[bucket] }

    /// More values than anything can count in a century; another process may say more, and is not believed.
    @usableFromInline static var most: UInt64 { 1 << 62 }

    /// Counts so many values that another histogram has in this bucket, up to 2^62 in all.
    public mutating func add(_ growth: UInt64, to bucket: Int) {
        let counted = min(growth, Self.most - min(recorded, Self.most))
        counts[bucket] += counted
        recorded += counted
    }

    /// The greatest value is at least this.
    public mutating func raiseMaximum(to nanoseconds: Int64) { greatest = max(greatest, nanoseconds) }

    /// Counts all that another histogram has.
    public mutating func add(_ other: borrowing Self) {
        for bucket in 0..<Self.bucketCount { add(other.counts[bucket], to: bucket) }
        raiseMaximum(to: other.greatest)
    }

    /// Forgets all values.
    public mutating func removeAll() {
        counts.update(repeating: 0, count: Self.bucketCount)
        recorded = 0
        greatest = 0
    }
}
