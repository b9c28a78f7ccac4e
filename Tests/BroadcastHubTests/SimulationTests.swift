import Glibc
import TestSupport
import Testing

@testable import BroadcastHub

/// Ten thousand random histories against a simple model, and the same against a hub with a mistake in it.
@Suite struct SimulationTests {
    /// Histories of each part; the parts run side by side. `make test-quick` takes fewer: it is for the inner
    /// loop. Others take as many as they have time for.
    private static let historiesPerPart =
        HistoryCount.of(getenv("POINTERSCOPE_QUICK") == nil ? 10_000 : 4_000) / 4

    /// What the histories of some seeds came to.
    private struct Outcome {
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
                ("scopes refused", counters.refusedScopes),
                ("filters refused", counters.refusedFilters), ("returns", counters.returns),
            ] { covered[name, default: 0] += count }
            for (name, count) in simulation.scopeEvents { covered[name, default: 0] += UInt64(count) }
            for viewer in simulation.departed {
                for (name, count) in viewer.seen { covered[name, default: 0] += UInt64(count) }
            }
        }
    }

    private static func history(_ seed: UInt64, _ mistake: Mistake, moves: Bool) -> (Simulation, String?) {
        let simulation = Simulation(seed: seed, mistake: mistake, moves: moves)
        let failure = simulation.run(length: 20 + Int(seed % 7) * 10)
        return (simulation, failure.map { "seed \(seed): \($0)" })
    }

    /// Each history once with a hub that stays, and once with one that is written into memory and read back
    /// again and again: every byte that a viewer was given and every figure must be as if it had stayed.
    @Test(arguments: [0, 1, 2, 3] as [UInt64])
    func everyHistoryAgreesWithTheModelAndGoesOnInAnotherHub(part: UInt64) {
        let first = part * Self.historiesPerPart
        var outcome = Outcome()
        var moves = 0
        for seed in first..<(first + Self.historiesPerPart) {
            let (stayed, failure) = Self.history(seed, .none, moves: false)
            let (moved, failureOfMoved) = Self.history(seed, .none, moves: true)
            let found = failure ?? failureOfMoved ?? moved.difference(from: stayed)
            guard found == nil else {
                Issue.record("seed \(seed): \(found!)")
                return
            }
            outcome.add(stayed)
            moves += moved.moves
        }
        // A history in which nothing happens proves nothing.
        for (name, count) in outcome.covered {
            #expect(count > Self.historiesPerPart / 250, "too little of \(name)")
        }
        #expect(moves > Int(Self.historiesPerPart))
    }

    /// Histories in which a filter changes within the first message of a keyframe, for which samples were
    /// skipped: they are of the account before.
    @Test(arguments: [809, 3_588, 5_080, 7_955] as [UInt64])
    func whatAKeyframeSkipsIsOfTheAccountInWhichItBegan(seed: UInt64) { everythingAgrees(seed) }

    /// Histories in which somebody with the rest of a message that others share gets another filter, and so
    /// another hub, before the hubs are moved: the rest was there twice.
    @Test(arguments: [1_092, 3_687] as [UInt64])
    func whatIsCarriedIntoAnotherHubIsSharedWithNobody(seed: UInt64) { everythingAgrees(seed) }

    private func everythingAgrees(_ seed: UInt64) {
        let (stayed, failure) = Self.history(seed, .none, moves: false)
        let (moved, failureOfMoved) = Self.history(seed, .none, moves: true)
        let found = failure ?? failureOfMoved ?? moved.difference(from: stayed)
        #expect(found == nil)
    }

    #if DEBUG
        @Test(arguments: Mistake.ofMoving)
        func everyMistakeOfMovingIsCaught(mistake: Mistake) {
            let isNoticed = (0..<2_000 as Range<UInt64>).contains { seed in
                let (moved, failure) = Self.history(seed, mistake, moves: true)
                return failure != nil
                    || moved.difference(from: Self.history(seed, .none, moves: false).0) != nil
            }
            #expect(isNoticed, "\(mistake) was not noticed")
        }

        @Test(arguments: Mistake.all)
        func everyMistakeIsCaught(mistake: Mistake) {
            // Two of a rare kind have to meet for some of them.
            let isNoticed = (0..<10_000 as Range<UInt64>).contains {
                Self.history($0, mistake, moves: false).1 != nil
            }
            #expect(isNoticed, "\(mistake) was not noticed")
        }
    #endif
}
