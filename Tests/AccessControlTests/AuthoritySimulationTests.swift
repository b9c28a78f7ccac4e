import Testing

@testable import AccessControl

struct AuthoritySimulationTests {
    @Test func twoThousandHistoriesBreakNoRule() {
        for seed in 0..<2_000 {
            var world = AuthorityWorld(seed: UInt64(seed))
            if let violation = world.firstViolation(steps: 100) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    @Test func longHistoriesBreakNoRule() {
        for seed in 0..<20 {
            var world = AuthorityWorld(seed: 1_000_000 + UInt64(seed))
            if let violation = world.firstViolation(steps: 2_000) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    /// A world that sees nothing proves nothing: each of these must be seen. The full tables that the first
    /// needs are those of EvictionTests.
    @Test(arguments: AuthorityFault.allCases.filter { $0 != .none && $0 != .evictionForgives })
    func everyMutantIsCaught(fault: AuthorityFault) {
        for seed in 0..<3_000 {
            var world = AuthorityWorld(seed: UInt64(seed), fault: fault)
            if world.firstViolation(steps: 150) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }

    /// What happens seldom does happen in these histories.
    @Test func theHistoriesHaveEverything() {
        var succeeded: UInt64 = 0
        var occupied: UInt64 = 0
        var refused = [UInt64](repeating: 0, count: SignInRefusal.allCases.count)
        for seed in 0..<300 {
            var world = AuthorityWorld(seed: UInt64(seed))
            _ = world.firstViolation(steps: 150)
            succeeded += world.authority.counters.succeeded
            occupied += world.authority.counters.occupied
            for refusal in SignInRefusal.allCases {
                refused[refusal.rawValue] += world.authority.counters[refusal]
            }
        }
        #expect(succeeded > 300 && occupied > 100)
        for refusal in SignInRefusal.allCases { #expect(refused[refusal.rawValue] > 20, "\(refusal)") }
    }
}
