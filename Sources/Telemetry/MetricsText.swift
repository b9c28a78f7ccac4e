public import ByteCore

/// What kind of number a metric family is.
public enum MetricKind: Sendable {
    /// Only goes up.
    case counter
    /// Goes up and down.
    case gauge
    /// Quantiles of the last while, with the sum and count of all there ever was.
    case summary
    /// How many there ever were up to each of some bounds, with their sum and count.
    case histogram

    fileprivate var word: StaticString {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .summary: "summary"
        case .histogram: "histogram"
        }
    }
}

/// Writing the Prometheus text exposition format, version 0.0.4.
extension ByteBuffer {
    /// Begins a family: its samples must follow before the next family.
    public mutating func appendMetricFamily(_ name: StaticString, _ kind: MetricKind, help: StaticString) {
        append("# HELP ")
        append(name)
        append(" ")
        append(help)
        append("\n# TYPE ")
        append(name)
        append(" ")
        append(kind.word)
        append("\n")
    }

    /// Appends a sample with a whole value.
    public mutating func appendMetric(
        _ name: StaticString, label: (name: StaticString, value: String)? = nil, _ value: UInt64
    ) {
        appendMetricName(name, label)
        appendDecimal(value)
        append("\n")
    }

    /// Appends a sample with a floating-point value.
    public mutating func appendMetric(
        _ name: StaticString, label: (name: StaticString, value: String)? = nil, _ value: Double
    ) {
        appendMetricName(name, label)
        appendMetricValue(value)
    }

    private mutating func appendMetricValue(_ value: Double) {
        if value.isFinite {
            appendNumber(value)
        } else {
            append(value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf")
        }
        append("\n")
    }

    /// Appends a family of quantiles; one of nothing is not a number.
    public mutating func appendSummary(
        _ name: StaticString, help: StaticString, quantiles: [(quantile: String, value: Double)], sum: Double,
        count: UInt64
    ) {
        appendMetricFamily(name, .summary, help: help)
        for (quantile, value) in quantiles { appendMetric(name, label: ("quantile", quantile), value) }
        append(name)
        append("_sum ")
        appendMetricValue(sum)
        append(name)
        append("_count ")
        appendDecimal(count)
        append("\n")
    }

    /// Appends a family that counts values up to bounds, which rise; what is over the last of them is in
    /// `count` alone.
    public mutating func appendHistogram(
        _ name: StaticString, help: StaticString, counts: [(bound: Double, count: UInt64)], sum: Double,
        count: UInt64
    ) {
        appendMetricFamily(name, .histogram, help: help)
        func bucket(_ text: inout ByteBuffer, _ count: UInt64) {
            text.append("\"} ")
            text.appendDecimal(count)
            text.append("\n")
        }
        for (bound, count) in counts {
            append(name)
            append("_bucket{le=\"")
            appendNumber(bound)
            bucket(&self, count)
        }
        append(name)
        append("_bucket{le=\"+Inf")
        bucket(&self, count)
        append(name)
        append("_sum ")
        appendMetricValue(sum)
        append(name)
        append("_count ")
        appendDecimal(count)
        append("\n")
    }

    /// Appends a family of one sample.
    public mutating func appendMetric(
        _ name: StaticString, _ kind: MetricKind, help: StaticString, _ value: UInt64
    ) {
        appendMetricFamily(name, kind, help: help)
        appendMetric(name, value)
    }

    private mutating func appendMetricName(
        _ name: StaticString, _ label: (name: StaticString, value: String)?
    ) {
        append(name)
        if let label {
            append("{")
            append(label.name)
            append("=\"")
            for byte in label.value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): append("\\\\")
                case UInt8(ascii: "\""): append("\\\"")
                case UInt8(ascii: "\n"): append("\\n")
                default: append(byte)
                }
            }
            append("\"}")
        }
        append(" ")
    }
}
