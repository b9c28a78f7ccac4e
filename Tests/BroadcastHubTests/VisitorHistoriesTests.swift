import TestSupport
import Testing

@testable import BroadcastHub

/// The levels of visitors' last seconds, against a dictionary; most of a crowd has one and no more.
@Suite struct VisitorHistoriesTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func levelsAreThoseOfTheLastTwoMinutes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var histories = VisitorHistories(capacity: 12)
        var expected: [UInt32: [UInt32: UInt8]] = [:]
        var heads: [UInt32: UInt32] = [:]
        var second: UInt32 = 500
        for _ in 0..<4_000 {
            second += [0, 1, 1, 2, 40, 200][random.below(6)]
            let visitor = UInt32(random.below(20))
            switch random.below(12) {
            case 0:
                histories.giveBack(visitor)
                (expected[visitor], heads[visitor]) = (nil, nil)
            case 1 where histories.count == 12 && histories.find(visitor) == nil:
                let gone = histories.nextToGo
                (expected[gone], heads[gone]) = (nil, nil)
                _ = histories.takeOver(visitor)
                expected[visitor] = [:]
            default:
                guard let place = histories.find(visitor) ?? histories.take(visitor) else { continue }
                let level = UInt8(1 + random.below(60))
                histories.set(level, of: place, at: second)
                guard second > heads[visitor] ?? 0 else { continue }
                expected[visitor, default: [:]][second] = level
                heads[visitor] = second
            }
            for (visitor, levels) in expected {
                guard let place = histories.find(visitor) else {
                    Issue.record("\(visitor) has no place")
                    return
                }
                let head = heads[visitor] ?? 0
                for at in [head, head &- 1, head &- 2, head &- 127, head &- 128, second, second + 1] {
                    let isKept = at <= head && head - at < 128
                    let level = histories.level(of: place, at: at)
                    guard level != (isKept ? levels[at] ?? 0 : 0) else { continue }
                    Issue.record("\(visitor) has \(level) at \(at), of \(levels) up to \(head)")
                    return
                }
            }
        }
        // The same out of a snapshot.
        var restored = VisitorHistories(capacity: 12)
        for place in 0..<histories.used {
            var isRestored = false
            histories.withLevels(of: place) { isRestored = restored.restore(histories[place], $0) }
            #expect(isRestored)
        }
        let isWhole = restored.restore(free: histories.freePlaces, hand: histories.hand)
        #expect(isWhole)
        for (visitor, levels) in expected {
            let (place, head) = (restored.find(visitor), heads[visitor] ?? 0)
            for at in (head - min(head, 130))...head {
                let level = head - at < 128 ? levels[at] ?? 0 : 0
                #expect(place.map { restored.level(of: $0, at: at) } == level)
            }
        }
    }

    /// A thousand who said something twice take no rows, and each who goes on takes one and gives it back.
    @Test func rowsAreForThoseWhoGoOn() {
        var histories = VisitorHistories(capacity: 1_000)
        for visitor in 0..<1_000 as Range<UInt32> {
            guard let place = histories.take(visitor) else { continue }
            histories.set(1, of: place, at: 690)
            histories.set(3, of: place, at: 700)
        }
        #expect(histories.rowCount == 0)
        for (place, second) in [(3, 701), (4, 817), (5, 818), (6, 828)] as [(Int, UInt32)] {
            histories.set(2, of: place, at: second)
        }
        #expect(histories.rowCount == 2)
        let kept = [3, 4, 5, 6].map { place in
            [690, 700].map { histories.level(of: place, at: $0) }
        }
        #expect(kept == [[1, 3], [1, 3], [0, 3], [0, 0]])
        histories.giveBack(3)
        #expect(histories.rowCount == 1)
        histories.set(9, of: 4, at: 2_000)
        #expect(histories.rowCount == 0 && histories.level(of: 4, at: 2_000) == 9)
    }
}
