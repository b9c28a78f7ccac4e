import PosixIO

/// One paced run from connecting to the report: sender and viewers in one process and one loop.
///
/// ```
///  open: every visitor and viewer is connected ──▶ pace: samples on schedule ──▶ drain ──▶ report
/// ```
struct PacedRun: ~Copyable {
    /// Why a run could not take place.
    enum Failure: Error, Equatable {
        /// The server is not there or not what it should be; a sentence.
        case unavailable(String)
        case system(SystemError)
    }

    private static let viewerKind: UInt8 = 2

    private let options: BenchmarkOptions
    private let poller: Poller
    private var sender: PacedSender
    private var viewers = Slab<StreamViewer>()
    private var scratch = LinkScratch(
        byteCount: LoadLimits.viewerReadBytes + LoadLimits.viewerLineBytes)
    private var scanner = SampleScanner(begin: 0, warmUpMicroseconds: 0)
    private var latencies = LatencyHistogram()
    private var nextSlowRead: Int64 = 0
    /// When a viewer last received something.
    private var lastArrival: Int64 = 0

    /// Makes a run; nothing is connected yet.
    init(_ options: BenchmarkOptions) throws(SystemError) {
        self.options = options
        poller = try Poller()
        var perSecond = 1
        if case .perSecond(let number) = options.rate { perSecond = number }
        let schedule = PaceSchedule(visitorCount: options.connections, perSecond: perSecond)
        sender = PacedSender(schedule: schedule, seed: options.seed)
    }

    /// Runs it.
    mutating func run() throws(Failure) -> PacedReport {
        do throws(SystemError) {
            try connectViewers()
            try connectVisitors()
        } catch {
            throw .system(error)
        }
        try awaitOpening()
        do throws(SystemError) {
            return try measure()
        } catch {
            throw .system(error)
        }
    }

    // MARK: - Opening

    private mutating func connectViewers() throws(SystemError) {
        let appetites =
            Array(repeating: StreamViewer.Appetite.whole, count: options.viewers)
            + Array(repeating: .slow, count: options.slowViewers)
            + Array(repeating: .none, count: options.stalledViewers)
        for appetite in appetites {
            let viewer = try StreamViewer(
                to: options.http, path: options.path, appetite: appetite, visitorCount: options.connections)
            let raw = viewer.raw
            let interest = viewer.interest
            let place = viewers.insert(viewer)
            try poller.add(raw, for: interest, token: Token(kind: Self.viewerKind, index: place.index))
        }
    }

    private mutating func connectVisitors() throws(SystemError) {
        while try sender.connectNext(to: options.ingest, poller: poller) {
            // Answering as they come keeps any listen queue short.
            try turn(timeoutNanoseconds: 0)
        }
    }

    private mutating func awaitOpening() throws(Failure) {
        let deadline = MonotonicClock.now() + LoadLimits.openingNanoseconds
        while !sender.areAllOpen || !areAllStreaming {
            if let ending = sender.firstEnding {
                throw .unavailable("\(options.ingest.text): \(ending.text)")
            }
            if let failure = firstViewerFailure { throw .unavailable("\(options.http.text): \(failure)") }
            guard MonotonicClock.now() < deadline else {
                throw .unavailable("not every connection was answered in time")
            }
            do throws(SystemError) {
                try turn(timeoutNanoseconds: 50_000_000)
            } catch {
                throw .system(error)
            }
        }
    }

    private var areAllStreaming: Bool {
        for index in 0..<viewers.slotCount where !viewers.at(index)!.element.pointee.isStreaming {
            return false
        }
        return true
    }

    private var firstViewerFailure: String? {
        for index in 0..<viewers.slotCount {
            if let failure = viewers.at(index)?.element.pointee.failure { return failure }
        }
        return nil
    }

    // MARK: - Measuring

    private mutating func measure() throws(SystemError) -> PacedReport {
        let duration = Int64(options.seconds * 1e9)
        // The first samples are due a moment from now, so that none is late before it begins.
        let begin = MonotonicClock.now() + 5_000_000
        scanner = SampleScanner(
            begin: begin, warmUpMicroseconds: UInt64(options.warmUpSeconds * 1_000_000))
        sender.began(at: begin)
        eachViewer { $0.ledger.began(at: begin) }
        nextSlowRead = begin
        let cpuBefore = ProcessTime.now()
        switch options.rate {
        case .perSecond(let rate):
            try pace(until: begin + duration, limit: Int64(Double(rate) * options.seconds))
        case .unpaced: try flood(until: begin + duration)
        }
        let end = MonotonicClock.now()
        let cpuShare = Double(ProcessTime.now() - cpuBefore) / Double(max(end - begin, 1))
        let sent = sender.sentCount
        try drain(until: end + Int64(options.drainSeconds * 1e9), sent: sent)
        let over = lastArrival
        eachViewer { $0.ledger.ended(at: over) }
        return report(sending: end - begin, cpuShare: cpuShare, drain: max(lastArrival - end, 0))
    }

    private mutating func pace(until end: Int64, limit: Int64) throws(SystemError) {
        var nextSend: Int64 = 0
        while true {
            let now = MonotonicClock.now()
            if now >= min(nextSend, end) {
                try sender.sendDue(now: now, limit: limit, poller: poller)
                nextSend = max(sender.nextDueNanoseconds, now + sender.tickNanoseconds)
            }
            guard now < end else { return }
            try turn(timeoutNanoseconds: min(nextSend, end) - MonotonicClock.now())
        }
    }

    private mutating func flood(until end: Int64) throws(SystemError) {
        while MonotonicClock.now() < end {
            let hadRoom = try sender.flood(poller: poller)
            try turn(timeoutNanoseconds: hadRoom ? 0 : 10_000_000)
        }
    }

    /// Waits until everyone has everything, or nothing more comes.
    private mutating func drain(until deadline: Int64, sent: Int64) throws(SystemError) {
        lastArrival = MonotonicClock.now()
        while true {
            let now = MonotonicClock.now()
            guard now < deadline, !hasEveryoneEverything(sent), now - lastArrival < quiet else { return }
            try turn(timeoutNanoseconds: 10_000_000)
        }
    }

    /// What counts as silence at the end: a server that fell behind may be silent for as long as we would
    /// wait.
    private var quiet: Int64 {
        options.rate == .unpaced ? Int64(options.drainSeconds * 1e9) : LoadLimits.quietNanoseconds
    }

    private func hasEveryoneEverything(_ sent: Int64) -> Bool {
        guard sender.backlogBytes == 0 else { return false }
        for index in 0..<viewers.slotCount {
            guard let viewer = viewers.at(index)?.element, viewer.pointee.appetite == .whole else { continue }
            if viewer.pointee.isStreaming, viewer.pointee.ledger.received < UInt64(sent) { return false }
        }
        return true
    }

    private mutating func eachViewer(_ body: (inout StreamViewer) -> Void) {
        for index in 0..<viewers.slotCount {
            if let viewer = viewers.at(index)?.element { body(&viewer.pointee) }
        }
    }

    // MARK: - One turn of the loop

    private mutating func turn(timeoutNanoseconds: Int64) throws(SystemError) {
        let ready = try poller.wait(timeoutNanoseconds: timeoutNanoseconds)
        for index in 0..<ready {
            let event = poller.event(at: index)
            if event.token.kind == Self.viewerKind {
                try viewerReady(event)
            } else {
                try sender.ready(event, now: MonotonicClock.now(), poller: poller)
            }
        }
        guard options.slowViewers > 0 else { return }
        let now = MonotonicClock.now()
        guard now >= nextSlowRead else { return }
        nextSlowRead = now + LoadLimits.slowReadNanoseconds
        for index in 0..<viewers.slotCount {
            viewers.at(index)?.element.pointee.readSlowly(
                scratch: &scratch, scanner: scanner, latencies: &latencies)
        }
    }

    private mutating func viewerReady(_ event: ReadyEvent) throws(SystemError) {
        guard let viewer = viewers.at(Int(event.token.index))?.element else { return }
        let before = viewer.pointee.interest
        let received = viewer.pointee.ledger.received
        viewer.pointee.ready(event, scratch: &scratch, scanner: scanner, latencies: &latencies)
        if viewer.pointee.ledger.received != received { lastArrival = MonotonicClock.now() }
        let after = viewer.pointee.interest
        guard after != before else { return }
        if after.isEmpty {
            poller.remove(viewer.pointee.raw)
        } else {
            try poller.modify(viewer.pointee.raw, for: after, token: event.token)
        }
    }

    // MARK: - Reporting

    private func report(sending: Int64, cpuShare: Double, drain: Int64) -> PacedReport {
        let sent = sender.sentCount
        var offered = sent
        if case .perSecond(let rate) = options.rate { offered = Int64(Double(rate) * options.seconds) }
        var results: [PacedReport.Viewer] = []
        for index in 0..<viewers.slotCount {
            guard let viewer = viewers.at(index)?.element, viewer.pointee.appetite == .whole else { continue }
            var stale = 0
            for visitor in 0..<options.connections
            where viewer.pointee.ledger.newestSequence(of: visitor) != UInt64(sender.sentCount(of: visitor)) {
                stale += 1
            }
            results.append(
                PacedReport.Viewer(
                    received: viewer.pointee.ledger.received,
                    missing: sent - Int64(viewer.pointee.ledger.received),
                    disordered: viewer.pointee.ledger.disordered,
                    foreign: viewer.pointee.ledger.foreign, stale: stale,
                    resets: viewer.pointee.ledger.resets,
                    unknownLines: viewer.pointee.ledger.unknownLines,
                    longestSilence: viewer.pointee.ledger.longestSilence, failure: viewer.pointee.failure))
        }
        return PacedReport(
            offered: offered, sent: sent, sendingNanoseconds: sending,
            lostConnections: sender.endedCount, firstEnding: sender.firstEnding?.text,
            unsentBytes: sender.backlogBytes, viewers: results,
            latencies: PacedReport.Latencies(latencies), sendLagP99: sender.lag.nanoseconds(at: 0.99),
            cpuShare: cpuShare,
            drainNanoseconds: drain)
    }
}
