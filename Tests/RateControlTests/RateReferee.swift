@testable import RateControl

/// Judges what a governor decides, by the rules that it has to keep.
struct RateReferee {
    /// What has to be settled by then.
    static let settling = 5 * second
    /// A try whether more is borne, and its end.
    static let trial = 4 * second
    /// Changes of direction in a minute in which nothing happens: of a processor's use something is known
    /// beforehand, and of viewers nothing.
    static let turnsPerMinute = 3
    static let turnsForViewers = 8

    let bounds: SamplingBounds
    /// What those who watch have a use for, of the most demanding one; nil where nobody watches.
    private(set) var wanted: Int?
    /// What can be borne.
    private(set) var bearable = 0.0
    private var isUpToViewers = false
    private var lastRate = 0
    private var last = Sampling(rate: 0, batchMilliseconds: 1000)
    private var changedAt: Int64
    private var unwatchedSince: Int64?
    /// What a newcomer has to get at once.
    private var promised: Int?
    private var pressedAt = Int64.min / 2
    private var turns: [Int64] = []
    private var direction = 0
    private var tooMuchSince: Int64?
    private var tooLittleSince: Int64?
    private var looked: [[UInt8]] = []

    init(bounds: SamplingBounds, now: Int64) {
        self.bounds = bounds
        changedAt = now
        unwatchedSince = now
    }

    /// Something in the world is another than before.
    mutating func changed(now: Int64) {
        changedAt = now
        turns = []
        direction = 0
        tooMuchSince = nil
        tooLittleSince = nil
    }

    /// Takes in what is wanted and what can be borne; a stall is seen only after a while.
    mutating func settle(_ wanted: Int?, _ bearable: Double, isUpToViewers: Bool, now: Int64) {
        self.isUpToViewers = isUpToViewers
        if wanted != self.wanted || abs(bearable - self.bearable) > 1 { changed(now: now) }
        self.wanted = wanted
        self.bearable = bearable
    }

    mutating func attached(rate: Int, now: Int64) {
        if now - pressedAt >= 6 * second { promised = rate }
    }

    mutating func judge(_ decision: RateDecision, looks: [[UInt8]], now: Int64) -> String? {
        let rate = Int(decision.sampling.rate)
        defer { lastRate = rate }
        let isPressed = decision.why == .busy || decision.why == .behind
        if isPressed { pressedAt = now }
        if rate != 0, rate < bounds.least || rate > bounds.most { return "\(rate) is out of bounds" }
        if decision.isNew != (decision.sampling != last) { return "told for nothing, or not told" }
        last = decision.sampling
        if let promised, rate < promised, !isPressed {
            return "a newcomer waits: \(rate), not \(promised)"
        }
        promised = nil
        return judgeUnwatched(rate, decision, now: now) ?? judgeTurns(rate, now: now)
            ?? judgeLevel(rate, now: now) ?? judgeLooks(decision, looks)
    }

    private mutating func judgeUnwatched(_ rate: Int, _ decision: RateDecision, now: Int64) -> String? {
        guard wanted == nil else {
            unwatchedSince = nil
            return rate == 0 ? "somebody watches and sees nothing" : nil
        }
        let since = unwatchedSince ?? now
        unwatchedSince = since
        if now - since > 3 * second, rate != 0 { return "nobody watches, and \(rate) is sampled" }
        if rate == 0, decision.sampling.batchMilliseconds < 1000 { return "hurry for nobody" }
        return nil
    }

    /// Up and down again, while nothing happens.
    private mutating func judgeTurns(_ rate: Int, now: Int64) -> String? {
        guard rate != lastRate, now - changedAt > Self.settling else { return nil }
        let next = rate > lastRate ? 1 : -1
        if direction != 0, next != direction { turns.append(now) }
        direction = next
        turns.removeAll { now - $0 > 60 * second }
        let most = isUpToViewers ? Self.turnsForViewers : Self.turnsPerMinute
        return turns.count > most ? "it swings: \(turns.count) turns in a minute" : nil
    }

    /// Once settled: neither more than can be borne, but for a trial, nor much less than that.
    private mutating func judgeLevel(_ rate: Int, now: Int64) -> String? {
        guard let wanted, now - changedAt > Self.settling else { return nil }
        let right = min(Double(max(wanted, bounds.least)), bearable)
        if rate > wanted, rate > bounds.least { return "\(rate), and \(wanted) can be shown" }
        let isTooMuch = Double(rate) > right * 1.15 + 1
        tooMuchSince = isTooMuch ? tooMuchSince ?? now : nil
        if let tooMuchSince, now - tooMuchSince > Self.trial { return "\(rate), and \(right) is borne" }
        let isTooLittle = Double(rate) < right * 0.45 - 1
        tooLittleSince = isTooLittle ? tooLittleSince ?? now : nil
        if let tooLittleSince, now - tooLittleSince > second { return "\(rate), where \(right) is borne" }
        return nil
    }

    private mutating func judgeLooks(_ decision: RateDecision, _ looks: [[UInt8]]) -> String? {
        for ended in decision.ended {
            guard let place = looked.firstIndex(of: ended) else { return "a look ended that was none" }
            looked.remove(at: place)
        }
        for began in decision.began {
            if looked.contains(began) { return "a look began twice" }
            looked.append(began)
        }
        if looked.count > RateLimits.closeLooks { return "\(looked.count) are looked at" }
        if let stale = looked.first(where: { !looks.contains($0) }) { return "nobody looks at \(stale)" }
        if looked.count < min(looks.count, RateLimits.closeLooks) { return "a look is not honoured" }
        return nil
    }
}
