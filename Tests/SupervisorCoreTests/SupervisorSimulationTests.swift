import TestSupport
import Testing

@testable import SupervisorCore

struct SupervisorSimulationTests {
    @Test func tenThousandHistoriesBreakNoRule() {
        let first = HistoryCount.first
        for seed in first..<first + HistoryCount.of(10_000) {
            var world = SimulatedWorld(seed: seed)
            if let violation = world.firstViolation(steps: 60) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    /// A process that was being started when a stop was asked for is there late, as the whole tree stood
    /// still: it has been told to stop, and the server ends without it.
    @Test func whoIsThereLateOutlivesTheStop() {
        var world = SimulatedWorld(seed: 45_070)
        #expect(world.firstViolation(steps: 60) == nil)
    }

    @Test func longHistoriesBreakNoRule() {
        for seed in 0..<50 {
            var world = SimulatedWorld(seed: 1_000_000 + UInt64(seed))
            if let violation = world.firstViolation(steps: 2000) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
        }
    }

    /// A referee that sees nothing proves nothing: each of these must be seen.
    @Test(arguments: SupervisorFault.allCases)
    func everyMutantIsCaught(fault: SupervisorFault) {
        for seed in 0..<2000 {
            var world = SimulatedWorld(seed: UInt64(seed), fault: fault)
            if world.firstViolation(steps: 60) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }
}
