import AccessControl
import BroadcastHub
import ByteCore
import Telemetry

/// Who was let in and who was not, in `/metrics`.
extension ViewerGateway {
    func appendAccess(to text: inout ByteBuffer) {
        guard let gate else { return }
        let people = gate.authority.counters
        text.appendMetric(
            "pointerscope_sign_ins_total", .counter, help: "Sessions begun.", people.succeeded)
        text.appendMetric(
            "pointerscope_sign_ins_waiting", .gauge, help: "Who waits for a password's hash.",
            UInt64(gate.hashing.count))
        let refused: StaticString = "pointerscope_sign_ins_refused_total"
        text.appendMetricFamily(refused, .counter, help: "Sign-ins that were turned away, by reason.")
        for refusal in SignInRefusal.allCases {
            text.appendMetric(refused, label: ("reason", "\(refusal.word)"), people[refusal])
        }
        text.appendMetric(refused, label: ("reason", "occupied"), people.occupied)
        text.appendMetric(refused, label: ("reason", "overloaded"), gate.counters[.overloaded])
        text.appendMetric(refused, label: ("reason", "forged"), gate.counters[.forged])
        let requests: StaticString = "pointerscope_http_requests_denied_total"
        text.appendMetricFamily(requests, .counter, help: "Requests that were not let in, by reason.")
        for refusal in AccessRefusal.allCases where refusal != .overloaded && refusal != .forged {
            text.appendMetric(requests, label: ("reason", "\(refusal.word)"), gate.counters[refusal])
        }
        text.appendMetric(
            "pointerscope_scopes_refused_total", .counter,
            help: "Viewers and states refused because as many scopes as there may be were watched.",
            hub.counters.refusedScopes)
        text.appendMetric(
            "pointerscope_sessions", .gauge, help: "Sessions of admins.",
            UInt64(gate.authority.sessionCount))
        text.appendMetric(
            "pointerscope_streams_ended_total", .counter,
            help: "Event streams that ended with their session or token.", gate.counters.streamsEnded)
    }
}
