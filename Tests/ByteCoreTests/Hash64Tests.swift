import Testing

@testable import ByteCore

struct Hash64Tests {
    /// Vectors of the reference implementation of SipHash-2-4: key 00...0f, messages 00, 01, 02, ... of the
    /// length given; the one of 15 bytes is the paper's appendix A.
    @Test(
        arguments: [
            (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (7, 0xAB02_00F5_8B01_D137),
            (8, 0x93F5_F579_9A93_2462), (15, 0xA129_CA61_49BE_45E5),
        ] as [(Int, UInt64)])
    func agreesWithTheReference(count: Int, expected: UInt64) {
        let message = (0..<count).map { UInt8($0) }
        let hash = message.withUnsafeBytes {
            Hash64.sipHash(
                $0, key0: 0x0706_0504_0302_0100, key1: 0x0F0E_0D0C_0B0A_0908, compressions: 2,
                finalizations: 4)
        }
        #expect(hash == expected)
    }

    @Test func dependsOnEveryByteAndOnTheSeed() {
        var seen: Set<UInt64> = []
        var expected = 0
        for count in 0..<40 {
            var message = [UInt8](repeating: 0, count: count)
            for seed in [UInt64(0), 1, .max] {
                seen.insert(message.withUnsafeBytes { Hash64.hash($0, seed: seed) })
                expected += 1
                for index in 0..<count {
                    message[index] = 0x80
                    seen.insert(message.withUnsafeBytes { Hash64.hash($0, seed: seed) })
                    expected += 1
                    message[index] = 0
                }
            }
        }
        #expect(seen.count == expected)
    }

    /// Ids that differ in a digit spread over the buckets of a small table.
    @Test func spreadsSimilarIds() {
        var buckets = [Int](repeating: 0, count: 64)
        for number in 0..<6_400 {
            let id = Array("user\(number)".utf8)
            buckets[Int(id.withUnsafeBytes { Hash64.hash($0, seed: 42) } % 64)] += 1
        }
        // 100 each on average, with a standard deviation of 10.
        #expect(buckets.allSatisfy { (50...150).contains($0) })
    }
}
