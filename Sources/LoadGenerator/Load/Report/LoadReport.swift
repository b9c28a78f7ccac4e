import PosixIO
import Tables

/// What came of a run.
public struct LoadReport {
    var plan: LoadPlan
    var processes = 0
    var wasInterrupted = false
    /// Whether what viewers received is known: it is not where the run's end was cut short.
    var isArrivalKnown = true
    /// From the first sample's due time to the end of sending.
    var seconds = 0.0
    var tally = CrowdTally()
    var openingSeconds = 0.0
    var connectsPerSecond = 0.0
    var handshakes = Percentiles()
    /// From due to written: this side's slowness, and full sockets.
    var lag = Percentiles()
    /// From due to received by a viewer.
    var latencies = Percentiles()
    /// How much of all came within how long: for the curve.
    var curve: [(part: Double, nanoseconds: Int64)] = []
    var viewers: [ViewerFigures] = []
    var viewerBytes: UInt64 = 0
    /// Samples that the server says it folded before they were numbered; nil where it does not say.
    var folded: Int64?
    /// Visitors of whom viewers miss most.
    var worst: [(visitor: Int, sent: UInt32, missing: UInt32)] = []
    var faults: [(fault: Fault, count: UInt64)] = []
    var errors: UInt64 = 0
    /// CPU time by wall time while sending: of the busiest process, and of all.
    var generatorShare = 0.0
    var generatorTotal = 0.0
    var generatorBytes: UInt64 = 0
    var serverShare: Double?
    var serverCPUSeconds: Double?
    var serverBytes: UInt64?
    var serverPeakBytes: UInt64?
    var drain: DrainFigures?
    var history: [LoadPoint] = []
    var secondsPerPoint = 1

    /// Above this share of a core the generator is the limit that it reports.
    static let busyShare = 0.9

    /// Whether the maximum is the generator's, not the server's: it had no CPU left, or did not come to what
    /// it had to send.
    var isGeneratorLimit: Bool { isGeneratorBusy || isGeneratorBehind }
    var isGeneratorBusy: Bool { generatorShare > Self.busyShare }
    var isGeneratorBehind: Bool { tally.omitted > tally.offered / Self.onePart }

    /// Below a hundredth nothing is made of a difference.
    private static let onePart: Int64 = 100

    /// Samples that fell due and were not sent.
    var unsent: Int64 { max(tally.offered - tally.sent, 0) }

    /// All viewers together.
    var arrived: ViewerFigures { viewers.reduce(ViewerFigures(), +) }

    /// Samples a second that were sent.
    var rate: Double { seconds > 0 ? Double(tally.sent) / seconds : 0 }

    /// Conditions with what they were held against; what is not known is not met.
    var verdicts: [LoadVerdict] {
        plan.requirements.map { condition in
            let value = value(of: condition.figure)
            return LoadVerdict(
                text: condition.text, value: Self.written(value, condition.figure.unit),
                outcome: condition.isMet(by: value) ? .passed : .failed)
        }
    }

    /// Whether every condition of `--require` is met.
    public var meetsRequirements: Bool { verdicts.allSatisfy { $0.outcome == .passed } }

    func value(of figure: Figure) -> Double {
        // What is not known meets no bound: no comparison with it holds.
        func time(_ times: Percentiles, _ value: Int64) -> Double { times.count > 0 ? Double(value) : .nan }
        guard isArrivalKnown || !figure.isOfArrival else { return .nan }
        return switch figure {
        case .p50: time(latencies, latencies.p50)
        case .p90: time(latencies, latencies.p90)
        case .p95: time(latencies, latencies.p95)
        case .p99: time(latencies, latencies.p99)
        case .p999: time(latencies, latencies.p999)
        case .p9999: time(latencies, latencies.p9999)
        case .max: time(latencies, latencies.maximum)
        case .rate: rate
        case .offered: Double(tally.offered)
        case .sent: Double(tally.sent)
        case .unsent: Double(unsent)
        case .received: Double(arrived.received)
        case .lost: Double(arrived.lost)
        case .conflated: Double(arrived.conflated)
        case .duplicates: Double(arrived.duplicates)
        case .disordered: Double(arrived.disordered)
        case .foreign: Double(arrived.foreign)
        case .resets: Double(arrived.resets)
        case .errors: Double(errors)
        case .connects: connectsPerSecond
        case .handshakeP50: time(handshakes, handshakes.p50)
        case .handshakeP99: time(handshakes, handshakes.p99)
        case .lagP99: time(lag, lag.p99)
        case .generator: generatorShare
        case .cpu: serverShare ?? .nan
        case .memory: serverPeakBytes.map { Double($0) } ?? .nan
        }
    }

    static func written(_ value: Double, _ unit: Figure.Unit) -> String {
        guard value.isFinite else { return "not known" }
        return switch unit {
        case .nanoseconds: duration(Int64(value))
        case .count: grouped(Int64(value.rounded()))
        case .share: "\(decimal(value * 100, 1)) %"
        case .bytes: bytes(UInt64(max(value, 0)))
        }
    }

    static func bytes(_ value: UInt64) -> String {
        let value = Double(value)
        return switch value {
        case ..<1024: "\(decimal(value, 0)) B"
        case ..<1_048_576: "\(decimal(value / 1024, 1)) KiB"
        case ..<1_073_741_824: "\(decimal(value / 1_048_576, 1)) MiB"
        default: "\(decimal(value / 1_073_741_824, 2)) GiB"
        }
    }
}

extension LoadReport {
    /// Adds up what a run's processes told.
    init(_ run: LoadRun) {
        plan = run.plan
        processes = run.peers.count
        wasInterrupted = !run.wasWhole
        isArrivalKnown = run.isArrivalKnown
        let totals = run.totals()
        tally = totals.tally
        seconds = run.begin > 0 ? Double(max(run.end - run.begin, 0)) / 1e9 : 0
        if plan.mode == .pace, !wasInterrupted {
            // What was sent late took that time, but for what is lost in rounding.
            let sending = Double(totals.lastWritten - run.begin) / 1e9
            let isLate = sending > plan.durationSeconds * (1 + 1 / Double(Self.onePart))
            seconds = isLate ? min(sending, seconds) : min(seconds, plan.durationSeconds)
        }
        openingSeconds = Double(run.openingNanoseconds) / 1e9
        let ramp = min(plan.rampSeconds, seconds)
        let opened = ramp > 0 ? min(tally.opened, Int64(plan.visitors)) : run.openedAtOnce
        let opening = ramp > 0 ? ramp : openingSeconds
        connectsPerSecond = opening > 0 ? Double(opened) / opening : 0
        handshakes = Percentiles(run.handshakes)
        lag = Percentiles(run.lag)
        latencies = Percentiles(run.latencies)
        if plan.viewers > 0 { curve = Self.curve(run.latencies) } else { curve = Self.curve(run.lag) }
        viewerBytes = totals.viewerBytes
        let faults = run.faults()
        self.faults = faults.entries.sorted { $0.count > $1.count }
        errors = faults.total
        folded = run.folded
        if isArrivalKnown { addPeers(run) }
        // What was folded reached no viewer.
        for index in viewers.indices {
            viewers[index].conflated += min(viewers[index].lost, UInt64(max(folded ?? 0, 0)))
        }
        addProcesses(run, totals)
        if plan.mode == .drain { drain = run.drain }
        history = run.history.points
        secondsPerPoint = run.history.secondsPerPoint
    }

    private mutating func addPeers(_ run: LoadRun) {
        var sent: [UInt32] = []
        var missing = [UInt32](repeating: 0, count: plan.visitors)
        for index in 0..<run.peers.slotCount {
            guard let peer = unsafe run.peers.at(index)?.element else { continue }
            unsafe viewers += peer.pointee.viewers
            unsafe sent += peer.pointee.sentCounts
            for (visitor, count) in unsafe peer.pointee.missing.enumerated() where visitor < missing.count {
                missing[visitor] &+= count
            }
        }
        let worst = missing.indices.filter { missing[$0] > 0 }.sorted { missing[$0] > missing[$1] }
        self.worst = worst.prefix(LoadLimits.worstVisitors).map { visitor in
            (visitor, visitor < sent.count ? sent[visitor] : 0, missing[visitor])
        }
    }

    private mutating func addProcesses(_ run: LoadRun, _ totals: LoadTotals) {
        let wall = Double(max(run.end - run.begin, 1))
        for (end, begin) in zip(run.cpuAtEnd, run.cpuAtBegin) where run.begin > 0 {
            let share = Double(end - begin) / wall
            generatorShare = max(generatorShare, share)
            generatorTotal += share
        }
        generatorBytes = totals.residentBytes.reduce(0, +)
        guard let meter = run.meter else { return }
        serverShare = meter.meanShare
        serverCPUSeconds = Double(meter.cpuNanoseconds) / 1e9
        serverBytes = meter.residentBytes
        serverPeakBytes = serverShare == nil ? nil : meter.peakBytes
    }

    private static func curve(_ histogram: borrowing LatencyHistogram) -> [(Double, Int64)] {
        guard histogram.count > 0 else { return [] }
        let parts = [
            0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999, 1,
        ]
        return parts.map { ($0, histogram.nanoseconds(at: $0)) }
    }
}
