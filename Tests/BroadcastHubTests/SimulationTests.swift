import Testing

@testable import BroadcastHub

/// Ten thousand random histories against a simple model, and the same against a hub with a mistake in it.
@Suite struct SimulationTests {
    /// Histories of each part; the parts run side by side.
    private static let historiesPerPart: UInt64 = 2_500

    private static func firstFailure(seeds: Range<UInt64>, fault: HubFault) -> String? {
        for seed in seeds {
            let simulation = Simulation(seed: seed, fault: fault)
            if let failure = simulation.run(length: 20 + Int(seed % 7) * 10) {
                return "seed \(seed): \(failure)"
            }
        }
        return nil
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt64])
    func everyHistoryAgreesWithTheModel(part: UInt64) {
        let first = part * Self.historiesPerPart
        let failure = Self.firstFailure(seeds: first..<(first + Self.historiesPerPart), fault: .none)
        #expect(failure == nil)
    }

    @Test(arguments: HubFault.allCases.filter { $0 != .none })
    func everyMistakeIsCaught(fault: HubFault) {
        #expect(Self.firstFailure(seeds: 0..<2_000, fault: fault) != nil, "\(fault) was not noticed")
    }
}
