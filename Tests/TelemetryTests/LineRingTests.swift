import TestSupport
import Testing

@testable import Telemetry

struct LineRingTests {
    private func add(_ line: String, to ring: inout LineRing) {
        Array(line.utf8).withUnsafeBytes { ring.add($0) }
    }

    /// What it has, and from which number on.
    private func content(_ ring: borrowing LineRing) -> (oldest: UInt64, lines: [String]) {
        var lines: [String] = []
        for number in ring.oldest..<ring.next {
            lines.append(ring[number].map { String(decoding: $0, as: UTF8.self) } ?? "nothing")
        }
        let isNothingElse = ring[ring.next] == nil && (ring.oldest == 0 || ring[ring.oldest - 1] == nil)
        return (ring.oldest, isNothingElse ? lines : ["more than there is"])
    }

    private func expect(
        _ ring: borrowing LineRing, _ oldest: UInt64, _ lines: [String],
        _ place: SourceLocation = #_sourceLocation
    ) {
        let content = content(ring)
        #expect(content == (oldest, lines), sourceLocation: place)
    }

    @Test func theOldestMakeRoomByNumberAndByBytes() {
        var ring = LineRing(lineLimit: 3, byteLimit: 10)
        expect(ring, 0, [])
        for line in ["a", "b", "c", "d"] { add(line, to: &ring) }
        expect(ring, 1, ["b", "c", "d"])
        add("eight by", to: &ring)
        expect(ring, 2, ["c", "d", "eight by"])
        add("1234567890", to: &ring)
        expect(ring, 5, ["1234567890"])
    }

    @Test func whatIsTooLongHasANumberAndIsGone() {
        var ring = LineRing(lineLimit: 3, byteLimit: 4)
        add("a", to: &ring)
        add("12345", to: &ring)
        expect(ring, 2, [])
        add("b", to: &ring)
        expect(ring, 2, ["b"])
    }

    @Test func itIsWhatASimpleListIs() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let lineLimit = 1 + random.below(6)
            let byteLimit = random.below(30)
            var ring = LineRing(lineLimit: lineLimit, byteLimit: byteLimit)
            var kept: [String] = []
            for count in 1...60 {
                let line = String(repeating: "x", count: random.below(14))
                add(line, to: &ring)
                kept.append(line)
                while kept.count > lineLimit || kept.reduce(0, { $0 + $1.utf8.count }) > byteLimit {
                    kept.removeFirst()
                }
                expect(ring, UInt64(count - kept.count), kept)
            }
        }
    }
}
