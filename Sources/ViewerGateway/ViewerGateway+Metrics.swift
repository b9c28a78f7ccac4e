import BroadcastHub
public import ByteCore
import PosixIO
import ProxyWire
import Telemetry

/// The port's and the hub's part of `/metrics`.
extension ViewerGateway {
    /// Appends every family that the gateway or the hub counts; the owner adds its own.
    public func appendMetrics(to text: inout ByteBuffer, now: Int64) {
        appendEvents(to: &text, hub.counters)
        appendHub(to: &text, hub.counters)
        appendDelays(to: &text, now: now)
        appendViewers(to: &text)
        appendRequests(to: &text)
        appendFilters(to: &text, hub.counters)
        appendPolls(to: &text)
        appendLooks(to: &text)
        appendAccess(to: &text)
    }

    private func appendEvents(to text: inout ByteBuffer, _ hub: HubCounters) {
        text.appendMetric(
            "pointerscope_events_relayed_total", .counter, help: "Samples taken into the hub's order.",
            hub.relayed)
        text.appendMetric(
            "pointerscope_events_offered_total", .counter, help: "Samples times viewers attached.",
            hub.offered)
        text.appendMetric(
            "pointerscope_events_delivered_total", .counter, help: "Of the offered, taken by the kernel.",
            hub.delivered)
        let conflated: StaticString = "pointerscope_events_conflated_total"
        text.appendMetricFamily(conflated, .counter, help: "Samples a newer one took the place of.")
        text.appendMetric(conflated, label: ("stage", "relay"), source?.conflatedInRelay ?? 0)
        text.appendMetric(conflated, label: ("stage", "viewer"), hub.conflated)
        let undelivered: StaticString = "pointerscope_events_undelivered_total"
        text.appendMetricFamily(undelivered, .counter, help: "Of the offered, pending when a viewer went.")
        for reason in DetachReason.allCases {
            text.appendMetric(undelivered, label: ("reason", "\(reason.label)"), hub.undelivered(reason))
        }
        text.appendMetric(
            "pointerscope_events_pending", .gauge, help: "Of the offered, still to be taken.", hub.pending)
    }

    private func appendHub(to text: inout ByteBuffer, _ hub: HubCounters) {
        text.appendMetric(
            "pointerscope_visitors", .gauge, help: "Visitors present.", UInt64(clamping: hub.present))
        text.appendMetric(
            "pointerscope_visitors_joined_total", .counter, help: "Visitors that came.", hub.joins)
        text.appendMetric(
            "pointerscope_visitors_left_total", .counter, help: "Visitors that went.", hub.kills)
        text.appendMetric(
            "pointerscope_visitors_refused_total", .counter, help: "Joins there was no room for.",
            hub.refusedJoins)
        text.appendMetric(
            "pointerscope_pages_refused_total", .counter, help: "Pages there was no room for.",
            hub.refusedPages)
        text.appendMetric(
            "pointerscope_ring_bytes", .gauge, help: "Memory of the ring of samples.",
            UInt64(clamping: self.hub.ringBytes))
        text.appendMetric(
            "pointerscope_frames_made_total", .counter, help: "Frames made, each shared by a rate's viewers.",
            hub.frames)
        appendKeyframes(to: &text, hub)
    }

    private func appendKeyframes(to text: inout ByteBuffer, _ hub: HubCounters) {
        text.appendMetric(
            "pointerscope_keyframes_made_total", .counter, help: "Keyframes made.", hub.keyframes)
        text.appendMetric(
            "pointerscope_keyframes_shortened_total", .counter,
            help: "Keyframes without room for all that everyone says.", hub.shortenedKeyframes)
        let shortened: StaticString = "pointerscope_keyframe_visitors_shortened_total"
        text.appendMetricFamily(
            shortened, .counter, help: "Visitors told in short in a keyframe, by what is left of them.")
        text.appendMetric(shortened, label: ("to", "cut_texts"), hub.cutEntries)
        text.appendMetric(shortened, label: ("to", "place"), hub.placeEntries)
        text.appendMetric(
            "pointerscope_keyframes_interrupted_total", .counter,
            help: "Keyframes broken off for a viewer in the middle of them.", hub.interruptedKeyframes)
    }

    private func appendViewers(to text: inout ByteBuffer) {
        text.appendMetric(
            "pointerscope_viewers", .gauge, help: "Event streams attached, other than the server's terminal.",
            UInt64(clamping: viewerCount))
        text.appendMetric(
            "pointerscope_viewers_attached_total", .counter, help: "Event streams begun.",
            counters.viewersAccepted)
        let closed: StaticString = "pointerscope_viewers_closed_total"
        text.appendMetricFamily(closed, .counter, help: "Event streams ended.")
        for reason in ViewerCloseReason.allCases {
            text.appendMetric(
                closed, label: ("reason", "\(reason.word)"), counters.viewersClosed[reason.rawValue])
        }
        text.appendMetric(
            "pointerscope_viewers_refused_total", .counter, help: "Event streams over the limit.",
            counters.viewersRefused)
        text.appendMetric(
            "pointerscope_viewer_catch_ups_total", .counter, help: "Viewers that fell off the ring.",
            hub.counters.catchUps)
        text.appendMetric(
            "pointerscope_viewer_resets_total", .counter, help: "Viewers told to forget everyone.",
            hub.counters.resets)
    }

    private func appendRequests(to text: inout ByteBuffer) {
        let requests: StaticString = "pointerscope_http_requests_total"
        text.appendMetricFamily(requests, .counter, help: "Requests answered, by the status's first digit.")
        for digit in 2...5 {
            text.appendMetric(requests, label: ("class", "\(digit)xx"), counters.requests[digit])
        }
        let unserved: StaticString = "pointerscope_http_requests_refused_total"
        text.appendMetricFamily(unserved, .counter, help: "Requests refused whatever they were for.")
        text.appendMetric(unserved, label: ("reason", "host"), counters.hostsRefused)
        text.appendMetric(
            "pointerscope_http_connections", .gauge, help: "Connections open, event streams included.",
            UInt64(clamping: connections.count))
        text.appendMetric(
            "pointerscope_http_connections_accepted_total", .counter, help: "Connections taken.",
            counters.connectionsAccepted)
        let refused: StaticString = "pointerscope_http_connections_refused_total"
        text.appendMetricFamily(refused, .counter, help: "Connections not served.")
        text.appendMetric(refused, label: ("reason", "capacity"), counters.connectionsRefused)
        text.appendMetric(refused, label: ("reason", "memory"), counters.connectionsStarved)
        for fault in ProxyHeaderFault.allCases {
            let count = counters.proxyHeaders[Int(fault.rawValue)]
            text.appendMetric(refused, label: ("reason", "\(fault.word)"), count)
        }
        let forwarded: StaticString = "pointerscope_forwarded_malformed_total"
        text.appendMetricFamily(
            forwarded, .counter, help: "Requests of which a trusted proxy named no client that could be read."
        )
        for fault in ForwardedFault.allCases {
            let count = counters.forwarded[Int(fault.rawValue)]
            text.appendMetric(forwarded, label: ("reason", "\(fault.word)"), count)
        }
        text.appendMetric(
            "pointerscope_http_connections_evicted_total", .counter,
            help: "Idle connections closed to make room for others.", counters.connectionsEvicted)
        let answers: StaticString = "pointerscope_http_answers_refused_total"
        text.appendMetricFamily(answers, .counter, help: "State and metrics answered 503.")
        text.appendMetric(answers, label: ("reason", "memory"), counters.answersRefused)
        text.appendMetric(
            "pointerscope_held_bytes", .gauge, help: "Memory that strangers make the master hold.",
            UInt64(clamping: budget.held))
        text.appendMetric(
            "pointerscope_held_bytes_limit", .gauge, help: "The most it may be.",
            UInt64(clamping: budget.limit))
        text.appendMetric(
            "pointerscope_http_accept_pauses_total", .counter, help: "Times no descriptor was left.",
            counters.acceptPauses)
        text.appendMetric(
            "pointerscope_http_timeouts_total", .counter, help: "Requests and answers that took too long.",
            counters.timeouts)
        text.appendMetric(
            "pointerscope_http_sent_bytes_total", .counter, help: "Bytes taken by the kernel.",
            counters.bytesSent)
    }
}
