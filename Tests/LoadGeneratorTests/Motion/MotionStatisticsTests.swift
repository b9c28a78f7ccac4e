import PointerEvents
import Testing

@testable import LoadGenerator

/// What the literature says of human reaches, checked on the samples a server would see.
@Suite struct MotionStatisticsTests {
    private let recorders = (0..<6).map { MotionRecorder.run(seed: UInt64(40 + $0), seconds: 400) }

    @Test func durationsFollowFittsLawWithTheDocumentedConstants() {
        let reaches = recorders.flatMap(\.reaches)
        #expect(reaches.count > 1500)
        let bits = reaches.map {
            FittsLaw.difficultyBits(distance: $0.stroke.start.distance(to: $0.target), width: $0.width)
        }
        let times = reaches.map { Double($0.stroke.durationNanoseconds) / 1e6 }
        let line = regression(bits, times)
        #expect(abs(line.slope - FittsLaw.millisecondsPerBit) < 8)
        #expect(abs(line.intercept - FittsLaw.interceptMilliseconds) < 20)
        #expect(line.correlation > 0.9)
        // The spread of one person's times, as the logarithm's deviation.
        let residuals = zip(bits, times).map { bits, time in
            time / (FittsLaw.interceptMilliseconds + FittsLaw.millisecondsPerBit * bits)
        }
        let mean = residuals.reduce(0, +) / Double(residuals.count)
        let variance = residuals.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(residuals.count)
        #expect(abs(variance.squareRoot() - Reach.timeDeviation) < 0.015)
    }

    @Test func samplesOfAReachMoveInABell() {
        let bins = 15
        var sums = [Double](repeating: 0, count: bins)
        var counts = [Int](repeating: 0, count: bins)
        for recorder in recorders {
            let samples = recorder.samples
            for reach in recorder.reaches where reach.intent != .exit {
                let stroke = reach.stroke
                let length = stroke.start.distance(to: stroke.end)
                guard length > 250 else { continue }
                let part = samples.filter {
                    (stroke.beginNanoseconds...stroke.endNanoseconds).contains($0.time)
                }
                for (a, b) in zip(part, part.dropFirst()) where b.sample.kind == .move {
                    let way = PagePoint(x: Double(a.sample.x), y: Double(a.sample.y))
                        .distance(to: PagePoint(x: Double(b.sample.x), y: Double(b.sample.y)))
                    let speed =
                        way / Double(b.time - a.time) * Double(stroke.durationNanoseconds) / length
                    let phase = (stroke.phase(at: a.time) + stroke.phase(at: b.time)) / 2
                    sums[min(Int(phase * Double(bins)), bins - 1)] += speed
                    counts[min(Int(phase * Double(bins)), bins - 1)] += 1
                }
            }
        }
        let profile = zip(sums, counts).map { $0 / Double(max($1, 1)) }
        #expect(counts.allSatisfy { $0 > 100 })
        let peak = profile.indices.max { profile[$0] < profile[$1] }!
        #expect(abs(peak - bins / 2) <= 1)
        #expect(abs(profile[peak] - 1.875) < 0.1)
        for bin in 1..<bins - 1 {
            let expected = MinimumJerkStroke.relativeSpeed((Double(bin) + 0.5) / Double(bins))
            #expect(abs(profile[bin] - expected) < 0.15, "bin \(bin): \(profile[bin]) against \(expected)")
        }
        #expect(profile[0] < 0.5 && profile[bins - 1] < 0.5)
    }

    @Test func endsScatterAsTheEffectiveWidthSays() {
        let first = recorders.flatMap(\.reaches).filter { $0.intent == .click && $0.corrections == 0 }
        // Two normal coordinates of deviation W / 4.133: 1 - exp(-(4.133 / 2)^2 / 2) = 88 % within the
        // circle.
        let hits = Double(first.filter(\.hits).count) / Double(first.count)
        #expect(first.count > 300)
        #expect((0.83...0.93).contains(hits))
        let corrected = recorders.flatMap(\.reaches).filter { $0.corrections > 0 }
        #expect(!corrected.isEmpty)
        #expect(corrected.allSatisfy { $0.corrections <= Reach.correctionLimit })
    }

    @Test func generatorsDistributionsAreWhatTheyAreNamedAfter() {
        var random = SeededRandom(seed: 99)
        let count = 20_000
        var units = 0.0
        var normals = 0.0
        var squares = 0.0
        var waits = 0.0
        var buckets = [Int](repeating: 0, count: 7)
        for _ in 0..<count {
            units += random.unit()
            let normal = random.normal()
            normals += normal
            squares += normal * normal
            waits += random.exponential(mean: 3)
            buckets[random.index(below: 7)] += 1
        }
        #expect(abs(units / Double(count) - 0.5) < 0.01)
        #expect(abs(normals / Double(count)) < 0.03)
        #expect(abs(squares / Double(count) - 1) < 0.05)
        #expect(abs(waits / Double(count) - 3) < 0.1)
        #expect(buckets.allSatisfy { abs(Double($0) - Double(count) / 7) < 200 })
    }

    @Test func generatorIsSplitMix64() {
        // The first outputs for seed 1234567 in Vigna's reference implementation.
        var random = SeededRandom(seed: 1_234_567)
        #expect(random.bits() == 6_457_827_717_110_365_317)
        #expect(random.bits() == 3_203_168_211_198_807_973)
        #expect(random.bits() == 9_817_491_932_198_370_423)
    }
}
