import Testing

@testable import LoadGenerator

@Suite struct LatencyHistogramTests {
    @Test func everyValueIsToldWithinHalfAPercent() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<20_000 {
            let value = Int64(random.bits() >> UInt64(22 + random.index(below: 42)))
            let told = LatencyHistogram.middle(of: LatencyHistogram.bucket(of: value))
            #expect(abs(told - value) * 256 <= value, "\(value) told as \(told)")
        }
    }

    @Test func bucketsAreInOrderWithoutAHole() {
        var last = -1
        for value in (0..<70_000).map({ Int64($0) }) {
            let bucket = LatencyHistogram.bucket(of: value)
            #expect(bucket == last || bucket == last + 1)
            last = bucket
        }
        #expect(LatencyHistogram.bucket(of: 1 << 42 - 1) == LatencyHistogram.bucketCount - 1)
        #expect(LatencyHistogram.bucket(of: .max) == LatencyHistogram.bucketCount - 1)
    }

    @Test func percentilesAreThoseOfTheSortedValues() {
        var random = SeededRandom(seed: 9)
        var histogram = LatencyHistogram()
        var values: [Int64] = []
        for _ in 0..<10_000 {
            let value = Int64(random.exponential(mean: 300_000))
            values.append(value)
            histogram.record(nanoseconds: value)
        }
        values.sort()
        for part in [0.0001, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999] {
            let exact = values[Int((Double(values.count) * part).rounded(.up)) - 1]
            let told = histogram.nanoseconds(at: part)
            #expect(abs(told - exact) * 200 <= exact + 200)
        }
        #expect(histogram.count == 10_000)
        #expect(histogram.maximumNanoseconds == values.last)
        #expect(histogram.nanoseconds(at: 1) <= values.last!)
    }

    @Test func emptyAndNegativeAreHarmless() {
        var histogram = LatencyHistogram()
        #expect(histogram.nanoseconds(at: 0.99) == 0)
        histogram.record(nanoseconds: -5)
        #expect(histogram.count == 1)
        #expect(histogram.nanoseconds(at: 0.99) == 0)
        histogram.record(nanoseconds: .max)
        #expect(histogram.maximumNanoseconds == .max)
    }
}
