import BroadcastHub
import ByteCore
import ClusterSupervisor
import PosixIO
import Telemetry
import ViewerGateway

/// What the master tells of itself: state, totals, metrics.
extension Master: GatewaySource {
    /// Sums since the start.
    struct Totals {
        var received: UInt64
        var relayed: UInt64
        var folded: UInt64
        var lost: UInt64
        var connections: UInt64
        var refusedMessages: UInt64
        var refusedConnections: UInt64
    }

    func totals() -> Totals {
        Totals(
            received: cluster.sum(of: .eventsReceived), relayed: hub.counters.relayed,
            folded: cluster.sum(of: .eventsFolded), lost: cluster.eventsLost + hubDrops,
            connections: cluster.sum(of: .connectionsAccepted),
            refusedMessages: (messageRefusals + postRefusals).reduce(0) { $0 + $1.count },
            refusedConnections: cluster.refusals.reduce(0) { $0 + $1.count })
    }

    /// Samples that arrived and had nobody to belong to.
    private var hubDrops: UInt64 { hub.counters.dropped }

    var readiness: Readiness {
        switch life {
        case .running:
            let isAnyGivenUp = cluster.givenUpCount > 0
            if cluster.runningCount == 0, isAnyGivenUp { return .unready(Self.nobodyLeft) }
            if !isAnnounced { return .unready("the workers are starting") }
            return cluster.runningCount > 0 ? .ready : .unready("no worker is running")
        case .leaving, .stoppingWorkers, .drainingViewers, .ended:
            return .unready("the server is stopping")
        }
    }

    private static let nobodyLeft: StaticString =
        "no worker is running: they kept ending and were given up (pointerscope ctl restart ID)"

    var conflatedInRelay: UInt64 { cluster.sum(of: .eventsFolded) }

    var ingestAddress: String { cluster.address.text }

    var ingestAuthority: String { cluster.address.reachable.authority }

    var uptimeSeconds: Double { Double((now - startedAt) / 1_000_000) / 1000 }

    func appendWorkers(to text: inout ByteBuffer) {
        text.append("[")
        for (index, worker) in cluster.statuses().enumerated() {
            text.append(index == 0 ? "{" : ",{")
            appendFigures(of: worker, to: &text)
            text.append(",\"number\":")
            text.appendDecimal(worker.number)
            text.append("}")
        }
        text.append("]")
    }

    /// Measures the workers, and has the hub remember what they are like.
    func measureWorkers(over seconds: Double) {
        cluster.measureRates(over: seconds)
        let figures = cluster.statuses().map { worker in
            WorkerFigures(
                processID: worker.pid, received: worker.received,
                cpu: UInt32(clamping: Int((worker.cpuShare * 1000).rounded())),
                residentKiB: UInt32(clamping: worker.residentBytes / 1024),
                connections: UInt32(clamping: worker.connections))
        }
        hub.measured(figures, now: now)
    }

    /// Appends the members of a worker's object.
    func appendFigures(of worker: ClusterSupervisor<Master>.WorkerStatus, to text: inout ByteBuffer) {
        text.append("\"pid\":")
        text.appendDecimal(Int64(worker.pid))
        text.append(",\"state\":\"")
        text.append(worker.state)
        text.append("\",\"connections\":")
        text.appendDecimal(worker.connections)
        text.append(",\"rate\":")
        text.appendNumber((worker.rate * 10).rounded() / 10)
        text.append(",\"restarts\":")
        text.appendDecimal(worker.restarts)
        text.append(",\"rss\":")
        text.appendDecimal(worker.residentBytes)
        text.append(",\"cpu\":")
        text.appendNumber((worker.cpuShare * 1000).rounded() / 1000)
        text.append(",\"folded\":")
        text.appendDecimal(worker.folded)
        text.append(",\"received\":")
        text.appendDecimal(worker.received)
    }

    func appendTotals(to text: inout ByteBuffer) {
        let totals = totals()
        let hub = hub.counters
        text.append("{\"received\":")
        text.appendDecimal(totals.received)
        text.append(",\"relayed\":")
        text.appendDecimal(totals.relayed)
        text.append(",\"folded\":")
        text.appendDecimal(totals.folded)
        text.append(",\"lost\":")
        text.appendDecimal(totals.lost)
        text.append(",\"offered\":")
        text.appendDecimal(hub.offered)
        text.append(",\"delivered\":")
        text.appendDecimal(hub.delivered)
        text.append(",\"conflated\":")
        text.appendDecimal(hub.conflated)
        text.append(",\"connections\":")
        text.appendDecimal(totals.connections)
        text.append(",\"refusedMessages\":")
        text.appendDecimal(totals.refusedMessages)
        text.append(",\"refusedConnections\":")
        text.appendDecimal(totals.refusedConnections)
        text.append(",\"closedViewers\":")
        text.appendDecimal(gateway.viewersClosed)
        text.append("}")
    }

    func appendMetrics(to text: inout ByteBuffer) {
        appendEventMetrics(to: &text)
        appendConnectionMetrics(to: &text)
        appendVisitorMetrics(to: &text)
        appendProcessMetrics(to: &text)
        appendSamplingMetrics(to: &text)
        appendControlMetrics(to: &text)
        gateway.appendMetrics(to: &text, now: now)
    }

    private func appendEventMetrics(to text: inout ByteBuffer) {
        let totals = totals()
        text.appendMetric(
            "pointerscope_events_received_total", .counter, help: "Accepted samples.", totals.received)
        text.appendMetricFamily(
            "pointerscope_events_lost_total", .counter, help: "Samples received that reached nobody.")
        let lost = "pointerscope_events_lost_total" as StaticString
        text.appendMetric(lost, label: ("reason", "worker_died"), cluster.eventsLost)
        text.appendMetric(lost, label: ("reason", "unknown_slot"), hub.counters.droppedUnknownSlot)
        text.appendMetric(lost, label: ("reason", "visitor_limit"), hub.counters.droppedVisitorLimit)
        text.appendMetric(lost, label: ("reason", "identity_refused"), hub.counters.droppedUnidentified)
        appendIdentityMetrics(to: &text)
        let refused = "pointerscope_messages_refused_total" as StaticString
        text.appendMetricFamily(refused, .counter, help: "Messages refused, by close code.")
        for refusal in messageRefusals {
            text.appendMetric(refused, label: ("code", "\(refusal.reason)"), refusal.count)
        }
        text.appendMetric(
            "pointerscope_messages_received_total", .counter, help: "WebSocket messages and posts read.",
            cluster.sum(of: .messagesReceived))
        appendFairnessMetrics(to: &text)
        appendPostMetrics(to: &text)
        appendDeflateMetrics(to: &text)
        text.appendMetric(
            "pointerscope_ingest_bytes_total", .counter, help: "Bytes read from visitors.",
            cluster.sum(of: .bytesReceived))
        text.appendMetric(
            "pointerscope_read_stalls_total", .counter,
            help: "Times reading from a visitor stopped until the data channel drained.",
            cluster.sum(of: .readStalls))
        text.appendMetric(
            "pointerscope_reads_conflated_total", .counter,
            help: "Reads of which each visitor's newest move went on alone, as samples were too many.",
            cluster.sum(of: .readsConflated))
        text.appendMetric(
            "pointerscope_texts_withheld_total", .counter,
            help: "Pages, names and elements that samples lost whose connection told too many new ones.",
            cluster.sum(of: .textsWithheld))
    }

    private func appendFairnessMetrics(to text: inout ByteBuffer) {
        let tooBig = "pointerscope_messages_too_big_total" as StaticString
        text.appendMetricFamily(tooBig, .counter, help: "Messages refused for their size, by bound.")
        for limit in messageLimits {
            text.appendMetric(tooBig, label: ("limit", "\(limit.reason)"), limit.count)
        }
        text.appendMetric(
            "pointerscope_rates_held_total", .counter,
            help: "Times a connection was not read because it was over its rate.",
            cluster.sum(of: .ratesHeld))
        text.appendMetric(
            "pointerscope_turns_awaited_total", .counter,
            help: "Times a connection that brings much waited behind others.",
            cluster.sum(of: .turnsAwaited))
    }

    private func appendIdentityMetrics(to text: inout ByteBuffer) {
        let identities = "pointerscope_identities_refused_total" as StaticString
        text.appendMetricFamily(
            identities, .counter, help: "Signed identities that somebody had no right to, by reason.")
        for reason in ClaimRefusal.allCases {
            text.appendMetric(
                identities, label: ("reason", "\(reason.label)"), hub.counters.refusedIdentities(reason))
        }
        let identityFigures = hub.identityFigures
        text.appendMetric(
            "pointerscope_identities_remembered", .gauge,
            help: "Signed identities of which it is known who they are and which token was used last.",
            UInt64(identityFigures.remembered))
        text.appendMetric(
            "pointerscope_identities_forgotten_total", .counter,
            help: "Identities with used tokens that were forgotten for want of room.",
            identityFigures.forgotten)
        let horizon = "pointerscope_identities_horizon_timestamp_seconds" as StaticString
        text.appendMetricFamily(
            horizon, .gauge, help: "Tokens made before then are refused unless their identity is remembered.")
        text.appendMetric(horizon, Double(identityFigures.horizonMilliseconds) / 1000)
        text.appendMetric(
            "pointerscope_visitors_returned_total", .counter,
            help: "Visitors who left a page and were back within the grace time.", hub.counters.returns)
    }

    private func appendPostMetrics(to text: inout ByteBuffer) {
        text.appendMetric(
            "pointerscope_posts_accepted_total", .counter, help: "Bodies of POST /events that were taken.",
            cluster.sum(of: .postsAccepted))
        let refused = "pointerscope_posts_refused_total" as StaticString
        text.appendMetricFamily(refused, .counter, help: "Requests to post events refused, by reason.")
        for refusal in postRefusals {
            text.appendMetric(refused, label: ("reason", "\(refusal.reason)"), refusal.count)
        }
        text.appendMetric(
            "pointerscope_post_visitors", .gauge, help: "Visitors here because they posted.",
            cluster.sum(of: .postVisitors))
    }

    private func appendDeflateMetrics(to text: inout ByteBuffer) {
        text.appendMetric(
            "pointerscope_deflate_connections_total", .counter,
            help: "Connections that agreed on permessage-deflate.", cluster.sum(of: .connectionsDeflating))
        text.appendMetric(
            "pointerscope_deflate_messages_total", .counter, help: "Compressed messages read.",
            cluster.sum(of: .messagesDeflated))
        text.appendMetric(
            "pointerscope_deflate_inflated_bytes_total", .counter,
            help: "Bytes that compressed messages came to.", cluster.sum(of: .bytesInflated))
    }

    private func appendConnectionMetrics(to text: inout ByteBuffer) {
        text.appendMetric(
            "pointerscope_connections", .gauge, help: "Visitors' connections open now.",
            cluster.sum(of: .connectionsOpen))
        text.appendMetric(
            "pointerscope_connections_capacity", .gauge, help: "Visitors' connections that fit.",
            UInt64(cluster.capacity))
        text.appendMetric(
            "pointerscope_connections_accepted_total", .counter, help: "Connections that workers got.",
            cluster.sum(of: .connectionsAccepted))
        text.appendMetric(
            "pointerscope_connections_taken_total", .counter,
            help: "Those of them that workers accepted themselves.", cluster.sum(of: .connectionsTaken))
        let moved = "pointerscope_connections_moved_total" as StaticString
        text.appendMetricFamily(
            moved, .counter, help: "Live connections that went from one worker to another, by step.")
        for (step, counter) in [
            ("handed_over", .connectionsMoved), ("taken_over", .connectionsAdopted),
            ("unreadable", .connectionsUnreadable),
        ] as [(StaticString, WorkerCounter)] {
            text.appendMetric(moved, label: ("step", "\(step)"), cluster.sum(of: counter))
        }
        text.appendMetric(moved, label: ("step", "returned"), cluster.movesReturned)
        let refused = "pointerscope_connections_refused_total" as StaticString
        text.appendMetricFamily(refused, .counter, help: "Connections turned away or cut, by reason.")
        for refusal in connectionRefusals {
            text.appendMetric(refused, label: ("reason", "\(refusal.reason)"), refusal.count)
        }
        let addresses = cluster.addresses
        text.appendMetric(
            "pointerscope_ingest_addresses", .gauge,
            help: "Client addresses of which it is remembered what they have of the ingest port.",
            UInt64(addresses.remembered))
        text.appendMetric(
            "pointerscope_ingest_addresses_uncounted_total", .counter,
            help: "Connections let in uncounted, as too many addresses had some.", addresses.uncounted)
    }
}
