import Tables

/// Where a run stands, for who shows it.
public struct LoadStatus: Sendable {
    /// What is going on.
    public enum Phase: Sendable {
        case opening, running, settling, reporting
    }

    public var phase = Phase.opening
    /// Seconds since the first sample was due, and how many there will be; 0 before.
    public var elapsedSeconds = 0.0
    public var durationSeconds = 0.0
    public var visitors = 0
    public var open = 0
    public var connecting = 0
    public var viewers = 0
    public var streaming = 0
    /// So far.
    public var offered: Int64 = 0
    public var sent: Int64 = 0
    public var received: UInt64 = 0
    public var errors: UInt64 = 0
    /// A second, over the last second or what there is of it.
    public var offeredPerSecond = 0.0
    public var sentPerSecond = 0.0
    public var receivedPerSecond = 0.0
    /// Whether times go from due to received by a viewer, or, without viewers, from due to written.
    public var timesViewers = false
    public var latency = Percentiles()
    /// CPU time of the busiest of the generator's processes, and of the server, by wall time.
    public var generatorShare = 0.0
    public var serverShare: Double?
    public var serverBytes: UInt64?
    /// The commonest errors, most first, as text with their numbers.
    public var faults: [(text: String, count: UInt64)] = []
    /// The run so far, oldest first.
    public var history: [LoadPoint] = []
    /// How many seconds one point of it stands for.
    public var secondsPerPoint = 1
    /// Conditions of `--require` as they stand; what only the end shows is open.
    public var verdicts: [LoadVerdict] = []
    /// Rounds so far, in drain mode.
    public var drain: DrainProgress?

    /// One line for a log.
    public var line: String {
        if let drain { return drainLine(drain) }
        func rate(_ value: Double) -> String { "\(grouped(Int64(value.rounded())))/s" }
        var parts = ["\(phase) \(decimal(elapsedSeconds, 0))/\(decimal(durationSeconds, 0)) s"]
        parts.append("open \(open)/\(visitors)")
        parts.append("offered \(rate(offeredPerSecond))")
        parts.append("sent \(rate(sentPerSecond))")
        if timesViewers { parts.append("received \(rate(receivedPerSecond))") }
        let point = history.last?.latency ?? latency
        parts.append(
            "p50 \(duration(point.p50)) p99 \(duration(point.p99)) max \(duration(point.maximum))")
        parts.append("errors \(grouped(errors))")
        parts.append("generator \(decimal(generatorShare * 100, 0)) %")
        if let serverShare { parts.append("server \(decimal(serverShare * 100, 0)) %") }
        let failing = verdicts.filter { $0.outcome == .failed }.map(\.text)
        if !failing.isEmpty { parts.append("FAIL \(failing.joined(separator: " "))") }
        return parts.joined(separator: ", ")
    }

    private func drainLine(_ drain: DrainProgress) -> String {
        guard phase == .running else {
            return "\(phase), open \(open)/\(visitors), errors \(grouped(errors))"
        }
        return "draining \(decimal(drain.seconds, 1))/\(decimal(drain.secondsAtLeast, 0)) s at work, "
            + "round \(drain.rounds), \(grouped(Int64(drain.framesPerSecond.rounded()))) frames/s, "
            + "open \(open)/\(visitors), errors \(grouped(errors))"
    }
}

/// Some percentiles of many times, in nanoseconds.
public struct Percentiles: Equatable, Sendable {
    public var count: UInt64 = 0
    public var p50: Int64 = 0
    public var p90: Int64 = 0
    public var p95: Int64 = 0
    public var p99: Int64 = 0
    public var p999: Int64 = 0
    public var p9999: Int64 = 0
    public var maximum: Int64 = 0

    init() {}

    init(_ histogram: borrowing LatencyHistogram) {
        count = histogram.count
        p50 = histogram.nanoseconds(at: 0.5)
        p90 = histogram.nanoseconds(at: 0.9)
        p95 = histogram.nanoseconds(at: 0.95)
        p99 = histogram.nanoseconds(at: 0.99)
        p999 = histogram.nanoseconds(at: 0.999)
        p9999 = histogram.nanoseconds(at: 0.9999)
        maximum = histogram.maximumNanoseconds
    }

    /// By name, in the order in which people read them.
    public var named: [(name: String, nanoseconds: Int64)] {
        [
            ("p50", p50), ("p90", p90), ("p95", p95), ("p99", p99), ("p99.9", p999), ("p99.99", p9999),
            ("max", maximum),
        ]
    }
}

/// What drain mode has come to while it goes on.
public struct DrainProgress: Equatable, Sendable {
    public var rounds = 0
    /// How long the server was at work in them, and how long it has to be.
    public var seconds = 0.0
    public var secondsAtLeast = 0.0
    public var framesPerSecond = 0.0
    /// Frames a second of each round, oldest first, the last of them.
    public var newest: [Double] = []
}

/// A second of a run.
public struct LoadPoint: Equatable, Sendable {
    public var offered: Int64 = 0
    public var sent: Int64 = 0
    public var received: UInt64 = 0
    public var latency = Percentiles()
    /// How many samples were how late, in `LoadPoint.heatBins` steps of a fourth of a decade from 10 µs on.
    public var heat: [UInt32] = Array(repeating: 0, count: LoadPoint.heatBins)
    public var errors: UInt64 = 0
    public var open = 0
    public var generatorShare = 0.0
    public var serverShare: Double?
    public var serverBytes: UInt64?

    public static let heatBins = 26

    /// The upper end of a step, in nanoseconds.
    public static func heatEdge(_ bin: Int) -> Int64 { LoadHistory.heatEdge(bin) }
}

/// A number with so many decimals, without the help of Foundation.
func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let whole = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(whole)" }
    let divisor = Int64(scale)
    let rest = String(whole % divisor)
    return "\(sign)\(whole / divisor).\(String(repeating: "0", count: places - rest.utf8.count))\(rest)"
}

/// A number with a comma after every three digits.
func grouped(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return text
}

/// A time for a person: 812 ns, 43.2 µs, 1.25 ms, 2.01 s.
func duration(_ nanoseconds: Int64) -> String {
    let value = Double(nanoseconds)
    return switch value {
    case ..<1e3: "\(nanoseconds) ns"
    case ..<1e6: "\(decimal(value / 1e3, 1)) µs"
    case ..<1e9: "\(decimal(value / 1e6, 2)) ms"
    default: "\(decimal(value / 1e9, 2)) s"
    }
}
