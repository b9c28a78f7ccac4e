import Testing

@testable import RelayWire

struct QueueSimulationTests {
    @Test func tenThousandHistoriesAgreeWithTheModel() {
        for seed in 0..<10_000 {
            var history = QueueHistory(seed: UInt64(seed))
            if let difference = history.firstDifference(steps: 60) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    @Test func longHistoriesAgreeWithTheModel() {
        for seed in 0..<20 {
            var history = QueueHistory(seed: 1_000_000 + UInt64(seed))
            if let difference = history.firstDifference(steps: 3000) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    /// A model that notices nothing proves nothing: each of these must be seen.
    @Test(arguments: FoldFault.allCases)
    func everyMutantIsCaught(fault: FoldFault) {
        for seed in 0..<1000 {
            var history = QueueHistory(seed: UInt64(seed), fault: fault)
            if history.firstDifference(steps: 60) != nil { return }
        }
        Issue.record("\(fault) went unnoticed")
    }
}
