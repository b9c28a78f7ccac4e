import Secrets
import TestSupport
import Testing

@testable import AccessControl

struct EvictionTests {
    private let memory = Limits.failureMemorySeconds * Nanoseconds.perSecond

    @Test func theLightestAndOldestGoes() {
        var table = EvictingTable<Int, String>(capacity: 3)
        func put(_ key: Int, weight: Int, at moment: Int64) -> String? {
            table.put("\(key)", for: key, weight: weight, at: moment, expired: moment - 100)
        }
        #expect(
            put(1, weight: 2, at: 1) == nil && put(2, weight: 1, at: 2) == nil
                && put(3, weight: 1, at: 3) == nil)
        #expect(put(2, weight: 1, at: 4) == nil, "it is there already")
        #expect(put(4, weight: 5, at: 5) == "3", "2 was touched behind it")
        #expect(put(5, weight: 1, at: 6) == "2" && put(6, weight: 1, at: 7) == "5")
        #expect(table[1] == "1" && table[4] == "4" && table[2] == nil && table.count == 3)
        // What is past its time goes first, whatever it weighs.
        #expect(put(7, weight: 1, at: 101) == "1")
        table.remove(7)
        table.remove(7)
        #expect(table.count == 2 && put(8, weight: 1, at: 102) == nil && table.count == 3)
    }

    /// Held against a table without any wit, over random histories.
    @Test func itIsWhatASimpleTableIs() {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            var table = EvictingTable<Int, Int64>(capacity: 8)
            var simple: [(key: Int, weight: Int, at: Int64)] = []
            for moment in 1...300 {
                let key = random.below(20)
                let moment = Int64(moment)
                if random.once(in: 5) {
                    table.remove(key)
                    simple.removeAll { $0.key == key }
                } else {
                    let weight = random.below(40)
                    let isNew = !simple.contains { $0.key == key }
                    simple.removeAll { $0.key == key }
                    if isNew, simple.count == 8 {
                        // Past their time are those touched 60 steps ago; the table looks at the oldest of
                        // each weight for them, which is the first that it finds here.
                        let order = simple.sorted {
                            (min($0.weight, 31), $0.at) < (min($1.weight, 31), $1.at)
                        }
                        var heads: [(key: Int, weight: Int, at: Int64)] = []
                        for entry in order where min(heads.last?.weight ?? -1, 31) != min(entry.weight, 31) {
                            heads.append(entry)
                        }
                        let least = heads.first { $0.at <= moment - 60 } ?? heads[0]
                        simple.removeAll { $0.key == least.key }
                    }
                    simple.append((key, weight, moment))
                    _ = table.put(moment, for: key, weight: weight, at: moment, expired: moment - 60)
                }
                #expect(table.count == simple.count)
                for key in 0..<20 {
                    #expect(table[key] == simple.first { $0.key == key }?.at, "seed \(seed)")
                }
            }
        }
    }

    /// Somebody fills the table in order to be forgotten.
    private func failuresForgiven(_ fault: AuthorityFault) -> Bool {
        var table = FailureTable<Int>(capacity: 16)
        table.fault = fault
        for _ in 0..<3 { table.charge(0, at: 1) }
        // Each with as many failures, so that the first is the oldest of the lightest.
        for key in 1...16 {
            for _ in 0..<3 { table.charge(key, at: Int64(key) + 1) }
        }
        // Two more are five, if the first three still count.
        for _ in 0..<2 { table.charge(0, at: 30) }
        return table.wait(of: 0, at: 30) == 0
    }

    private func triesForgiven(_ fault: AuthorityFault) -> Bool {
        var table = TryTable(capacity: 16)
        table.fault = fault
        let names = (0...16).map { SHA256Digest(of: [UInt8($0)]) }
        for (index, name) in names.enumerated() {
            for _ in 0..<19 { table.charge(name, at: Int64(index) + 1) }
        }
        table.charge(names[0], at: 30)
        return table.wait(of: names[0], at: 30) == 0
    }

    @Test func whatHadToGoIsNotForgiven() {
        #expect(!failuresForgiven(.none) && !triesForgiven(.none))
        #expect(
            failuresForgiven(.evictionForgives) && triesForgiven(.evictionForgives), "a mutant went unnoticed"
        )
    }

    @Test func whatHadToGoIsForgottenInItsTime() {
        var table = FailureTable<Int>(capacity: 2)
        for key in 0..<3 { for _ in 0..<5 { table.charge(key, at: 1) } }
        #expect(table.wait(of: 9, at: 2) > 0, "it is held against all who are new")
        #expect(table.wait(of: 9, at: 1 + memory) == 0)
        table.charge(9, at: 1 + memory)
        #expect(table.wait(of: 9, at: 2 + memory) == 0)
    }

    /// Names that go on for hours do not add up to a wait for everybody.
    @Test func aFloodOfNamesHoldsNobodyBack() {
        var failures = FailureTable<Int>(capacity: 64)
        var tries = TryTable(capacity: 64)
        for number in 0..<10_000 {
            let now = Int64(number) * Nanoseconds.perSecond
            failures.charge(number, at: now)
            tries.charge(SHA256Digest(of: "\(number)".utf8), at: now)
            guard number % 500 == 0 else { continue }
            #expect(failures.wait(of: -1, at: now) == 0 && tries.wait(of: SHA256Digest(of: []), at: now) == 0)
        }
        #expect(failures.count == 64 && tries.count == 64)
        // Somebody new has four free tries at least.
        let now = 10_000 * Nanoseconds.perSecond
        for _ in 0..<3 { failures.charge(-1, at: now) }
        #expect(failures.wait(of: -1, at: now) == 0)
    }
}
