import Testing

@testable import LiveModel

@Suite struct HashIndexTests {
    @Test(arguments: [UInt64.max, 0xFF, 0x7])
    func itAgreesWithADictionary(hashMask: UInt64) {
        var generator = SeededGenerator(seed: hashMask)
        var index = HashIndex()
        var expected: [Int: UInt64] = [:]
        // Few distinct hashes make long runs of probes, which removal has to keep whole.
        for _ in 0..<4_000 {
            let slot = Int.random(in: 0..<200, using: &generator)
            if let hash = expected.removeValue(forKey: slot) {
                index.remove(hash, slot: slot)
            } else {
                let hash = generator.next() & hashMask
                expected[slot] = hash
                index.insert(hash, slot: slot)
            }
        }
        #expect(index.count == expected.count)
        for slot in 0..<200 {
            let hash = expected[slot] ?? generator.next() & hashMask
            #expect(index.find(hash) { $0 == slot } == (expected[slot] == nil ? nil : slot))
        }
    }
}
