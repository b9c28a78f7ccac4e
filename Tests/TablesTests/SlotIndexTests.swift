import TestSupport
import Testing

@testable import Tables

@Suite struct SlotIndexTests {
    @Test(arguments: [UInt64.max, 0xFF, 0x7], [0, 100, 1_000])
    func itAgreesWithADictionary(hashMask: UInt64, capacity: Int) {
        var draws = SplitMix64(seed: hashMask)
        var index = SlotIndex(capacity: capacity)
        var expected: [UInt32: UInt64] = [:]
        // Few distinct hashes make long runs of probes, which removal has to keep whole.
        for _ in 0..<4_000 {
            let slot = UInt32.random(in: 0..<200, using: &draws)
            if let hash = expected.removeValue(forKey: slot) {
                index.remove(hash, slot: slot)
            } else {
                let hash = draws.next() & hashMask
                expected[slot] = hash
                index.insert(hash, slot: slot)
            }
        }
        let copy = index.copy()
        index.insert(7, slot: 4_000)
        #expect(index.count == expected.count + 1)
        #expect(copy.count == expected.count)
        for slot in UInt32(0)..<200 {
            let hash = expected[slot] ?? draws.next() & hashMask
            let found = expected[slot] == nil ? nil : slot
            #expect(index.find(hash) { $0 == slot } == found)
            #expect(copy.find(hash) { $0 == slot } == found)
        }
        #expect(index.find(7) { $0 == 4_000 } == 4_000)
        #expect(copy.find(7) { $0 == 4_000 } == nil)
    }

    @Test func whatIsMadeForSoManyDoesNotGrow() {
        var index = SlotIndex(capacity: 1_000)
        let buckets = index.bucketCount
        for slot in UInt32(0)..<1_000 { index.insert(UInt64(slot) &* 0x9E37_79B9, slot: slot) }
        #expect(index.bucketCount == buckets && buckets == 2_048)
    }

    /// A crowd of any size, with hashes that are numbers in a row, and with good ones.
    @Test(arguments: [1_300, 7_500, 15_000], [UInt64(1), 0x9E37_79B9_7F4A_7C15])
    func oneCostsLittleHoweverManyThereAre(count: Int, factor: UInt64) {
        var index = SlotIndex()
        for slot in 0..<UInt32(count) { index.insert(UInt64(slot) &* factor, slot: slot) }
        #expect(index.byteCount <= count * 12)
        var probes = 0
        for slot in 0..<UInt32(count) {
            let found = index.find(UInt64(slot) &* factor) {
                probes += 1
                return $0 == slot
            }
            if found != slot { Issue.record("\(slot) is found as \(String(describing: found))") }
        }
        // Half of a hash tells nearly all apart.
        #expect(probes < count + count / 50)
    }

    @Test func whatACrowdTookIsGivenBack() {
        var index = SlotIndex()
        for slot in UInt32(0)..<10_000 { index.insert(UInt64(slot) &* 0x9E37_79B9, slot: slot) }
        let most = index.byteCount
        for slot in UInt32(5)..<10_000 { index.remove(UInt64(slot) &* 0x9E37_79B9, slot: slot) }
        index.shrink()
        #expect(index.byteCount <= 64 * 8 && most > 10_000 * 8)
        for slot in UInt32(0)..<10 {
            #expect(index.find(UInt64(slot) &* 0x9E37_79B9) { $0 == slot } == (slot < 5 ? slot : nil))
        }
        let least = index.byteCount
        index.shrink()
        #expect(index.byteCount == least)
    }

    @Test func bytesAreComparedToTheLast() {
        let text = Array("0123456789abcdefghij".utf8)
        for count in 0...text.count {
            let one = Array(text.prefix(count))
            one.withUnsafeBytes { one in
                text.withUnsafeBytes { #expect(areEqual(one, $0) == (count == text.count)) }
                for changed in 0..<count {
                    var other = Array(one)
                    other[changed] ^= 0x20
                    other.withUnsafeBytes { #expect(!areEqual(one, $0)) }
                }
            }
        }
    }
}
