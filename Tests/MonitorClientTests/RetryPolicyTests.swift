import Testing

@testable import MonitorClient

@Suite struct RetryPolicyTests {
    private static let millisecond: Int64 = 1_000_000

    @Test func waitsDoubleUpToTenSeconds() {
        var policy = RetryPolicy()
        let waits = (0..<6).map { _ in policy.failed(baseMilliseconds: 2_000, chance: 0) / Self.millisecond }
        #expect(waits == [2_000, 4_000, 8_000, 10_000, 10_000, 10_000])
        #expect(policy.failures == 6)
        policy.heard(now: 0)
        #expect(policy.failures == 6, "one that ends at once is another failure")
        policy.heard(now: 5_000 * Self.millisecond)
        #expect(policy.failures == 0)
        #expect(policy.failed(baseMilliseconds: 2_000, chance: 0) / Self.millisecond == 2_000)
    }

    @Test func chanceTakesUpToAHalf() {
        for chance in [0, 0.25, 0.5, 0.999] {
            var policy = RetryPolicy()
            let wait = policy.failed(baseMilliseconds: 2_000, chance: chance) / Self.millisecond
            #expect(wait >= 1_000 && wait <= 2_000)
        }
    }

    @Test func aServersWishIsBounded() {
        for (base, least, most) in [(0, 50, 100), (Int.max, 5_000, 10_000), (-5, 50, 100)] {
            var policy = RetryPolicy()
            for chance in [0, 0.999] {
                let wait = policy.failed(baseMilliseconds: base, chance: chance) / Self.millisecond
                #expect(wait >= Int64(least) && wait <= 10_000)
                if policy.failures == 1 { #expect(wait <= Int64(most)) }
            }
        }
        var policy = RetryPolicy()
        for _ in 0..<10_000 { _ = policy.failed(baseMilliseconds: 100, chance: 0) }
        #expect(policy.failed(baseMilliseconds: 100, chance: 0) == 10_000 * Self.millisecond)
    }
}
