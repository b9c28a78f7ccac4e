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

    /// Growing moves everyone within the block: at each size it has to leave a table that finds and removes.
    ///
    /// Hashes: good ones, all alike, few and all near the end, so that runs go over it.
    @Test(arguments: [0, 1, 2, 3])
    func itAgreesWithADictionaryAtEachSize(kind: Int) {
        var draws = SplitMix64(seed: UInt64(kind))
        var index = SlotIndex()
        var expected: [UInt64] = []
        let most = kind == 0 ? 6_000 : 1_700
        func check() {
            for (slot, hash) in expected.enumerated() {
                let found = index.find(hash) { $0 == UInt32(slot) }
                if found != UInt32(slot) { Issue.record("\(slot) of \(expected.count) is not found") }
            }
            var seen: Set<UInt32> = []
            index.forEach { seen.insert($0) }
            #expect(seen.count == expected.count && index.count == expected.count)
        }
        for slot in 0..<most {
            let before = index.bucketCount
            let hash = Self.hash(of: kind, &draws)
            index.insert(hash, slot: UInt32(slot))
            expected.append(hash)
            if index.bucketCount != before { check() }
            #expect(index.count * 5 <= Int(index.bucketCount) * 4 && Int(index.bucketCount) <= index.room)
        }
        check()
        while let hash = expected.popLast() {
            index.remove(hash, slot: UInt32(expected.count))
            if expected.count % 500 == 499 { check() }
        }
        #expect(index.count == 0)
        #expect((0..<Int(index.bucketCount)).allSatisfy { index.buckets[$0].slotPlusOne == 0 })
    }

    /// Hashes whose kept half, once stirred, is what is wanted of it.
    private static func hash(of kind: Int, _ draws: inout SplitMix64) -> UInt64 {
        // The inverse of the factor by which an index stirs, modulo 2^32.
        let inverse: UInt32 = 0x0E8B_2F51
        let wanted: UInt32 =
            switch kind {
            case 0: .random(in: .min ... .max, using: &draws)
            case 1: .max - 5
            case 2: .max - .random(in: 0..<1 << 26, using: &draws)
            default: .random(in: 0..<8, using: &draws) << 29 | 0x1FFF_FFFF
            }
        return UInt64(wanted &* inverse)
    }

    /// What grows beyond its block gets a larger one, and what goes back gets a small one.
    @Test func itOutgrowsItsBlock() {
        func hash(_ slot: UInt32) -> UInt64 { UInt64(slot) &* 0x9E37_79B9_7F4A_7C15 }
        func finds(_ index: borrowing SlotIndex, below end: UInt32) -> Bool {
            for slot in 0..<end where index.find(hash(slot), where: { $0 == slot }) == nil { return false }
            return true
        }
        let (few, many) = (UInt32(800), UInt32(120_000))
        var index = SlotIndex()
        for slot in 0..<few { index.insert(hash(slot), slot: slot) }
        #expect(index.room == Int(index.bucketCount))
        var rooms: Set<Int> = []
        for slot in few..<many {
            index.insert(hash(slot), slot: slot)
            rooms.insert(index.room)
        }
        #expect(rooms == [1_024, 131_072, 262_144])
        let copy = index.copy()
        #expect(copy.room == index.room && copy.count == index.count)
        #expect((finds(index, below: many), finds(copy, below: many)) == (true, true))
        for slot in few..<many { index.remove(hash(slot), slot: slot) }
        index.shrink()
        #expect(index.room == 131_072 && index.byteCount < 64 << 10)
        #expect((finds(index, below: few), finds(index, below: few + 1)) == (true, false))
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
