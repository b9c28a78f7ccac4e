import TestSupport
import Testing

@testable import IngestWorker

@Suite struct TextNumbersTests {
    /// What a lookup found.
    private enum Lookup: Equatable {
        /// The master knows this index already.
        case known(UInt32)
        /// The master has to be told first.
        case new(UInt32)
    }

    private func lookUp(_ table: inout TextNumbers, _ path: String) -> Lookup {
        Array(path.utf8).withUnsafeBytes { text in
            if let known = table.find(text) { return .known(known) }
            return .new(table.add(text))
        }
    }

    @Test func aPathCrossesOnce() {
        var table = TextNumbers(seed: 1)
        #expect(lookUp(&table, "/") == .new(0))
        #expect(lookUp(&table, "/") == .known(0))
        #expect(lookUp(&table, "/about") == .new(1))
        #expect(lookUp(&table, "") == .new(2))
        #expect(lookUp(&table, "/about") == .known(1))
    }

    @Test func atTheLimitTheOldestIndexIsGivenAway() {
        var table = TextNumbers(seed: 1, limit: 3)
        for (index, path) in ["/a", "/b", "/c"].enumerated() {
            #expect(lookUp(&table, path) == .new(UInt32(index)))
        }
        #expect(lookUp(&table, "/d") == .new(0))
        #expect(lookUp(&table, "/b") == .known(1))
        #expect(lookUp(&table, "/a") == .new(1))
        #expect(lookUp(&table, "/b") == .new(2))
        #expect(lookUp(&table, "/d") == .known(0))
    }

    /// Looks for half a minute from `second` on; who was forgotten, in order.
    private func forgotten(_ table: inout TextNumbers, from second: Int64) -> [UInt32] {
        var indices: [UInt32] = []
        for turn in 0..<WorkerLimits.textSeconds {
            table.forgetUnsaid(atSecond: second + turn) { indices.append($0) }
        }
        return indices
    }

    @Test func whatNobodySaysAnyMoreIsForgotten() {
        for limit in [7, 30, 100, 4_096] {
            var table = TextNumbers(seed: 1, limit: limit)
            for index in 0..<7 { #expect(lookUp(&table, "/\(index)") == .new(UInt32(index))) }
            // Each has its time, whenever it was said.
            #expect(forgotten(&table, from: 17) == [])
            for index in [2, 5] { #expect(lookUp(&table, "/\(index)") == .known(UInt32(index))) }
            #expect(Set(forgotten(&table, from: 47)) == [0, 1, 3, 4, 6])
            #expect(lookUp(&table, "/2") == .known(2))
            #expect(Set(forgotten(&table, from: 77)) == [5])
            #expect(forgotten(&table, from: 107) == [2])
            // Their indices are given out again, each once.
            var given: Set<UInt32> = []
            for index in 0..<7 {
                guard case .new(let number) = lookUp(&table, "/again\(index)") else { continue }
                given.insert(number)
            }
            #expect(given == Set(0..<7))
        }
    }

    @Test func someForgottenAndSomeGivenAwayNeverMeanTwo() {
        var random = SplitMix64(seed: 3)
        var table = TextNumbers(seed: 1, limit: 40)
        // What the master knows each index for.
        var known: [UInt32: String] = [:]
        for step in 0..<20_000 {
            if random.once(in: 8) {
                table.forgetUnsaid(atSecond: Int64(step)) { known[$0] = nil }
            } else {
                let path = "/\(random.below(random.pick([10, 60])))"
                switch lookUp(&table, path) {
                case .known(let index): #expect(known[index] == path)
                case .new(let index):
                    #expect(!known.values.contains(path))
                    known[index] = path
                }
            }
        }
    }
}
