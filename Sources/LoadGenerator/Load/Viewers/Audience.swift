import PosixIO
import Tables

/// All viewers of one process.
struct Audience: ~Copyable {
    /// The tag of viewers in the poller's tokens.
    static let kind: UInt8 = 2

    private let plan: LoadPlan
    private(set) var viewers = Slab<LoadViewer>()
    private var scratch = LinkScratch(byteCount: LoadLimits.viewerReadBytes + LoadLimits.streamLineBytes)
    var scanner: ArrivalScanner
    var latencies = LatencyHistogram()
    private(set) var faults = FaultTable()
    private(set) var lastArrival: Int64 = 0
    /// A slow viewer's share is what the time since the last reading allows.
    private var slowReadAt: Int64 = 0

    init(_ plan: LoadPlan, run: String) {
        self.plan = plan
        scanner = ArrivalScanner(run: run, warmUpMicroseconds: Int64(plan.warmUpSeconds * 1e6))
    }

    /// Begins to connect so many.
    mutating func connect(count: Int, poller: borrowing Poller) {
        guard let target = plan.viewer else { return }
        for _ in 0..<count {
            do throws(SystemError) {
                let viewer = try LoadViewer(
                    to: target, token: plan.token, slowly: plan.viewerBytesPerSecond != nil,
                    visitorCount: plan.visitors)
                let raw = viewer.raw
                let interest = viewer.interest
                let place = viewers.insert(viewer)
                try poller.add(raw, for: interest, token: Token(kind: Self.kind, index: place.index))
            } catch {
                faults.add(Fault(.viewerUnreachable, error.code))
            }
        }
    }

    var streamingCount: Int {
        var count = 0
        for index in 0..<viewers.slotCount where unsafe viewers.at(index)!.element.pointee.isStreaming {
            count += 1
        }
        return count
    }

    /// Samples received by all, and their bytes.
    var received: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<viewers.slotCount {
            unsafe sum &+= viewers.at(index)!.element.pointee.ledger.received
        }
        return sum
    }

    var bytesIn: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<viewers.slotCount { unsafe sum &+= viewers.at(index)!.element.pointee.bytesIn }
        return sum
    }

    /// Takes what the poller found.
    mutating func ready(_ event: ReadyEvent, poller: borrowing Poller) {
        guard let viewer = unsafe viewers.at(Int(event.token.index))?.element else { return }
        let before = unsafe viewer.pointee.interest
        unsafe viewer.pointee.ready(event, scratch: &scratch, scanner: scanner, latencies: &latencies)
        lastArrival = MonotonicClock.now()
        if let fault = unsafe viewer.pointee.fault, !before.isEmpty { faults.add(fault) }
        let after = unsafe viewer.pointee.interest
        guard after != before else { return }
        if after.isEmpty {
            unsafe poller.remove(viewer.pointee.raw)
            if unsafe viewer.pointee.fault != nil { unsafe viewer.pointee.close() }
        } else {
            // Its descriptor is watched already, so there is nothing that could be refused.
            try? unsafe poller.modify(viewer.pointee.raw, for: after, token: event.token)
        }
    }

    /// Lets slow viewers read what the time since the last call allows.
    mutating func readSlowly(now: Int64) {
        guard let rate = plan.viewerBytesPerSecond else { return }
        guard slowReadAt > 0 else {
            slowReadAt = now
            return
        }
        let share = Int(Double(now &- slowReadAt) * Double(rate) / 1e9)
        guard share > 0 else { return }
        slowReadAt = now
        for index in 0..<viewers.slotCount {
            guard let viewer = unsafe viewers.at(index)?.element, unsafe viewer.pointee.isStreaming else {
                continue
            }
            var rest = share
            while rest > 0 {
                let count = unsafe viewer.pointee.read(
                    atMost: rest, scratch: &scratch, scanner: scanner, latencies: &latencies)
                if count > 0 { lastArrival = now }
                guard count > 0 else { break }
                rest -= count
            }
            if let fault = unsafe viewer.pointee.fault {
                faults.add(fault)
                unsafe viewer.pointee.close()
            }
        }
    }

    /// A stream that was silent for so long brings nothing more. Less than the wait at the end, so that one
    /// that fell silent before that is told from one that is behind.
    private var quietNanoseconds: Int64 {
        guard plan.settleSeconds > 0 else { return LoadLimits.quietNanoseconds }
        return min(LoadLimits.quietNanoseconds, Int64(plan.settleSeconds * 1e9 / 2))
    }

    /// Calls `body` with each viewer's figures.
    func forEachFigures(
        sent: UnsafeBufferPointer<UInt32>, now: Int64, _ body: (ViewerFigures) -> Void
    ) {
        for index in 0..<viewers.slotCount {
            guard let viewer = unsafe viewers.at(index)?.element else { continue }
            let isComing =
                unsafe viewer.pointee.isStreaming && now - viewer.pointee.heardAt < quietNanoseconds
            unsafe body(viewer.pointee.ledger.figures(sent: sent, isComing: isComing))
        }
    }

    /// How many samples of each visitor did not come, all viewers together.
    func addMissing(sent: UnsafeBufferPointer<UInt32>, to missing: inout [UInt32]) {
        for index in 0..<viewers.slotCount {
            guard let viewer = unsafe viewers.at(index)?.element else { continue }
            for visitor in 0..<min(sent.count, missing.count) {
                let came = unsafe min(viewer.pointee.ledger.received(of: visitor), sent[visitor])
                unsafe missing[visitor] &+= sent[visitor] &- came
            }
        }
    }
}
