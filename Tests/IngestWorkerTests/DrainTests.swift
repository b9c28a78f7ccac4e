import TestSupport
import Testing

@testable import IngestWorker

struct DrainTests {
    private static let second: Int64 = 1_000_000_000

    @Test func placesAreDueAsEvenlyAsTimePasses() {
        var drain = Drain(from: 5, within: 10 * Self.second)
        #expect(drain.due(of: 100, now: 5) == 0..<0)
        #expect(drain.due(of: 100, now: 5 + Self.second) == 0..<10)
        #expect(drain.due(of: 100, now: 5 + Self.second) == 10..<10)
        #expect(drain.due(of: 200, now: 5 + 2 * Self.second) == 10..<40)
        // A table never shrinks below what it was, and one that did would be no trouble.
        #expect(drain.due(of: 20, now: 5 + 3 * Self.second) == 40..<40)
        #expect(!drain.isOver(now: 4 + 10 * Self.second))
        #expect(drain.isOver(now: 5 + 10 * Self.second))
        for _ in 0..<2 { #expect(drain.due(of: 30, now: 5 + 10 * Self.second) == 0..<30) }
    }

    @Test func withoutTimeEverybodyIsDueAtOnce() {
        var drain = Drain(from: 5, within: 0)
        #expect(drain.due(of: 7, now: 5) == 0..<7)
        var negative = Drain(from: 5, within: -1)
        #expect(negative.due(of: 7, now: 5) == 0..<7)
    }

    @Test func nobodyIsLeftOutHoweverTheClockRuns() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            var drain = Drain(from: 0, within: Int64(1 + random.below(1_000_000)))
            var now: Int64 = 0
            var places = random.below(50)
            var seen = 0
            while !drain.isOver(now: now) {
                let due = drain.due(of: places, now: now)
                #expect(due.isEmpty || due.lowerBound == seen)
                seen = max(seen, due.upperBound)
                now += Int64(1 + random.below(100_000))
                places += random.below(4)
            }
            #expect(drain.due(of: places, now: now) == 0..<places)
        }
    }
}
