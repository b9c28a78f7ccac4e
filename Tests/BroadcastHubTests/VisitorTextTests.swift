import Tables
import TestSupport
import Testing

@testable import BroadcastHub

/// The texts of visitors, and what memory they take however visitors come and go.
@Suite struct VisitorTextTests {
    /// Ids short and long by turns: a table takes what its visitors need, whoever was there before.
    @Test func churnOfAllLengthsTakesNoMoreThanFourTimesItsTexts() {
        var table = VisitorTable(capacity: 600, seed: 1)
        var most = 0
        for round in 0..<60 {
            // As much in use while the next ones come as there is of theirs.
            let length = [4, 60, 7, 40, 33, 64][round % 6]
            let entries = (0..<300).map { number in
                let id = Array("\(1_000 + number)\(String(repeating: "x", count: length - 4))".utf8)
                return id.withUnsafeBytes { table.insert($0) }
            }
            most = max(most, table.texts.live)
            #expect(table.texts.capacity <= 4 * most)
            for entry in entries { table.remove(entry) }
        }
        #expect(table.count == 0 && table.texts.live == 0)
        #expect(table.texts.capacity == TextArena.leastCapacity)
    }

    @Test func everyTextIsStillItselfAfterARewriting() {
        var random = SplitMix64(seed: 3)
        var table = VisitorTable(capacity: 300, seed: 1)
        var known: [UInt32: [UInt8]] = [:]
        for number in 0..<20_000 {
            if known.count == 300 || random.once(in: 2), let entry = known.keys.randomElement(using: &random)
            {
                table.remove(entry)
                known[entry] = nil
            }
            let id = Array(
                "\(number)\(String(repeating: random.once(in: 3) ? "\"" : "x", count: random.below(50)))".utf8
            )
            guard !table.isFull else { continue }
            known[id.withUnsafeBytes { table.insert($0) }] = id
        }
        for (entry, id) in known { #expect(Array(table.id(of: entry)) == id) }
        #expect(table.texts.capacity <= 131_072)
    }
}
