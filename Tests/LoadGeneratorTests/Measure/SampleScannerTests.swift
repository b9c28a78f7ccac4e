import Testing

@testable import LoadGenerator

/// A line scanner against streams that are whole, cut anywhere, and wrong on purpose.
@Suite struct SampleScannerTests {
    private struct Result: Equatable {
        var received: UInt64
        var disordered: UInt64
        var foreign: UInt64
        var kills: UInt64
        var resets: UInt64
        var unknown: UInt64
        var timed: UInt64
        var newest: [UInt64]
        var left: Int
    }

    private func scan(
        _ text: String, visitors: Int = 20, step: Int = .max, warmUp: UInt64 = 0
    ) -> Result {
        let scanner = SampleScanner(begin: 1_000, warmUpMicroseconds: warmUp)
        var ledger = ViewerLedger(visitorCount: visitors)
        ledger.began(at: 1_000)
        var latencies = LatencyHistogram()
        var carry: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let next = min(bytes.count, index &+ min(step, bytes.count))
            carry += bytes[index..<next]
            index = next
            let consumed = carry.withUnsafeBytes {
                scanner.scan($0, now: 2_000_000, ledger: &ledger, latencies: &latencies)
            }
            carry.removeFirst(consumed)
        }
        return Result(
            received: ledger.received, disordered: ledger.disordered, foreign: ledger.foreign,
            kills: ledger.kills, resets: ledger.resets, unknown: ledger.unknownLines,
            timed: latencies.count, newest: (0..<visitors).map { ledger.newestSequence(of: $0) },
            left: carry.count)
    }

    private let stream = """
        : padding\n\nretry: 2000\n\n\
        id: 4f1d9e0c5b7a2836-1\ndata: {"id":"v0","x":1,"y":0}\n\n\
        id: 4f1d9e0c5b7a2836-2\ndata: {"id":"v17","x":1,"y":12}\n\n\
        id: 4f1d9e0c5b7a2836-3\ndata: {"id":"v17","x":2,"y":1234567890123,"k":"move"}\n\n\
        id: 4f1d9e0c5b7a2836-4\ndata: {"kill":"v0"}\n\n\
        event: reset\ndata: {"n":12}\n\n

        """

    @Test func readsSamplesKillsAndResets() {
        let result = scan(stream)
        #expect(result.received == 3)
        #expect(result.kills == 1)
        #expect(result.resets == 1)
        #expect(result.unknown == 0)
        #expect(result.newest[0] == 1 && result.newest[17] == 2)
        #expect(result.left == 0)
    }

    @Test func readsTheSameHoweverItIsCut() {
        let whole = scan(stream)
        for step in 1...120 { #expect(scan(stream, step: step) == whole) }
    }

    @Test func keepsALineThatIsNotWhole() {
        let result = scan("data: {\"id\":\"v1\",\"x\":1,\"y\":5}")
        #expect(result.received == 0)
        #expect(result.left == 29)
    }

    @Test func namesWhatIsLostRepeatedReorderedOrForeign() {
        func lines(_ samples: [(Int, Int)]) -> String {
            samples.map { "data: {\"id\":\"v\($0.0)\",\"x\":\($0.1),\"y\":7}\n\n" }.joined()
        }
        let good = (1...50).flatMap { sequence in (0..<4).map { ($0, sequence) } }
        #expect(scan(lines(good), visitors: 4).received == 200)
        #expect(scan(lines(good), visitors: 4).disordered == 0)

        let dropped = good.filter { $0 != (2, 30) }
        #expect(scan(lines(dropped), visitors: 4).received == 199)
        #expect(scan(lines(dropped), visitors: 4).disordered == 0)

        let repeated = good + [(1, 50)]
        #expect(scan(lines(repeated), visitors: 4).disordered == 1)

        var reordered = good
        reordered.swapAt(40, 44)
        #expect(scan(lines(reordered), visitors: 4).disordered == 1)

        #expect(scan(lines(good + [(4, 1), (999_999_999_999, 1)]), visitors: 4).foreign == 2)
        let last = scan(lines(good.filter { $0 != (3, 50) }), visitors: 4).newest
        #expect(last == [50, 50, 50, 49])
    }

    @Test func countsWhatItDoesNotKnow() {
        let strange = [
            "data: {\"id\":\"user\",\"x\":1,\"y\":2}", "data: {\"id\":\"v1\",\"x\":-1,\"y\":2}",
            "data: {\"id\":\"v1\",\"x\":1.5,\"y\":2}", "data: {\"id\":\"v1\",\"y\":1,\"x\":2}",
            "data: {\"id\":\"v1\",\"x\":1,\"y\":2e9}", "data: {\"id\":\"v1\",\"x\":11111111111111111",
            "data: {\"id\":\"v11111111111111111111", "data: ", "data", "d", "event: frame", "e", "hello",
            "\r", "data: {\"id\":\"v1\",\"x\":1,\"y\":",
        ]
        for line in strange {
            let result = scan(line + "\n")
            #expect(result.received == 0 && result.unknown == 1, "\(line)")
        }
        #expect(scan(strange.joined(separator: "\n") + "\n").unknown == UInt64(strange.count))
    }

    @Test func leavesTheWarmUpOutOfTheLatencies() {
        let text = "data: {\"id\":\"v1\",\"x\":1,\"y\":999}\n\ndata: {\"id\":\"v1\",\"x\":2,\"y\":1000}\n\n"
        let result = scan(text, warmUp: 1000)
        #expect(result.received == 2)
        #expect(result.timed == 1)
    }

    @Test func survivesAnyBytes() {
        var random = SeededRandom(seed: 23)
        let words = [
            "data: {\"id\":\"v", "\",\"x\":", ",\"y\":", "}", "\n", "12", "id: ", "event: reset", ":", "{",
        ]
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<random.index(below: 20) { text += words[random.index(below: words.count)] }
            let whole = scan(text)
            #expect(scan(text, step: 1) == whole)
        }
    }

    @Test func silenceIsTheLongestTimeWithoutASample() {
        var ledger = ViewerLedger(visitorCount: 1)
        ledger.heard(at: 50)
        #expect(ledger.longestSilence == 0)
        ledger.began(at: 100)
        ledger.heard(at: 160)
        ledger.heard(at: 170)
        #expect(ledger.longestSilence == 60)
        ledger.ended(at: 900)
        #expect(ledger.longestSilence == 730)
        ledger.heard(at: 5000)
        #expect(ledger.longestSilence == 730)
    }
}
