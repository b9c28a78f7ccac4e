import Testing

@testable import BroadcastHub

/// Ten thousand random histories against a simple model, and the same against a hub with a mistake in it.
@Suite struct SimulationTests {
    /// Histories of each part; the parts run side by side.
    private static let historiesPerPart: UInt64 = 2_500

    /// What the histories of some seeds came to, and the first that went wrong.
    private struct Outcome {
        var failure: String?
        var covered: [String: UInt64] = [:]

        mutating func add(_ simulation: Simulation) {
            let counters = simulation.hub.counters
            for (name, count) in [
                ("joins", counters.joins), ("kills", counters.kills), ("refusedJoins", counters.refusedJoins),
                ("overriddenJoins", counters.overriddenJoins), ("unknownLeaves", counters.unknownLeaves),
                ("unknownSlots", counters.droppedUnknownSlot), ("noRoom", counters.droppedVisitorLimit),
                ("refusedPages", counters.refusedPages), ("pageSweeps", counters.pageSweeps),
                ("delivered", counters.delivered), ("conflated", counters.conflated),
                ("undelivered", counters.undelivered(.stalled)), ("catchUps", counters.catchUps),
                ("resets", counters.resets), ("keyframes", counters.keyframes), ("frames", counters.frames),
                ("interrupted", counters.interruptedKeyframes), ("dropped", counters.droppedSegments),
                ("shared", UInt64(simulation.shared)), ("forfeits", UInt64(simulation.forfeits)),
            ] { covered[name, default: 0] += count }
            for viewer in simulation.departed {
                for (name, count) in viewer.seen { covered[name, default: 0] += UInt64(count) }
            }
        }
    }

    private static func run(seeds: Range<UInt64>, _ mistake: Mistake) -> Outcome {
        var outcome = Outcome()
        for seed in seeds {
            let simulation = Simulation(seed: seed, mistake: mistake)
            if let failure = simulation.run(length: 20 + Int(seed % 7) * 10) {
                outcome.failure = "seed \(seed): \(failure)"
                return outcome
            }
            outcome.add(simulation)
        }
        return outcome
    }

    @Test(arguments: [0, 1, 2, 3] as [UInt64])
    func everyHistoryAgreesWithTheModel(part: UInt64) {
        let first = part * Self.historiesPerPart
        let outcome = Self.run(seeds: first..<(first + Self.historiesPerPart), .none)
        #expect(outcome.failure == nil)
        // A history in which nothing happens proves nothing.
        for (name, count) in outcome.covered { #expect(count > 10, "too little of \(name)") }
    }

    #if DEBUG
        @Test(arguments: Mistake.all)
        func everyMistakeIsCaught(mistake: Mistake) {
            let outcome = Self.run(seeds: 0..<2_000, mistake)
            #expect(outcome.failure != nil, "\(mistake) was not noticed")
        }
    #endif
}
