import TestSupport
import Testing

@testable import Telemetry

struct LineRingTests {
    private func add(_ line: String, to ring: inout LineRing) {
        Array(line.utf8).withUnsafeBytes { ring.add($0) }
    }

    private func text(_ ring: borrowing LineRing, _ number: UInt64) -> String? {
        ring[number].map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theOldestMakeRoomByNumberAndByBytes() {
        var ring = LineRing(lineLimit: 3, byteLimit: 10)
        #expect(ring.oldest == 0 && ring.next == 0 && ring[0] == nil)
        for line in ["a", "b", "c", "d"] { add(line, to: &ring) }
        #expect(ring.oldest == 1 && ring.next == 4)
        #expect(text(ring, 0) == nil && text(ring, 1) == "b" && text(ring, 3) == "d" && text(ring, 4) == nil)
        add("eight by", to: &ring)
        #expect(ring.oldest == 2 && text(ring, 4) == "eight by")
        add("1234567890", to: &ring)
        #expect(ring.oldest == 5 && text(ring, 5) == "1234567890")
    }

    @Test func whatIsTooLongHasANumberAndIsGone() {
        var ring = LineRing(lineLimit: 3, byteLimit: 4)
        add("a", to: &ring)
        add("12345", to: &ring)
        #expect(ring.oldest == 2 && ring.next == 2 && text(ring, 1) == nil)
        add("b", to: &ring)
        #expect(text(ring, 2) == "b")
    }

    @Test func itIsWhatASimpleListIs() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let lineLimit = 1 + random.below(6)
            let byteLimit = random.below(30)
            var ring = LineRing(lineLimit: lineLimit, byteLimit: byteLimit)
            var all: [String] = []
            for _ in 0..<60 {
                let line = String(repeating: "x", count: random.below(14))
                all.append(line)
                add(line, to: &ring)
                var kept: [String] = []
                for line in all.reversed() {
                    let bytes = kept.reduce(line.utf8.count) { $0 + $1.utf8.count }
                    guard kept.count < lineLimit, bytes <= byteLimit else { break }
                    kept.append(line)
                }
                #expect(ring.next == UInt64(all.count))
                #expect(ring.oldest >= UInt64(all.count - kept.count))
                for number in ring.oldest..<ring.next { #expect(text(ring, number) == all[Int(number)]) }
                if line.utf8.count <= byteLimit { #expect(ring.next - ring.oldest == UInt64(kept.count)) }
            }
        }
    }
}
