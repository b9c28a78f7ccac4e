import ByteCore

/// What came of a paced run.
struct PacedReport: Equatable {
    /// What one viewer that reads everything has had of it.
    struct Viewer: Equatable {
        var received: UInt64
        /// Samples sent that it never got: lost, or conflated on the way.
        var missing: Int64
        var disordered: UInt64
        /// Samples of visitors that this run does not have.
        var foreign: UInt64
        /// Visitors whose last sample it did not get.
        var stale: Int
        var resets: UInt64
        var unknownLines: UInt64
        var longestSilence: Int64
        var failure: String?
    }

    /// Times from due to read, of all viewers together, in nanoseconds.
    struct Latencies: Equatable {
        var count: UInt64
        var p50: Int64
        var p99: Int64
        var p999: Int64
        var maximum: Int64

        init(_ histogram: borrowing LatencyHistogram) {
            count = histogram.count
            p50 = histogram.nanoseconds(at: 0.5)
            p99 = histogram.nanoseconds(at: 0.99)
            p999 = histogram.nanoseconds(at: 0.999)
            maximum = histogram.maximumNanoseconds
        }
    }

    /// Samples that the schedule held; of a flood, those sent.
    var offered: Int64
    /// Samples given to the sockets.
    var sent: Int64
    /// From the first sample's due time to the last one's.
    var sendingNanoseconds: Int64
    /// Visitors whose connection ended before the run did, and why the first did.
    var lostConnections: Int
    var firstEnding: String?
    /// Bytes that no socket had taken at the end.
    var unsentBytes: Int
    var viewers: [Viewer]
    var latencies: Latencies
    /// How late samples were encoded, p99: what of the latency this side or a full socket made.
    var sendLagP99: Int64
    /// CPU time by wall time while sending; above 0.9 the figures are the generator's, not the server's.
    var cpuShare: Double
    /// From the last sample's due time to the last one received.
    var drainNanoseconds: Int64

    /// Whether every viewer got every sample in order.
    var isWhole: Bool {
        lostConnections == 0 && sent == offered && unsentBytes == 0
            && viewers.allSatisfy {
                $0.missing == 0 && $0.disordered == 0 && $0.resets == 0 && $0.failure == nil
            }
    }

    /// One line of JSON; times in milliseconds.
    var json: String {
        var fields: [String] = []
        func add(_ name: String, _ value: String) { fields.append("\"\(name)\":\(value)") }
        func list(_ values: [String]) -> String { "[\(values.joined(separator: ","))]" }
        add("offered", "\(offered)")
        add("sent", "\(sent)")
        add("seconds", Self.decimal(sendingNanoseconds, unit: 1_000_000_000))
        add("lost_connections", "\(lostConnections)")
        add("first_ending", firstEnding.map(Self.quoted) ?? "null")
        add("unsent_bytes", "\(unsentBytes)")
        add("whole", "\(isWhole)")
        add("received", list(viewers.map { "\($0.received)" }))
        add("missing", list(viewers.map { "\($0.missing)" }))
        add("disordered", list(viewers.map { "\($0.disordered)" }))
        add("foreign", list(viewers.map { "\($0.foreign)" }))
        add("stale", list(viewers.map { "\($0.stale)" }))
        add("resets", list(viewers.map { "\($0.resets)" }))
        add("unknown_lines", list(viewers.map { "\($0.unknownLines)" }))
        add("failures", list(viewers.compactMap(\.failure).map(Self.quoted)))
        add("longest_silence_ms", Self.milliseconds(viewers.map(\.longestSilence).max() ?? 0))
        add("timed", "\(latencies.count)")
        add("p50_ms", Self.milliseconds(latencies.p50))
        add("p99_ms", Self.milliseconds(latencies.p99))
        add("p999_ms", Self.milliseconds(latencies.p999))
        add("max_ms", Self.milliseconds(latencies.maximum))
        add("send_lag_p99_ms", Self.milliseconds(sendLagP99))
        add("drain_ms", Self.milliseconds(drainNanoseconds))
        add("cpu_share", Self.decimal(Int64(cpuShare * 1000), unit: 1000))
        return "{\(fields.joined(separator: ","))}"
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        decimal(nanoseconds, unit: 1_000_000)
    }

    /// A number of thousandths of a unit with its decimal point.
    private static func decimal(_ value: Int64, unit: Int64) -> String {
        let thousandths = max(value, 0) / (unit / 1000)
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    private static func quoted(_ text: String) -> String {
        var text = text
        var buffer = ByteBuffer()
        text.withUTF8 { buffer.appendJSONString(UnsafeRawBufferPointer($0)) }
        return String(decoding: buffer.readable, as: UTF8.self)
    }
}
