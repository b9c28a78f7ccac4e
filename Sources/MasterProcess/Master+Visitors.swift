import ByteCore
import ClusterSupervisor
import Telemetry

/// What is told of visitors that speak `pointerscope.v1`: who they are, and what of them is missing.
extension Master {
    func appendVisitorMetrics(to text: inout ByteBuffer) {
        let tokens = "pointerscope_identity_tokens_total" as StaticString
        text.appendMetricFamily(
            tokens, .counter, help: "Visitors' hellos, by what became of the token that they brought.")
        let results: [(StaticString, WorkerCounter)] = [
            ("new", .tokensNew), ("resumed", .tokensResumed), ("expired", .tokensExpired),
            ("forged", .tokensForged), ("malformed", .tokensMalformed),
        ]
        for (result, counter) in results {
            text.appendMetric(tokens, label: ("result", "\(result)"), cluster.sum(of: counter))
        }
        text.appendMetric(
            "pointerscope_ingest_gaps_total", .counter,
            help: "Times that messages of a visitor were missing.",
            cluster.sum(of: .ingestGaps))
        text.appendMetric(
            "pointerscope_ingest_messages_missing_total", .counter,
            help: "Messages of visitors that are missing.",
            cluster.sum(of: .messagesMissing))
        text.appendMetric(
            "pointerscope_ingest_messages_repeated_total", .counter,
            help: "Messages of visitors that came again, or late.", cluster.sum(of: .messagesRepeated))
    }
}
