import ByteCore
import TestSupport
import Testing

@testable import FramesShape

/// Delays: what the buckets promise.
@Suite struct DelayTests {
    @Test func percentilesAreThoseOfTheSortedDelays() throws {
        var random = SplitMix64(seed: 12)
        for count in [1, 2, 99, 100, 101, 5_000] {
            var delays = RecentDelays()
            var all: [Int64] = []
            delays.begin(7)
            for _ in 0..<count {
                let delay = Int64(bitPattern: random.next() >> (34 + random.next() % 20))
                all.append(delay)
                delays.record(delay)
            }
            all.sort()
            let figures = delays.figures(at: 7)
            let told = try #require(figures)
            #expect(told.maximum == all.last)
            for (figure, part) in [(told.median, 50), (told.percentile99, 99)] {
                let exact = all[(count * part + 99) / 100 - 1]
                #expect(abs(figure - exact) <= max(32, exact / 32), "\(part) of \(count)")
            }
            let totals = delays.totals()
            #expect(totals.count == UInt64(count) && totals.nanoseconds == UInt64(all.reduce(0, +)))
        }
    }

    @Test func delaysInARowAreEachCounted() throws {
        var random = SplitMix64(seed: 13)
        var delays = RecentDelays()
        var all: [Int64] = []
        for second: UInt32 in 20..<25 {
            delays.begin(second)
            for _ in 0..<50 {
                let delay = Int64(random.below(3)) * 1_000_000
                let run = random.below(4)
                for _ in 0..<run { delays.record(delay) }
                all += Array(repeating: delay, count: run)
                if random.once(in: 10) { _ = delays.figures(at: second) }
            }
        }
        let totals = delays.totals()
        #expect(totals.count == UInt64(all.count) && totals.nanoseconds == UInt64(all.reduce(0, +)))
        all.sort()
        let figures = delays.figures(at: 24)
        let told = try #require(figures)
        #expect(abs(told.median - all[(all.count + 1) / 2 - 1]) <= max(32, told.median / 31))
        #expect(told.maximum == all.last)
    }

    @Test func nothingIsForgottenBelowBounds() {
        var random = SplitMix64(seed: 14)
        var delays = RecentDelays()
        var all: [Int64] = []
        let limits = [6, 10, 15, 20, 21, 30, 35].map { Int64(1) << $0 }
        // Of twenty seconds in a row, and of some with gaps, which the five that are looked at do not hold.
        for second in Array(UInt32(50)..<70) + [75, 83, 90] {
            delays.begin(second)
            for _ in 0..<random.below(400) {
                // On a bound, below it by the least, and anywhere.
                let bound = limits[Int(random.below(limits.count))]
                let delay = [bound, bound - 1, Int64(bitPattern: random.next() >> (28 + random.next() % 36))]
                let chosen = delay[Int(random.below(3))]
                all.append(chosen)
                delays.record(chosen)
            }
            let counts = delays.counts(below: limits)
            #expect(counts == limits.map { limit in UInt64(all.count { $0 < limit }) })
        }
        let totals = delays.totals()
        #expect(totals.count == UInt64(all.count))
    }

    @Test func fiveSecondsAreLookedAt() {
        var delays = RecentDelays()
        for second: UInt32 in 100..<110 {
            delays.begin(second)
            delays.record(Int64(second) * 1_000_000)
            // A second that begins again is the same one.
            delays.begin(second)
        }
        let whole = delays.figures(at: 109)
        #expect(whole?.maximum == 109_000_000)
        #expect(abs((whole?.median ?? 0) - 107_000_000) < 107_000_000 / 32)
        let newest = delays.figures(at: 112)
        #expect(abs((newest?.median ?? 0) - 108_000_000) < 108_000_000 / 32)
        let later = delays.figures(at: 114)
        let before = delays.figures(at: 99)
        #expect(later == nil && before == nil)
        let count = delays.totals().count
        #expect(count == 10)
        // After a long silence the old places are empty.
        delays.begin(10_001)
        let empty = delays.figures(at: 10_001)
        #expect(empty == nil)
        delays.record(-5)
        delays.record(.min)
        let least = delays.figures(at: 10_001)
        #expect(least == DelayFigures(median: 0, percentile99: 0, maximum: 0))
        delays.record(.max)
        let longest = delays.figures(at: 10_001)
        #expect(longest?.maximum == .max)
    }

    /// Of the seconds that are looked at no more as of the newest ones.
    @Test func allEverRecordedAreInASnapshot() throws {
        var delays = RecentDelays()
        for second: UInt32 in 100..<120 {
            delays.begin(second)
            for number in 0..<Int64(second) { delays.record(number * 1_000_000) }
        }
        var buffer = ByteBuffer(capacity: 64)
        delays.write(into: &buffer)
        var reader = SnapshotReader(buffer.readable)
        var taken = RecentDelays()
        try taken.read(from: &reader)
        let limits = (6...35).map { Int64(1) << $0 }
        let (counts, others) = (delays.counts(below: limits), taken.counts(below: limits))
        #expect(counts == others && counts.last == delays.totals().count)
        let (figures, theirs) = (delays.figures(at: 119), taken.figures(at: 119))
        #expect(figures == theirs)
    }
}
