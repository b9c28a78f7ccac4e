/// So much of something a second, and some of it at once: a token bucket in one number.
///
/// It keeps when the bucket will be full again (the theoretical arrival time of ITU-T I.371), so that nothing
/// has to be filled and an idle one costs nothing. More may be taken than is there: what was read cannot be
/// put back, and its price is waited for afterwards.
struct TokenBucket: Equatable, BitwiseCopyable {
    /// What one holds and how fast it fills; of all that is taken in one unit, bytes or events.
    struct Rule: Equatable {
        let perSecond: Int
        /// Nanoseconds that it takes to fill.
        let depth: Int64
        /// Nanoseconds beyond an empty bucket that are remembered at most.
        let deepestDebt: Int64
        /// What a test breaks on purpose, to see that its model notices.
        var fault: BucketFault?

        /// `perSecond` is from 1 to 1,000,000,000.
        init(perSecond: Int, burst: Int, deepestDebt: Int64 = .max / 4) {
            self.perSecond = perSecond
            self.deepestDebt = deepestDebt
            depth = Int64(burst) * 1_000_000_000 / Int64(perSecond)
        }

        /// How long it takes until `amount` has come in, rounded up, so that small amounts are not free.
        @inline(__always)
        fileprivate func nanoseconds(of amount: Int) -> Int64 {
            (Int64(amount) &* 1_000_000_000 &+ Int64(perSecond) &- 1) / Int64(perSecond)
        }
    }

    /// When it is full, in nanoseconds of CLOCK_MONOTONIC, if nothing more is taken.
    private(set) var fullAt: Int64

    /// A full one.
    init() { fullAt = 0 }

    /// One that will be full then.
    init(fullAt: Int64) { self.fullAt = fullAt }

    /// One that begins with an eighth: who comes back anew is not to gain by it.
    init(fresh rule: Rule, now: Int64) {
        fullAt = rule.fault == .forgivesReconnecting ? 0 : now + rule.depth - rule.depth / 8
    }

    /// Takes `amount`, of which less than 2^33 can be told.
    @inline(__always)
    mutating func take(_ amount: Int, _ rule: Rule, now: Int64) {
        var start = max(fullAt, now)
        if rule.fault == .hoards { start = fullAt }
        let taken = start &+ rule.nanoseconds(of: amount)
        let deepest = now &+ rule.depth &+ rule.deepestDebt
        fullAt = min(taken, rule.fault == .forgivesDebt ? now &+ rule.depth : deepest)
    }

    /// Nanoseconds until nothing is owed any more; 0 where nothing is.
    @inline(__always)
    func debt(_ rule: Rule, now: Int64) -> Int64 { max(0, fullAt &- now &- rule.depth) }
}

/// Ways to count wrongly that tests must notice.
enum BucketFault: CaseIterable {
    /// What was not taken for hours may be taken at once.
    case hoards
    /// What was taken beyond an empty bucket is forgotten.
    case forgivesDebt
    /// Who comes anew has a whole bucket.
    case forgivesReconnecting
}
