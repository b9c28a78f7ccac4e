import BroadcastHub
import ByteCore
import ClusterSupervisor
import PosixIO
import RateControl
import RelayWire
import Telemetry
import ViewerGateway

/// How often visitors' pages sample: what is known goes to the governor, what it decides to the workers.
extension Master {
    /// When it wants a turn of the loop; nil while nothing can change by itself.
    var nextSampling: Int64? { sampling.dueAt == .max ? nil : sampling.dueAt }

    /// Looks how things stand where it is time, or as soon as the audience is another than it was.
    func tickSampling() {
        for place in sampling.takeNewcomers() { tell(place, sampling.governor.close) }
        guard now >= sampling.dueAt || gateway.audienceChanges != sampling.seenAudience else { return }
        sampling.seenAudience = gateway.audienceChanges
        var input = RateInput()
        input.processorShare = measuredShare()
        input.viewers = gateway.demand(samplesPerSecond: sampling.samplesPerSecond, now: now)
        input.visitors = hub.presentCount
        input.looks = gateway.looks(now: now)
        let decision = sampling.governor.decide(input, now: now)
        if decision.isNew { announce() }
        noteHoldingBack(decision)
        for id in decision.ended {
            for place in sampling.ended(id) { tell(place, nil) }
        }
        for id in decision.began {
            for place in sampling.began(id, at: places(of: id)) { tell(place, decision.close) }
        }
        // With nobody there nothing changes by itself, once what they wanted has run out.
        let isAtRest = !gateway.isWatched && [.unwatched, .pinned].contains(decision.why)
        sampling.dueAt = isAtRest ? .max : now + RateLimits.intervalNanoseconds
    }

    /// What every worker is told at its start.
    var samplingRecord: ControlRecord {
        let sampling = sampling.governor.sampling
        return .rate(sampling.rate, batchMilliseconds: UInt32(sampling.batchMilliseconds))
    }

    /// Has the bounds of the settings hold; every page is told what comes of them.
    func takeSampling() {
        for id in sampling.governor.take(settings.sampling) {
            for place in sampling.ended(id) { tell(place, nil) }
        }
        announce()
        sampling.dueAt = now
    }

    private func announce() {
        cluster.sampling = samplingRecord
        cluster.tellEveryone(samplingRecord, poller)
        gateway.refreshStatus()
    }

    /// Says when visitors begin to sample less than could be shown, and when that is over; that somebody
    /// watches is no news.
    private func noteHoldingBack(_ decision: RateDecision) {
        let isHeldBack = decision.why == .busy || decision.why == .behind
        guard isHeldBack != sampling.isLoggedHeldBack, now >= sampling.logsAgainAt else { return }
        sampling.isLoggedHeldBack = isHeldBack
        sampling.logsAgainAt = now + MasterLimits.samplingLogNanoseconds
        log.write("sampling") { line in
            line.add("rate", Int(decision.sampling.rate))
            line.add("batch_ms", Int(decision.sampling.batchMilliseconds))
            line.add("why", "\(decision.why.word)")
        }
    }

    /// The share of a core of whoever was busiest since the last measure; nil where that was just now, since
    /// a clock that is asked too often tells nothing.
    private func measuredShare() -> Double? {
        guard let since = sampling.measuredAt else {
            sampling.measuredAt = now
            _ = cluster.busiestShare(over: 1)
            sampling.usedBefore = ProcessClock.cpuNanoseconds(of: ProcessMemory.ownPid)
            sampling.relayedBefore = hub.headN
            return nil
        }
        guard now - since >= RateLimits.intervalNanoseconds / 2 else { return nil }
        let seconds = Double(now - since) / 1e9
        sampling.measuredAt = now
        let used = ProcessClock.cpuNanoseconds(of: ProcessMemory.ownPid)
        let own = Double(used - sampling.usedBefore) / 1e9 / seconds
        sampling.usedBefore = used
        sampling.samplesPerSecond = Double(hub.headN &- sampling.relayedBefore) / seconds
        sampling.relayedBefore = hub.headN
        return max(own, cluster.busiestShare(over: seconds))
    }

    /// Where a visitor speaks now.
    private func places(of id: [UInt8]) -> [SamplingDesk.Place] {
        var found: [SamplingDesk.Place] = []
        unsafe id.withUnsafeBytes { id in
            unsafe hub.forEachSpeaker(of: id) { channel, slot in
                guard let connection = sampling.connection(channel: channel, slot: slot) else { return }
                found.append(.init(channel: channel, connection: connection))
            }
        }
        return found
    }

    /// Tells the page of a connection what holds for it alone, or that everyone's holds again.
    private func tell(_ place: SamplingDesk.Place, _ own: Sampling?) {
        let record = ControlRecord.closely(
            connection: place.connection, rate: own?.rate ?? ControlRecord.asEveryone,
            batchMilliseconds: UInt32(own?.batchMilliseconds ?? 0))
        cluster.tell(record, onChannel: place.channel, poller)
    }

    // MARK: For people

    func appendSampling(to text: inout ByteBuffer) {
        let governor = sampling.governor
        text.append("{\"rate\":")
        text.appendDecimal(Int(governor.sampling.rate))
        text.append(",\"batch\":")
        text.appendDecimal(Int(governor.sampling.batchMilliseconds))
        text.append(",\"why\":\"")
        text.append(governor.why.word)
        text.append("\"}")
    }

    func appendSamplingMetrics(to text: inout ByteBuffer) {
        let governor = sampling.governor
        text.appendMetric(
            "pointerscope_sampling_rate", .gauge, help: "Samples a second that pages are asked for.",
            UInt64(governor.sampling.rate))
        let batch = "pointerscope_sampling_batch_seconds" as StaticString
        text.appendMetricFamily(batch, .gauge, help: "Between two messages of a page.")
        text.appendMetric(batch, Double(governor.sampling.batchMilliseconds) / 1000)
        text.appendMetric(
            "pointerscope_sampling_closely", .gauge, help: "Visitors that somebody looks at closely.",
            UInt64(governor.looked.count))
        let changes = "pointerscope_sampling_changes_total" as StaticString
        text.appendMetricFamily(changes, .counter, help: "Times that pages were told something else, by why.")
        for reason in SamplingReason.allCases {
            text.appendMetric(
                changes, label: ("why", "\(reason.word)"), governor.changes[Int(reason.rawValue)])
        }
    }
}
