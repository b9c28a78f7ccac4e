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

    func appendDelays(to text: inout ByteBuffer, now: Int64) {
        appendSummary(
            "pointerscope_relay_seconds", .relayed, to: &text, now: now,
            help: "From a worker's read to the hub; quantiles over about 5 s.")
        appendSummary(
            "pointerscope_encode_seconds", .encoded, to: &text, now: now,
            help: "From the hub to the text of a frame; quantiles over about 5 s.")
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
