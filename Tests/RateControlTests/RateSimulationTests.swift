import Testing

@testable import RateControl

struct RateSimulationTests {
    @Test func manyHistoriesBreakNoRule() {
        for seed in 0..<20 {
            var world = RateWorld(seed: UInt64(seed))
            if let violation = world.firstViolation(seconds: 180) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    /// A referee that sees nothing proves nothing: each of these must be seen.
    @Test(arguments: RateFault.allCases)
    func everyMutantIsCaught(fault: RateFault) {
        for seed in 0..<40 {
            var world = RateWorld(seed: UInt64(seed), fault: fault)
            if world.firstViolation(seconds: 180) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }
}
