import Tables

/// Times of a run: every power of two is cut into 128 buckets of at least 1 ns, up to 73 minutes, so that a
/// percentile is told within 1/256 (0.4 %) of the truth.
enum LatencyScale: LogLinearScale {
    static var bucketBits: Int { 7 }
    static var unitBits: Int { 0 }
    static var valueBits: Int { 42 }
}

/// Counts of a run's times.
typealias LatencyHistogram = LogLinearHistogram<LatencyScale>
