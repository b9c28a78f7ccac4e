import TestSupport
import Testing

@testable import IngestWorker

@Suite struct TokenBucketTests {
    private let second: Int64 = 1_000_000_000

    @Test func whatIsThereIsFreeAndTheRestIsOwed() {
        let rule = TokenBucket.Rule(perSecond: 100, burst: 50)
        var bucket = TokenBucket()
        bucket.take(50, rule, now: second)
        #expect(bucket.debt(rule, now: second) == 0)
        bucket.take(10, rule, now: second)
        #expect(bucket.debt(rule, now: second) == second / 10)
        #expect(bucket.debt(rule, now: second + second / 10) == 0)
        // Full again, and no fuller, however long nothing was taken.
        bucket.take(51, rule, now: 1000 * second)
        #expect(bucket.debt(rule, now: 1000 * second) == second / 100)
    }

    @Test func aFreshOneHasAnEighth() {
        let rule = TokenBucket.Rule(perSecond: 800, burst: 800)
        var bucket = TokenBucket(fresh: rule, now: 5 * second)
        bucket.take(100, rule, now: 5 * second)
        #expect(bucket.debt(rule, now: 5 * second) == 0)
        bucket.take(8, rule, now: 5 * second)
        #expect(bucket.debt(rule, now: 5 * second) == second / 100)
    }

    @Test func noDebtIsDeeperThanItsRuleHasIt() {
        let rule = TokenBucket.Rule(perSecond: 10, burst: 10, deepestDebt: second)
        var bucket = TokenBucket()
        bucket.take(1_000_000, rule, now: 0)
        #expect(bucket.debt(rule, now: 0) == second)
    }

    /// A nanosecond of a thousand million a second is one, and the smallest amount is not free.
    @Test func extremes() {
        for perSecond in [1, 3, 999_999_937, 1_000_000_000] {
            let rule = TokenBucket.Rule(perSecond: perSecond, burst: perSecond)
            var bucket = TokenBucket()
            for _ in 0..<1000 { bucket.take(1, rule, now: 0) }
            #expect(bucket.fullAt >= 1000)
            bucket.take(1 << 32, rule, now: .max / 8)
            #expect(bucket.fullAt > .max / 8)
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func agreesWithABucketThatIsFilled(_ seed: UInt64) {
        #expect(BucketHistory(seed: seed, fault: nil).violation == nil)
    }

    @Test(arguments: BucketFault.allCases)
    func faultsAreSeen(_ fault: BucketFault) {
        let seen = (1...5).filter { BucketHistory(seed: $0, fault: fault).violation != nil }
        #expect(!seen.isEmpty, "\(fault)")
    }
}

/// Somebody who takes at random, comes back anew at random, and a bucket that is filled drop by drop.
private struct BucketHistory {
    private(set) var violation: String?

    init(seed: UInt64, fault: BucketFault?) {
        var random = SplitMix64(seed: seed)
        let perSecond = Int.random(in: 1...10_000, using: &random)
        var rule = TokenBucket.Rule(perSecond: perSecond, burst: perSecond)
        rule.fault = fault
        let size = Double(perSecond)
        var now: Int64 = 1_000_000_000_000
        var bucket = TokenBucket(fresh: rule, now: now)
        var level = size / 8
        for step in 0..<2000 {
            let pause =
                Int.random(in: 0..<20, using: &random) == 0
                ? Int64.random(in: 0...10_000_000_000, using: &random)
                : Int64.random(in: 0...100_000_000, using: &random)
            now += pause
            level = min(size, level + Double(pause) * size / 1e9)
            if Int.random(in: 0..<100, using: &random) == 0 {
                bucket = TokenBucket(fresh: rule, now: now)
                level = size / 8
            }
            // Sometimes within what there is, sometimes far beyond it.
            let amount = Int.random(in: 0...max(1, perSecond / (step % 3 == 0 ? 2 : 20)), using: &random)
            bucket.take(amount, rule, now: now)
            level -= Double(amount)
            let owed = Double(bucket.debt(rule, now: now)) * size / 1e9
            // What is rounded up comes to a nanosecond a step.
            guard abs(owed - max(0, -level)) < 0.01 + Double(step) * size / 1e9 else {
                violation = "step \(step) of seed \(seed): \(owed) owed of \(-level)"
                return
            }
        }
    }
}
