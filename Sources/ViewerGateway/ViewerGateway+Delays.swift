import BroadcastHub
import ByteCore
import FramesShape
import Telemetry

/// How long samples take from the worker's read to their frame.
extension ViewerGateway {
    /// Appends a JSON object of milliseconds, a hop without samples left out; false where nothing came.
    ///
    /// ```
    /// {"relayed":{"p50":0.08,"p99":0.6,"max":1.2},"encoded":{"p50":48.1,"p99":99,"max":99.8}}
    /// ```
    func appendLatency(to text: inout ByteBuffer, now: Int64) -> Bool {
        let relayed = hub.recentDelays(.relayed, now: now)
        let encoded = hub.recentDelays(.encoded, now: now)
        guard relayed != nil || encoded != nil else { return false }
        text.append("{")
        if let relayed { Self.append("relayed", relayed, to: &text) }
        if relayed != nil, encoded != nil { text.append(",") }
        if let encoded { Self.append("encoded", encoded, to: &text) }
        text.append("}")
        return true
    }

    private static func append(_ name: StaticString, _ delays: DelayFigures, to text: inout ByteBuffer) {
        text.append("\"")
        text.append(name)
        text.append("\":{\"p50\":")
        text.appendNumber(milliseconds(delays.median))
        text.append(",\"p99\":")
        text.appendNumber(milliseconds(delays.percentile99))
        text.append(",\"max\":")
        text.appendNumber(milliseconds(delays.maximum))
        text.append("}")
    }

    /// To a tenth of a microsecond.
    private static func milliseconds(_ nanoseconds: Int64) -> Double {
        (Double(nanoseconds) / 100).rounded() / 10_000
    }

    /// Bounds of the histograms in nanoseconds: powers of two, at which the hub's buckets end too, from 33
    /// µs, which an idle machine's relay takes, to 17 s.
    private static let bounds: [Int64] = [15, 17, 19, 21, 23, 25, 26, 27, 28, 29, 30, 32, 34].map { 1 << $0 }

    func appendDelays(to text: inout ByteBuffer, now: Int64) {
        appendSummary(
            "pointerscope_relay_seconds", .relayed, to: &text, now: now,
            help: "From a worker's read to the hub; quantiles over about 5 s.")
        appendHistogram(
            "pointerscope_relay_duration_seconds", .relayed, to: &text,
            help: "From a worker's read to the hub.")
        appendSummary(
            "pointerscope_encode_seconds", .encoded, to: &text, now: now,
            help: "From the hub to the text of a frame; quantiles over about 5 s.")
        appendHistogram(
            "pointerscope_encode_duration_seconds", .encoded, to: &text,
            help: "From the hub to the text of a frame.")
    }

    private func appendHistogram(
        _ name: StaticString, _ hop: DelayHop, to text: inout ByteBuffer, help: StaticString
    ) {
        let counts = hub.delayCounts(hop, below: Self.bounds)
        let total = hub.delayTotals(hop)
        text.appendHistogram(
            name, help: help, counts: zip(Self.bounds, counts).map { (Double($0) / 1e9, $1) },
            sum: Double(total.nanoseconds) / 1e9, count: total.count)
    }

    private func appendSummary(
        _ name: StaticString, _ hop: DelayHop, to text: inout ByteBuffer, now: Int64, help: StaticString
    ) {
        let recent = hub.recentDelays(hop, now: now)
        let total = hub.delayTotals(hop)
        func seconds(_ nanoseconds: Int64?) -> Double { nanoseconds.map { Double($0) / 1e9 } ?? .nan }
        text.appendSummary(
            name, help: help,
            quantiles: [
                ("0.5", seconds(recent?.median)), ("0.99", seconds(recent?.percentile99)),
                ("1", seconds(recent?.maximum)),
            ], sum: Double(total.nanoseconds) / 1e9, count: total.count)
    }
}
