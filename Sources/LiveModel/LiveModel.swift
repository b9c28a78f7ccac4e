/// The picture a screen needs, built from the messages of the frames shape and nothing else.
///
/// It takes what a server says with a grain of salt: whatever the bytes are, it stays within its limits and
/// never traps. Messages that are not JSON have no effect at all; entries of a message that make no sense are
/// passed over one by one.
public struct LiveModel: ~Copyable {
    /// What became of a message.
    public enum Outcome: Sendable, Equatable {
        case applied
        /// An event of a name that means nothing here.
        case ignored
        /// Not JSON, or without what its event must have; nothing was changed.
        case malformed
    }

    /// How it stands with the connection; its owner keeps this current.
    public var link = LinkState.connecting

    /// The server's last status.
    public internal(set) var status = ServerStatus()

    /// Changes whenever somebody joins or leaves.
    public internal(set) var membershipRevision: UInt64 = 0

    /// Visitors present beyond `LiveModelLimits.visitors`, who have no row.
    public internal(set) var visitorsWithoutRow = 0

    /// The hub's time of the picture, in epoch milliseconds.
    public internal(set) var nowMilliseconds: Int64 = 0

    let limits: LiveModelLimits
    var visitors: VisitorTable
    var pages: PageTable
    var history = SecondHistory()
    var clock = HubClock()
    /// Monotonic nanoseconds when anything was heard last, and when a status was.
    var heardNanoseconds: Int64?
    var statusNanoseconds: Int64 = 0
    var advancedNanoseconds: Int64 = 0
    /// The hub's time of the newest frame or keyframe, and the second of the newest keyframe.
    var heardMilliseconds: Int64 = 0
    var keyframeSecond: Int64 = 0
    /// Numbers samples in the hub's order.
    var arrivals: UInt64 = 0
    /// The number for the next visitor of a keyframe, which goes down.
    var keyframeArrival: UInt64 = 0
    /// Numbers keyframes, so that those a keyframe does not name can be told.
    var generation: UInt32 = 0
    /// Whether parts of the last keyframe are still to come.
    var isInsideKeyframe = false
    /// Recent samples of everyone, and the time of the newest.
    var traces = RecentRing<TracePoint>(capacity: LiveModelLimits.traces)
    var traceMilliseconds: Int64 = 0
    /// The visitor that is followed, and its slot while it is present, else -1.
    var following: FollowedPath?
    var followedSlot = -1
    var workerHistories: [Int32: WorkerHistory] = [:]
    /// The relay's 99th percentile by status; below 0 where a status had none.
    var relayedHistory = RecentRing<Double>(capacity: LiveModelLimits.statusHistory)
    var healthHistory = RecentRing<HealthMoment>(capacity: LiveModelLimits.statusHistory)
    /// What went wrong, and what is known of it.
    var incidentMemory = IncidentMemory()
    var incidentWatch = IncidentWatch()
    var troubles = LinkTroubles()
    var shown = ShownFrames()
    /// Whether this is a copy whose time stands still.
    var isStill = false
    /// Memory that putting things in order works in, kept so that it need not be had anew.
    var ranking: [Rank] = []
    /// The rates that steady orders go by, by slot, and the second they are of.
    var heldRates: [HeldRate] = []
    var heldSecond: Int64 = .min
    var pageRows: [PageActivity] = []

    /// Makes an empty picture; `seed` keys its tables: who chooses ids and pages must not know it.
    public init(limits: LiveModelLimits = .standard, seed: UInt64) {
        self.limits = limits
        visitors = VisitorTable(seed: seed, capacity: limits.visitors)
        pages = PageTable(seed: ~seed, capacity: limits.pages)
    }

    /// Visitors present.
    public var visitorCount: Int { visitors.count + visitorsWithoutRow }

    /// Visitors with a row.
    public var rowCount: Int { visitors.count }

    /// The second of the hub's clock that the picture is in.
    var second: Int64 { HubClock.second(of: nowMilliseconds) }

    /// Brings the picture to `now` (monotonic nanoseconds), also where the server has nothing to say.
    public mutating func advance(now: Int64) {
        guard !isStill else { return }
        advancedNanoseconds = now
        guard let milliseconds = clock.milliseconds(now: now) else { return }
        nowMilliseconds = max(nowMilliseconds, milliseconds)
        history.advance(to: second)
        watchSilence(now: now)
    }

    /// Takes in what the owner knows: the connection is gone, and with it the rest of a split message.
    public mutating func connectionLost() {
        isInsideKeyframe = false
    }

    /// Seconds since the server said anything; nil where it never did.
    public func secondsOfSilence(now: Int64) -> Int? {
        heardNanoseconds.map { Int(max(time(now) - $0, 0) / 1_000_000_000) }
    }

    /// Seconds the server has been up for, by its last status and the time since, as far as it was heard
    /// from; nil before the first.
    public func uptimeSeconds(now: Int64) -> Int? {
        guard statusNanoseconds != 0 else { return nil }
        let known: Int64
        switch link {
        case .connecting, .live: known = time(now)
        // It may be another one by the time it is back.
        case .reconnecting, .ended: known = heardNanoseconds ?? statusNanoseconds
        }
        let elapsed = Double(max(known - statusNanoseconds, 0)) / 1e9
        return Int(min(max(status.uptimeSeconds + elapsed, 0), 1e12))
    }

    /// What time it is at `now`: in a copy whose time stands still, always the same.
    private func time(_ now: Int64) -> Int64 { isStill ? advancedNanoseconds : now }
}
