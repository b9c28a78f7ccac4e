/// How many samples a worker passes on as they are: a token bucket over all of its connections.
///
/// While there is some left nobody's samples are looked at. Where there is none, of a read that brings many
/// samples each visitor's newest move goes on, and all that is no move: what is left out is what one peer
/// sent within one read, so whoever sends as a page does is never in it. Times are nanoseconds of
/// CLOCK_MONOTONIC.
struct SampleBudget: BitwiseCopyable {
    private let perSecond: Int64
    private let burst: Int
    private var left: Int
    private var refilledAt: Int64 = 0
    /// What a test breaks on purpose, to see that its model notices.
    var fault: BudgetFault?

    /// Makes a full one.
    init(perSecond: Int = WorkerLimits.samplesPerSecond, burst: Int = WorkerLimits.sampleBurst) {
        self.perSecond = Int64(perSecond)
        self.burst = burst
        left = burst
    }

    /// Takes what a read brought; whether that is more than there was.
    @inline(__always)
    mutating func isOverdrawn(taking count: Int, now: Int64) -> Bool {
        left &-= count
        return left < 0 && !refill(taking: count, now: now)
    }

    /// Gives back what was left out of the read that was taken last.
    mutating func giveBack(_ count: Int) { left = min(burst, left + count) }

    /// Whether what has come since the last time makes good for it. Who is over it owes nothing: not at once,
    /// for what will be left out is yet to be given back, but when the next read is taken.
    @inline(never)
    private mutating func refill(taking count: Int, now: Int64) -> Bool {
        // A quarter of an hour is as good as a burst, and cannot overflow.
        let gained = Int(min(max(0, now - refilledAt), 1_000_000_000_000) * perSecond / 1_000_000_000)
        if gained > 0 { refilledAt = now }
        let before = fault == .keepsDebts ? left + count : max(0, left + count)
        left = min(burst, before + gained) - count
        if fault == .neverRefills { left = min(left, -1) }
        defer { if fault == .forgivesBeforeGivingBack { left = max(left, 0) } }
        return left >= 0
    }
}

/// Ways to count samples wrongly that tests must notice.
enum BudgetFault: CaseIterable {
    case neverRefills
    case keepsDebts
    /// What is given back was forgiven already, so that every other read of a flood passes whole.
    case forgivesBeforeGivingBack
}
