/// Decides how often visitors' pages sample: as often as somebody can see, and no more than the server and
/// those who watch can bear.
///
/// ```
///   what the fastest viewer can show ──┐
///                                      ├─ the smaller ──▶ rate ──▶ batch
///   what can be borne (the ceiling) ───┘
///        lowered by a factor while a process is busy or viewers are behind,
///        raised by steps once neither has been so for long enough, and only as far as
///        the processors, which are taken to work in proportion, will still be calm
/// ```
/// What viewers want is followed at once upwards and after a while downwards. Between busy and calm nothing
/// is changed; a raising that had to be taken back has the next one wait twice as long. It reads no clock:
/// times are nanoseconds of CLOCK_MONOTONIC.
public struct RateGovernor: Sendable {
    public private(set) var bounds: SamplingBounds
    /// What holds now.
    public private(set) var sampling: Sampling
    public private(set) var why: SamplingReason
    /// Visitors that are looked at closely, the first ones first.
    public private(set) var looked: [[UInt8]] = []
    /// Changes of what holds for everyone, by `SamplingReason.rawValue`.
    public private(set) var changes = [UInt64](repeating: 0, count: SamplingReason.allCases.count)

    /// What the server is known to bear, samples a second.
    private var ceiling: Double
    /// What viewers want, as far as it is followed.
    private var demand = 0
    /// The last time that they wanted as much.
    private var demandedAt = Int64.min / 2
    /// The smoothed share of a core.
    private var share = 0.0
    private var lookedAt = Int64.min
    /// Since when there is too much to do, or too little; nil while it is neither.
    private var pressedSince: Int64?
    private var calmSince: Int64?
    /// Why the ceiling was last lowered.
    private var cause = SamplingReason.busy
    private var loweredAt = Int64.min / 2
    /// Samples that viewers were behind when that was last of interest.
    private var backlog: UInt64 = 0
    private var raisedAt = Int64.min / 2
    private var hold = RateLimits.holdNanoseconds
    /// Nobody knows what the next step comes to: viewers tell afterwards.
    private var isWary = false
    /// Whom that was learned with.
    private var crowd = (viewers: 0, visitors: 0)
    /// What a test breaks on purpose, to see that its model notices.
    var fault: RateFault?

    /// Begins with nobody watching.
    public init(_ bounds: SamplingBounds = .standard) {
        self.bounds = bounds
        ceiling = Double(bounds.most)
        if bounds.isPinned {
            sampling = Self.sampling(bounds.most, of: bounds.most, .pinned)
            why = .pinned
        } else {
            sampling = Self.sampling(0, of: 0, .unwatched)
            why = .unwatched
        }
    }

    /// Takes other bounds; returns visitors for whom nothing of their own holds any more, until the next
    /// decision. `sampling` may be another at once, and everyone is to be told.
    public mutating func take(_ bounds: SamplingBounds) -> [[UInt8]] {
        let wasAtTheMost = ceiling >= Double(self.bounds.most)
        self.bounds = bounds
        ceiling =
            wasAtTheMost
            ? Double(bounds.most) : min(max(ceiling, Double(bounds.least)), Double(bounds.most))
        demand = min(demand, bounds.most)
        if bounds.isPinned {
            let pinned = Self.sampling(bounds.most, of: bounds.most, .pinned)
            if pinned != sampling { changes[Int(SamplingReason.pinned.rawValue)] &+= 1 }
            sampling = pinned
            why = .pinned
        }
        defer { looked = [] }
        return looked
    }

    /// What holds for those who are looked at closely.
    public var close: Sampling {
        guard !bounds.isPinned else { return sampling }
        return Sampling(
            rate: UInt8(bounds.close), batchMilliseconds: UInt16(RateLimits.closeBatchMilliseconds))
    }

    /// Takes in how things stand, once an interval and whenever somebody came, went or looks at somebody
    /// else; tells what is to be done.
    public mutating func decide(_ input: RateInput, now: Int64) -> RateDecision {
        var decision = RateDecision(sampling: sampling, why: why, isNew: false, close: close)
        guard !bounds.isPinned else { return decision }
        follow(input, now: now)
        weigh(input, now: now)
        let (rate, why) = judge(input)
        let next = Self.sampling(rate, of: demand, why)
        if next != sampling || why != self.why {
            if next != sampling { changes[Int(why.rawValue)] &+= 1 }
            decision.isNew = next != sampling
            sampling = next
            self.why = why
        }
        decision.sampling = sampling
        decision.why = why
        look(at: input.looks, &decision)
        return decision
    }

    /// Follows what viewers want.
    private mutating func follow(_ input: RateInput, now: Int64) {
        let wanted = min(bounds.most, input.isRecording ? bounds.most : input.viewers.rate)
        if wanted >= demand {
            if demand == 0, wanted > 0, now - loweredAt >= RateLimits.forgivenNanoseconds {
                ceiling = Double(bounds.most)
            }
            let isLate = fault == .makesNewcomersWait && wanted > demand
            if isLate, now - demandedAt < RateLimits.lingerNanoseconds { return }
            demand = wanted
            demandedAt = now
        } else if now - demandedAt >= RateLimits.lingerNanoseconds {
            if fault == .sticksWhenTheLastLeaves, wanted == 0 { return }
            if fault == .sticksWhenTheFastestLeaves, wanted > 0 { return }
            demand = wanted
            demandedAt = now
        }
    }

    /// Lowers or raises the ceiling, where it is time.
    private mutating func weigh(_ input: RateInput, now: Int64) {
        smooth(input.processorShare, now: now)
        forgetHold(input)
        let areBehind = input.viewers.behindShare > RateLimits.behindShare
        let isBusy = share >= RateLimits.busyShare
        var isPressed = isBusy || areBehind
        let calmShare = fault == .forgetsHysteresis ? RateLimits.busyShare : RateLimits.calmShare
        var isCalm = share < calmShare && !areBehind
        if fault == .turnsTheWrongWay { swap(&isPressed, &isCalm) }
        pressedSince = isPressed ? pressedSince ?? now : nil
        calmSince = isCalm ? calmSince ?? now : nil
        guard demand > 0 else { return relax(now: now) }
        let dwell = fault == .forgetsDamping ? 0 : RateLimits.dwellNanoseconds
        if let pressedSince, now - pressedSince >= dwell {
            lower(isBusy: isBusy, backlog: input.viewers.backlog, now: now)
        } else if let calmSince, now - calmSince >= dwell {
            raise(now: now)
        }
    }

    private mutating func smooth(_ measured: Double?, now: Int64) {
        guard let measured else { return }
        // The first one, or one after a long time, stands for itself.
        let elapsed = lookedAt == .min ? Int64.max : now - lookedAt
        lookedAt = now
        guard elapsed < 8 * RateLimits.smoothingNanoseconds else {
            share = measured
            return
        }
        let part = Double(elapsed) / Double(elapsed + RateLimits.smoothingNanoseconds)
        share += (measured - share) * part
    }

    /// A hold was learned with a crowd that is not there any more.
    private mutating func forgetHold(_ input: RateInput) {
        let viewers = input.viewers.count
        let isOther =
            viewers != crowd.viewers || 4 * abs(input.visitors - crowd.visitors) > max(16, crowd.visitors)
        guard isOther else { return }
        crowd = (viewers, input.visitors)
        hold = RateLimits.holdNanoseconds
        isWary = false
    }

    private mutating func lower(isBusy: Bool, backlog: UInt64, now: Int64) {
        let inUse = min(ceiling, Double(demand))
        let pause = fault == .forgetsDamping ? 0 : RateLimits.loweringNanoseconds
        guard inUse > Double(bounds.least), now - loweredAt >= pause else { return }
        // Who catches up has been helped enough; how long that takes is no reason for more.
        let isCatchingUp = backlog < self.backlog
        self.backlog = backlog
        if !isBusy, isCatchingUp, fault != .forgetsDamping { return }
        var factor = RateLimits.loweringOfBehind
        if isBusy {
            factor = share >= RateLimits.exhaustedShare ? 0 : RateLimits.aimedShare / share
            factor = min(max(factor, RateLimits.lowering.lowerBound), RateLimits.lowering.upperBound)
        }
        cause = isBusy ? .busy : .behind
        ceiling = max(Double(bounds.least), inUse * factor)
        let isRegretted = now - raisedAt < RateLimits.regretNanoseconds
        isWary = isWary || isRegretted || !isBusy
        if isRegretted {
            hold = min(2 * hold, RateLimits.longestHoldNanoseconds)
        }
        loweredAt = now
        calmSince = nil
    }

    private mutating func raise(now: Int64) {
        guard ceiling < Double(bounds.most) else { return }
        if fault != .forgetsDamping {
            let pause = isWary ? RateLimits.carefulRaisingNanoseconds : RateLimits.raisingNanoseconds
            guard now - loweredAt >= hold, now - raisedAt >= pause else { return }
        }
        let isFelt = ceiling < Double(demand)
        var next = min(Double(bounds.most), ceiling + step)
        // What cannot be told to sample less works as before: then this is less than there would be room for,
        // and the next step goes on from there.
        if isFelt, share > 0, fault != .forgetsHysteresis {
            next = min(next, ceiling * RateLimits.promisedShare / share)
        }
        ceiling = next
        if isFelt { raisedAt = now }
    }

    /// While nobody watches there is nothing to be known, and what was known grows old.
    private mutating func relax(now: Int64) {
        if now - loweredAt >= RateLimits.forgivenNanoseconds { ceiling = Double(bounds.most) }
    }

    private var step: Double { Double(max(bounds.most / RateLimits.raisingShare, 1)) }

    /// What comes of what is wanted and what can be borne.
    private func judge(_ input: RateInput) -> (rate: Int, why: SamplingReason) {
        guard demand > 0 else { return (0, .unwatched) }
        let wanted = max(bounds.least, demand)
        var rate = max(bounds.least, min(demand, Int(ceiling)))
        if fault == .leavesTheBounds { rate = min(demand, Int(ceiling * 0.9)) }
        if rate < wanted { return (rate, cause) }
        return (rate, input.viewers.count > 0 || !input.isRecording ? .watched : .recorded)
    }

    /// The message's length follows the rate, so that less is done by those who have too much to do.
    private static func sampling(_ rate: Int, of demand: Int, _ why: SamplingReason) -> Sampling {
        let batch: Int
        switch why {
        case .unwatched: batch = RateLimits.idleBatchMilliseconds
        case .watched, .recorded: batch = RateLimits.batchMilliseconds
        case .pinned: batch = rate == 0 ? RateLimits.idleBatchMilliseconds : RateLimits.batchMilliseconds
        case .busy, .behind:
            batch = min(
                RateLimits.slowBatchMilliseconds, RateLimits.batchMilliseconds * demand / max(rate, 1))
        }
        return Sampling(rate: UInt8(rate), batchMilliseconds: UInt16(batch))
    }

    /// Keeps those who are looked at, as long as somebody looks, and takes in who else there is room for.
    private mutating func look(at wanted: [[UInt8]], _ decision: inout RateDecision) {
        if looked.isEmpty, wanted.isEmpty { return }
        var staying = looked
        if fault != .forgetsToEndLooks { staying.removeAll { !wanted.contains($0) } }
        decision.ended = looked.filter { !staying.contains($0) }
        let room = fault == .looksAtEveryone ? .max : RateLimits.closeLooks - staying.count
        decision.began = Array(wanted.filter { !looked.contains($0) }.prefix(max(0, room)))
        if fault == .forgetsLooks { decision.began = [] }
        looked = staying + decision.began
    }
}
