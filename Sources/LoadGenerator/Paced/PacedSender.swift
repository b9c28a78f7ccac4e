import ByteCore
import PosixIO

/// Sends an open-model load over many connections, one visitor each: paced, or as fast as the sockets take
/// it.
///
/// A paced sample that a socket does not take keeps its place in the schedule and goes out when there is
/// room, with the time it was due; nothing is queued for it but its number.
struct PacedSender: ~Copyable {
    /// The tag of lanes in the poller's tokens.
    static let laneKind: UInt8 = 1

    private let schedule: PaceSchedule
    private var lanes = Slab<PacedLane>()
    private var scratch = LinkScratch(byteCount: LoadLimits.linkReadBytes)
    private var masks: MaskKeys
    private var text = ByteBuffer(capacity: 128)
    /// Samples of the run that were given to their lanes.
    private var nextIndex: Int64 = 0
    private var dueCount: Int64 = 0
    /// When the run began, in monotonic nanoseconds.
    private var begin: Int64 = 0
    /// How late this side encoded samples: its own slowness and what the sockets held up.
    private(set) var lag = LatencyHistogram()
    /// Lanes whose link has opened.
    private(set) var openedCount = 0
    /// Lanes whose link has ended.
    private(set) var endedCount = 0
    /// Why the first of them did.
    private(set) var firstEnding: LinkEnding?

    init(schedule: PaceSchedule, seed: UInt64) {
        self.schedule = schedule
        masks = MaskKeys(seed: seed)
    }

    /// Begins to connect one visitor after another, so that no listen queue overflows; false once all have
    /// begun.
    mutating func connectNext(to address: SocketAddress, poller: borrowing Poller) throws(SystemError) -> Bool
    {
        guard lanes.count < schedule.visitorCount else { return false }
        let visitor = lanes.count
        let lane = PacedLane(
            visitor: visitor, link: try VisitorLink(to: address, nonce: masks.nonce()))
        let place = lanes.insert(lane)
        try watch(Int(place.index), poller)
        return true
    }

    /// Whether every visitor can send.
    var areAllOpen: Bool { openedCount == schedule.visitorCount && endedCount == 0 }

    /// Samples encoded so far, all visitors together.
    var sentCount: Int64 {
        var sum: Int64 = 0
        for index in 0..<lanes.slotCount { sum += sentCount(of: index) }
        return sum
    }

    /// The number of the last sample of a visitor.
    func sentCount(of visitor: Int) -> Int64 { lanes.at(visitor)?.element.pointee.sent ?? 0 }

    /// Bytes that no socket has taken yet.
    var backlogBytes: Int {
        var sum = 0
        for index in 0..<lanes.slotCount {
            guard let lane = lanes.at(index)?.element, lane.pointee.ending == nil else { continue }
            sum += lane.pointee.link.backlogBytes
        }
        return sum
    }

    /// The run's time starts.
    mutating func began(at now: Int64) { begin = now }

    /// When the next sample is due, in monotonic nanoseconds.
    var nextDueNanoseconds: Int64 { begin &+ schedule.dueNanoseconds(of: nextIndex) }

    /// The least time between two sends.
    var tickNanoseconds: Int64 { schedule.tickNanoseconds }

    /// Sends what is due at `now`, but no more than the first `limit` samples of the run.
    mutating func sendDue(now: Int64, limit: Int64, poller: borrowing Poller) throws(SystemError) {
        dueCount = min(schedule.dueCount(at: now &- begin), limit)
        let count = Int64(schedule.visitorCount)
        for index in nextIndex..<max(min(dueCount, nextIndex + count), nextIndex) {
            try sendDue(of: Int(index % count), now: now, poller: poller)
        }
        nextIndex = max(dueCount, nextIndex)
    }

    private mutating func sendDue(of visitor: Int, now: Int64, poller: borrowing Poller) throws(SystemError) {
        guard let lane = lanes.at(visitor)?.element, lane.pointee.ending == nil else { return }
        let due = schedule.share(of: visitor, in: dueCount)
        while lane.pointee.sent < due, !lane.pointee.link.isBacklogged {
            while lane.pointee.sent < due, lane.pointee.link.backlogBytes < LoadLimits.laneBytes {
                let index = schedule.index(of: visitor, sequence: lane.pointee.sent + 1)
                let dueNanoseconds = schedule.dueNanoseconds(of: index)
                lag.record(nanoseconds: now &- begin &- dueNanoseconds)
                lane.pointee.appendSample(
                    dueMicroseconds: dueNanoseconds / 1000, text: &text, maskKey: masks.next())
            }
            try flush(visitor, poller)
        }
    }

    /// Gives every connection that has room its turn of an unpaced flood; returns whether any had.
    mutating func flood(poller: borrowing Poller) throws(SystemError) -> Bool {
        var hadRoom = false
        for visitor in 0..<lanes.slotCount {
            guard let lane = lanes.at(visitor)?.element, lane.pointee.ending == nil,
                !lane.pointee.link.isBacklogged
            else { continue }
            hadRoom = true
            let elapsed = (MonotonicClock.now() &- begin) / 1000
            for _ in 0..<LoadLimits.floodFramesPerTurn {
                lane.pointee.appendSample(dueMicroseconds: elapsed, text: &text, maskKey: masks.next())
            }
            try flush(visitor, poller)
        }
        return hadRoom
    }

    /// Takes what the poller found on a lane's socket, and sends what waited for it.
    mutating func ready(_ event: ReadyEvent, now: Int64, poller: borrowing Poller) throws(SystemError) {
        let visitor = Int(event.token.index)
        guard let lane = lanes.at(visitor)?.element, lane.pointee.ending == nil else { return }
        switch lane.pointee.link.ready(event, scratch: &scratch, masks: &masks) {
        case .waiting: break
        case .opened: openedCount += 1
        case .ended(let ending): return ended(visitor, ending, poller)
        }
        try watch(visitor, poller)
        try sendDue(of: visitor, now: now, poller: poller)
    }

    private mutating func flush(_ visitor: Int, _ poller: borrowing Poller) throws(SystemError) {
        guard let lane = lanes.at(visitor)?.element else { return }
        if let ending = lane.pointee.link.flush() { return ended(visitor, ending, poller) }
        try lane.pointee.link.watch(with: poller, token: Token(kind: Self.laneKind, index: UInt32(visitor)))
    }

    private mutating func watch(_ visitor: Int, _ poller: borrowing Poller) throws(SystemError) {
        guard let lane = lanes.at(visitor)?.element else { return }
        try lane.pointee.link.watch(with: poller, token: Token(kind: Self.laneKind, index: UInt32(visitor)))
    }

    private mutating func ended(_ visitor: Int, _ ending: LinkEnding, _ poller: borrowing Poller) {
        guard let lane = lanes.at(visitor)?.element else { return }
        poller.remove(lane.pointee.link.raw)
        lane.pointee.ending = ending
        endedCount += 1
        firstEnding = firstEnding ?? ending
    }
}
