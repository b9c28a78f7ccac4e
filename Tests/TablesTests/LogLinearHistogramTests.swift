import TestSupport
import Testing

@testable import Tables

private enum Fine: LogLinearScale {
    static var bucketBits: Int { 7 }
    static var unitBits: Int { 0 }
    static var valueBits: Int { 42 }
}

private enum Coarse: LogLinearScale {
    static var bucketBits: Int { 4 }
    static var unitBits: Int { 6 }
    static var valueBits: Int { 36 }
}

@Suite struct LogLinearHistogramTests {
    /// Every value below the last bucket is told within half a bucket; `unit` is the width of the first ones.
    private func expectFine<Scale: LogLinearScale>(_ scale: Scale.Type) {
        var draws = SplitMix64(seed: 4)
        for _ in 0..<20_000 {
            let value = Int64(
                draws.next() >> UInt64.random(in: UInt64(65 - Scale.valueBits)...63, using: &draws))
            let told = Scale.middle(of: Scale.bucket(of: value))
            let unit = Int64(1) << Int64(Scale.unitBits)
            #expect(
                abs(told - value) <= max(unit / 2, value >> Int64(Scale.bucketBits + 1)),
                "\(value) as \(told)")
        }
        var last = -1
        for value in 0..<Int64(70_000) {
            let bucket = Scale.bucket(of: value)
            #expect(bucket == last || bucket == last + 1)
            last = bucket
        }
        #expect(Scale.bucket(of: (1 << Int64(Scale.valueBits)) - 1) == Scale.bucketCount - 1)
        #expect(Scale.bucket(of: .max) == Scale.bucketCount - 1)
    }

    @Test func bucketsAreInOrderWithoutAHoleAndAsFineAsPromised() {
        expectFine(Fine.self)
        expectFine(Coarse.self)
    }

    @Test func percentilesAreThoseOfTheSortedValues() {
        var draws = SplitMix64(seed: 9)
        var histogram = LogLinearHistogram<Fine>()
        var values: [Int64] = []
        var other = LogLinearHistogram<Fine>()
        for index in 0..<10_000 {
            let value = Int64(draws.next() >> UInt64.random(in: 36...50, using: &draws))
            values.append(value)
            if index % 2 == 0 {
                histogram.record(nanoseconds: value)
            } else {
                other.record(nanoseconds: value)
            }
        }
        histogram.add(other)
        values.sort()
        for part in [0.0001, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1] {
            let exact = values[Int((Double(values.count) * part).rounded(.up)) - 1]
            #expect(abs(histogram.nanoseconds(at: part) - exact) * 200 <= exact + 200)
        }
        #expect(histogram.count == 10_000 && histogram.maximumNanoseconds == values.last)
        histogram.removeAll()
        #expect(
            histogram.count == 0 && histogram.maximumNanoseconds == 0 && histogram.nanoseconds(at: 1) == 0)
    }

    @Test func manyAtOnceAreSoMany() {
        var one = LogLinearHistogram<Coarse>()
        var other = LogLinearHistogram<Coarse>()
        for _ in 0..<7 { one.record(nanoseconds: 5_000) }
        other.record(nanoseconds: 5_000, times: 7)
        other.record(nanoseconds: .max, times: 0)
        #expect(one.count == other.count && one.maximumNanoseconds == other.maximumNanoseconds)
        for bucket in 0..<LogLinearHistogram<Coarse>.bucketCount { #expect(one[bucket] == other[bucket]) }
    }

    /// Counts come from other processes too.
    @Test func whatNobodyCanHaveCountedIsHarmless() {
        var histogram = LogLinearHistogram<Coarse>()
        for bucket in [0, 3, 3, 5] { histogram.add(.max, to: bucket) }
        var other = LogLinearHistogram<Coarse>()
        other.add(histogram)
        for _ in 0..<5 { other.add(histogram) }
        #expect(histogram.count == 1 << 62 && other.count == 1 << 62)
        for part in [0, 0.5, 0.99, 1] { _ = other.nanoseconds(at: part) }
        histogram.record(nanoseconds: 5)
        histogram.add(1, to: 0)
        #expect(histogram.count == 1 << 62 + 1)
    }

    @Test func emptyAndNegativeAreHarmless() {
        var histogram = LogLinearHistogram<Fine>()
        #expect(histogram.nanoseconds(at: 0.99) == 0)
        histogram.record(nanoseconds: -5)
        histogram.record(nanoseconds: .min)
        #expect(histogram.count == 2 && histogram.nanoseconds(at: 0.99) == 0)
        histogram.record(nanoseconds: .max)
        #expect(histogram.maximumNanoseconds == .max)
    }
}
