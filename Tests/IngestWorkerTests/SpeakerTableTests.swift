import TestSupport
import Testing

@testable import IngestWorker

@Suite struct SpeakerTableTests {
    private struct Pair: Hashable {
        var connection: UInt32
        var id: String
    }

    private func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes(body)
    }

    @Test func findsByConnectionAndID() {
        var table = SpeakerTable(seed: 1)
        let first = withBytes("ann") { table.add(connection: 1, id: $0, next: SpeakerTable.none) }
        let second = withBytes("ann") { table.add(connection: 2, id: $0, next: SpeakerTable.none) }
        let third = withBytes("bob") { table.add(connection: 1, id: $0, next: first) }
        let found = [
            withBytes("ann") { table.find(connection: 1, id: $0) },
            withBytes("ann") { table.find(connection: 2, id: $0) },
            withBytes("bob") { table.find(connection: 1, id: $0) },
            withBytes("bob") { table.find(connection: 2, id: $0) },
            withBytes("an") { table.find(connection: 1, id: $0) },
        ]
        #expect(found == [first, second, third, nil, nil])
        #expect(table.next(after: third) == first)
        let isAnn = withBytes("ann") { table.isSlot(first, of: $0) }
        let isAnna = withBytes("anna") { table.isSlot(first, of: $0) }
        #expect(isAnn && !isAnna)
    }

    /// Random adding and removing against a dictionary; small ids and connections, so that slots are reused
    /// and deletions happen in the middle of probe runs.
    @Test(arguments: 1...8)
    func agreesWithADictionary(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var table = SpeakerTable(seed: seed)
        var model: [Pair: UInt32] = [:]
        for _ in 0..<4000 {
            let pair = Pair(
                connection: UInt32(random.below(20)),
                id: String(repeating: "x", count: 1 + Int(random.below(64))))
            let slot = withBytes(pair.id) { table.find(connection: pair.connection, id: $0) }
            guard slot == model[pair] else {
                Issue.record("found \(String(describing: slot)), expected \(String(describing: model[pair]))")
                return
            }
            if let slot {
                if random.below(2) == 0 {
                    table.remove(slot)
                    model[pair] = nil
                }
            } else {
                let taken = withBytes(pair.id) {
                    table.add(connection: pair.connection, id: $0, next: SpeakerTable.none)
                }
                if model.values.contains(taken) { Issue.record("slot \(taken) was in use") }
                model[pair] = taken
            }
            if table.count != model.count { Issue.record("\(table.count) slots, expected \(model.count)") }
        }
    }
}
