import TestSupport
import Testing

@testable import IngestWorker

/// What one connection may have of what is all connections'.
@Suite struct ShareTests {
    // MARK: Places

    /// Connections that come, speak for more and more visitors, and go, held against a model; the first thing
    /// that is wrong.
    private func firstDifference(seed: UInt64, fault: PlaceFault? = nil) -> String? {
        var random = SplitMix64(seed: seed)
        let pot = 1_024 + random.below(3_000)
        var places = PlaceShares(pot: pot)
        places.fault = fault
        var counts = [Int](repeating: 0, count: 4 + random.below(40))
        for step in 0..<600 {
            let index = random.below(counts.count)
            if random.below(40) == 0 {
                while counts[index] > 0 {
                    places.removed(from: counts[index])
                    counts[index] -= 1
                }
                continue
            }
            for _ in 0..<random.pick([1, 5, 100]) where counts[index] < 256 {
                let taken = counts.reduce(0) { $0 + max(0, $1 - 1) }
                // Four times its part of what is left, if there were 256 to have.
                let share = Double(pot - taken) * 1_024 / Double(pot)
                let mayHave = counts[index] == 0 || counts[index] - 1 < min(256, Int(share))
                guard places.admits(another: counts[index], ceiling: 256) == mayHave else {
                    return "step \(step): \(counts[index]) and another is \(!mayHave)"
                }
                if !mayHave { break }
                places.added(to: counts[index])
                counts[index] += 1
            }
            let taken = counts.reduce(0) { $0 + max(0, $1 - 1) }
            guard places.taken == taken else { return "step \(step): \(places.taken) taken, not \(taken)" }
            guard taken < pot else { return "step \(step): nothing is left" }
        }
        return nil
    }

    @Test func placesAreSharedAsTheModelSays() {
        for seed in 0..<200 {
            guard let difference = firstDifference(seed: UInt64(seed)) else { continue }
            Issue.record("seed \(seed), \(difference)")
            return
        }
    }

    @Test(arguments: PlaceFault.allCases)
    func everyWrongShareIsCaught(fault: PlaceFault) {
        for seed in 0..<100 where firstDifference(seed: UInt64(seed), fault: fault) != nil { return }
        Issue.record("\(fault) went unnoticed")
    }

    /// 512 connections of 256 visitors each are what a server of one worker has places for in all.
    @Test func theGreedyLeaveRoomForTheOthers() {
        var places = PlaceShares(pot: 65_536)
        var greedy = [Int](repeating: 0, count: 512)
        for _ in 0..<256 {
            for index in greedy.indices where places.admits(another: greedy[index], ceiling: 256) {
                places.added(to: greedy[index])
                greedy[index] += 1
            }
        }
        #expect(greedy.allSatisfy { $0 > 100 }, "each has its share")
        #expect(places.taken < 65_536 * 9 / 10)
        // Families still find some, and one who is alone always does.
        var families = 0
        while places.admits(another: 4, ceiling: 256) {
            for count in 0..<5 { places.added(to: count) }
            families += 1
        }
        #expect(families > 1_000)
        #expect(places.admits(another: 0, ceiling: 256))
    }

    @Test func aloneOneMayHaveAllThatOneMay() {
        for pot in [0, 1, 1_024, 65_536] {
            var places = PlaceShares(pot: pot)
            for count in 0..<256 {
                #expect(places.admits(another: count, ceiling: 256))
                places.added(to: count)
            }
        }
    }

    // MARK: Samples

    /// What is wrong with how a budget of 100,000 a second and 2,000 at once is kept.
    private func mistake(of fault: BudgetFault?) -> String? {
        var budget = SampleBudget(perSecond: 100_000, burst: 2_000)
        budget.fault = fault
        var now: Int64 = 3_600_000_000_000
        // Half of it, in reads of any size.
        for _ in 0..<2_000 {
            now += 1_000_000
            if budget.isOverdrawn(taking: 50, now: now) { return "who keeps to it is over it" }
        }
        // A flood of small reads and of large ones for a second, of which what is too much is left out.
        for count in [1, 400] {
            var taken = 0
            for _ in 0..<500_000 / count {
                now += 2_000 * Int64(count)
                if !budget.isOverdrawn(taking: count, now: now) { taken += count }
            }
            if taken > 2 * 2_000 + 100_000 + count { return "\(taken) of 100,000 in reads of \(count)" }
            if taken < 90_000, count == 1 { return "only \(taken) of 100,000 in reads of \(count)" }
        }
        now += 20_000_000
        if budget.isOverdrawn(taking: 2_000, now: now) { return "what is over is not forgotten" }
        // A flood of reads of which all but one sample is left out and given back, ten million a second.
        var passed = 0
        for _ in 0..<10_000 {
            now += 100_000
            let isOver = budget.isOverdrawn(taking: 1_000, now: now)
            if isOver { budget.giveBack(999) }
            passed += isOver ? 1 : 1_000
        }
        if passed > 2_000 + 100_000 + 10_000 { return "\(passed) pass where the rest is left out" }
        now += 20_000_000
        if budget.isOverdrawn(taking: 2_000, now: now) { return "what was over for long is not forgotten" }
        now += 20_000_000
        // What is given back was never taken.
        for _ in 0..<10_000 {
            if budget.isOverdrawn(taking: 400, now: now) { return "what was given back is missing" }
            budget.giveBack(400)
            now += 1_000_000
        }
        return nil
    }

    @Test func samplesAreCounted() { #expect(mistake(of: nil) == nil) }

    @Test(arguments: BudgetFault.allCases)
    func everyWrongBudgetIsCaught(fault: BudgetFault) { #expect(mistake(of: fault) != nil) }

    // MARK: Texts

    @Test func aConnectionTellsSoManyTextsAtOnceAndThenSixteenASecond() {
        var allowance = TextAllowance()
        let start: Int64 = 86_400_000_000_000
        func taken(_ count: Int, at now: Int64) -> Int {
            (0..<count).filter { _ in allowance.take(now: now) }.count
        }
        #expect(taken(600, at: start) == 512)
        #expect(taken(1, at: start + 62_499_999) == 0)
        #expect(taken(2, at: start + 62_500_000) == 1)
        var inASecond = 0
        for step: Int64 in 1...1_000 { inASecond += taken(1, at: start + 62_500_000 + step * 1_000_000) }
        #expect(inASecond == 16)
        // Years later it is as if none had been told.
        #expect(taken(600, at: start * 700) == 512)
    }
}
