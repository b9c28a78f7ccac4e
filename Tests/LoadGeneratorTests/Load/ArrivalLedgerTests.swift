import Tables
import Testing

@testable import LoadGenerator

@Suite struct ArrivalLedgerTests {
    @Test func aStreamWithoutSamplesNumbersSomethingElse() {
        var ledger = ArrivalLedger(visitorCount: 1)
        for number: UInt64 in [100, 200, 300] { ledger.receivedEvent(number) }
        #expect(ledger.skipped == 198)
        let figures = [UInt32(50)].withUnsafeBufferPointer { ledger.figures(sent: $0) }
        #expect(figures.missing == 50 && figures.conflated == 0 && figures.lost == 50)
    }

    private func figures(_ ledger: borrowing ArrivalLedger, sent: [UInt32]) -> ViewerFigures {
        sent.withUnsafeBufferPointer { ledger.figures(sent: $0) }
    }

    @Test func nothingIsWrongWithAWholeRun() {
        var ledger = ArrivalLedger(visitorCount: 3)
        for number in 1...1000 {
            for visitor in 0..<3 { ledger.receivedSample(visitor: UInt64(visitor), number: UInt64(number)) }
        }
        var expected = ViewerFigures()
        expected.received = 3000
        #expect(figures(ledger, sent: [1000, 1000, 1000]) == expected)
    }

    /// Against a memory of every number: drops, repeats, and swaps within the window.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func namesWhatWentWrong(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ledger = ArrivalLedger(visitorCount: 2)
        var order: [Int] = []
        for number in 1...3000 where !random.chance(0.05) {
            order.append(number)
            if random.chance(0.03) { order.append(number) }
        }
        // A few come late, by up to a hundred places.
        for place in order.indices.dropLast(100) where random.chance(0.02) {
            order.insert(order.remove(at: place), at: place + 1 + random.index(below: 99))
        }
        var seen = Set<Int>()
        var newest = 0
        var expected = ViewerFigures()
        for number in order {
            if seen.contains(number) {
                expected.duplicates += 1
            } else {
                if number < newest { expected.disordered += 1 }
                expected.received += 1
                seen.insert(number)
            }
            newest = max(newest, number)
            ledger.receivedSample(visitor: 1, number: UInt64(number))
        }
        expected.missing = 3000 - expected.received
        if newest < 3000 { expected.stale = 1 }
        #expect(figures(ledger, sent: [0, 3000]) == expected)
    }

    @Test func numbersGoOnPastAMillion() {
        var ledger = ArrivalLedger(visitorCount: 1)
        for number in 1...1_000_500 { ledger.receivedSample(visitor: 0, number: UInt64(number % 1_000_000)) }
        let whole = figures(ledger, sent: [1_000_500])
        #expect(whole.received == 1_000_500 && whole.missing == 0 && whole.disordered == 0)
        #expect(whole.duplicates == 0 && whole.foreign == 0)
    }

    @Test func gapsInTheStreamsOwnNumbersAreConflated() {
        var ledger = ArrivalLedger(visitorCount: 1)
        ledger.receivedEvent(90)
        ledger.receivedSample(visitor: 0, number: 1)
        // Four were left out for this viewer, says the stream; six are missing.
        ledger.receivedEvent(95)
        ledger.receivedSample(visitor: 0, number: 8)
        let result = figures(ledger, sent: [8])
        #expect(result.missing == 6 && result.conflated == 4 && result.lost == 2)
    }

    @Test func whatAStreamHasYetToBringIsNotLost() {
        var ledger = ArrivalLedger(visitorCount: 2)
        for number in [1, 2, 4] { ledger.receivedSample(visitor: 0, number: UInt64(number)) }
        let sent: [UInt32] = [10, 3]
        let coming = sent.withUnsafeBufferPointer { ledger.figures(sent: $0, isComing: true) }
        // Number 3 of the first will not come any more; behind 4, and of the second, all may.
        #expect(coming.missing == 10 && coming.underWay == 9 && coming.lost == 1)
        #expect(figures(ledger, sent: sent).lost == 10)
    }

    @Test func whatAStreamHasLeftOutIsNotUnderWay() {
        var ledger = ArrivalLedger(visitorCount: 1)
        ledger.receivedEvent(1)
        ledger.receivedSample(visitor: 0, number: 1)
        ledger.receivedEvent(8)
        let sent: [UInt32] = [10]
        let coming = sent.withUnsafeBufferPointer { ledger.figures(sent: $0, isComing: true) }
        #expect(coming.missing == 9 && coming.conflated == 6 && coming.underWay == 3 && coming.lost == 0)
    }

    /// A sample counts in the times when it first comes; again, or of nobody, it would dilute them.
    @Test func onlyWhatCountsAsReceivedIsTimed() {
        func line(_ visitor: String, _ number: String) -> String {
            "data: {\"id\":\"abc-\(visitor)\",\"x\":1.\(number),\"y\":1.0000000001}\n"
        }
        let text =
            line("000000", "000001") + line("000000", "000002") + line("000000", "000002")
            + line("000000", "000001") + line("000000", "000004") + line("000000", "000003")
            + line("000000", "000003") + line("000007", "000001")
        var ledger = ArrivalLedger(visitorCount: 1)
        var latencies = LatencyHistogram()
        var scanner = ArrivalScanner(run: "abc", warmUpMicroseconds: 0)
        scanner.begin = 5
        let consumed = Array(text.utf8).withUnsafeBytes {
            scanner.scan($0, now: 10_000, ledger: &ledger, latencies: &latencies)
        }
        #expect(consumed == text.utf8.count && ledger.received == 4 && ledger.duplicates == 3)
        #expect(ledger.foreign == 1 && latencies.count == 4)
    }

    @Test func whatWasNeverSentIsForeign() {
        var ledger = ArrivalLedger(visitorCount: 1)
        ledger.receivedSample(visitor: 1, number: 1)
        ledger.receivedSample(visitor: .max, number: 1)
        ledger.receivedSample(visitor: 0, number: 999_999)
        ledger.receivedSample(visitor: 0, number: 1)
        ledger.receivedSample(visitor: 0, number: 2)
        let result = figures(ledger, sent: [1])
        #expect(result.foreign == 4 && result.received == 1)
    }

    @Test func hostileLinesAreCountedAndNoMore() {
        let lines = [
            "data: {\"id\":\"abc-000001\",\"x\":", "data: {\"id\":\"abc-000001\",\"x\":1.0,\"y\":", "id: ",
            "id: -", "data: {\"id\":\"abc-99999999999999999999999\",\"x\":1.000001,\"y\":2.0}",
            "data: {\"kill\":\"abc-000001\"}",
            "event: reset", "data: {\"n\":5}", ":", "",
            "data: {\"id\":\"abc-000000\",\"x\":-1.5e300,\"y\":1e-9,",
            "data: {\"id\":\"abc-000000\",\"x\":1.000001,\"y\":7.0000005}",
        ]
        let text = Array(lines.joined(separator: "\n").utf8 + [10])
        var whole = ArrivalLedger(visitorCount: 1)
        var piecewise = ArrivalLedger(visitorCount: 1)
        var latencies = LatencyHistogram()
        var scanner = ArrivalScanner(run: "abc", warmUpMicroseconds: 0)
        scanner.begin = 5
        let consumed = text.withUnsafeBytes {
            scanner.scan($0, now: 1000, ledger: &whole, latencies: &latencies)
        }
        #expect(consumed == text.count)
        var carry: [UInt8] = []
        for byte in text {
            carry.append(byte)
            let taken = carry.withUnsafeBytes {
                scanner.scan($0, now: 1000, ledger: &piecewise, latencies: &latencies)
            }
            carry.removeFirst(taken)
        }
        #expect(whole.kills == 1 && whole.resets == 1 && whole.received(of: 0) == 1)
        #expect(piecewise.kills == 1 && piecewise.resets == 1 && piecewise.received(of: 0) == 1)
        #expect(whole.otherLines == piecewise.otherLines && whole.foreign == piecewise.foreign)
    }
}
