import Testing

@testable import LoadGenerator

extension MinimumJerkStroke {
    /// Speed in units of the mean speed: the slope of the way, worked out by hand.
    static func relativeSpeed(_ phase: Double) -> Double {
        30 * phase * phase * (1 - phase) * (1 - phase)
    }
}

@Suite struct StrokeTests {
    private let stroke = MinimumJerkStroke(
        from: PagePoint(x: 100, y: 50), to: PagePoint(x: 400, y: 450), beginNanoseconds: 1_000,
        durationNanoseconds: 800_000_000)

    @Test func beginsAndEndsAtRestWhereItShould() {
        #expect(stroke.position(at: 0) == PagePoint(x: 100, y: 50))
        #expect(stroke.position(at: 1_000) == PagePoint(x: 100, y: 50))
        #expect(stroke.position(at: stroke.endNanoseconds) == PagePoint(x: 400, y: 450))
        #expect(stroke.position(at: .max) == PagePoint(x: 400, y: 450))
        #expect(MinimumJerkStroke.relativeSpeed(0) == 0)
        #expect(MinimumJerkStroke.relativeSpeed(1) == 0)
    }

    @Test func speedIsASymmetricBellThatPeaksHalfWay() {
        #expect(MinimumJerkStroke.relativeSpeed(0.5) == 1.875)
        var last = 0.0
        for step in 1...50 {
            let speed = MinimumJerkStroke.relativeSpeed(Double(step) / 100)
            #expect(speed > last)
            let mirrored = MinimumJerkStroke.relativeSpeed(1 - Double(step) / 100)
            #expect(abs(speed - mirrored) < 1e-12)
            last = speed
        }
    }

    @Test func speedIsTheSlopeOfTheWay() {
        for step in 1..<100 {
            let phase = Double(step) / 100
            let rise = MinimumJerkStroke.progress(phase + 1e-6) - MinimumJerkStroke.progress(phase - 1e-6)
            #expect(abs(rise / 2e-6 - MinimumJerkStroke.relativeSpeed(phase)) < 1e-6)
        }
    }

    @Test func bowIsLargestBesideTheMiddle() {
        let bowed = MinimumJerkStroke(
            from: PagePoint(x: 0, y: 0), to: PagePoint(x: 200, y: 0), beginNanoseconds: 0,
            durationNanoseconds: 1_000_000, bow: 9)
        #expect(bowed.position(at: 500_000) == PagePoint(x: 100, y: 9))
        #expect(bowed.position(at: 1_000_000) == PagePoint(x: 200, y: 0))
        #expect(abs(bowed.position(at: 250_000).y) < 9)
    }

    @Test func strokeWithoutTimeOrWayIsHarmless() {
        let point = PagePoint(x: 3, y: 4)
        let still = MinimumJerkStroke(
            from: point, to: point, beginNanoseconds: 7, durationNanoseconds: 0, bow: 5)
        #expect(still.position(at: 7) == point)
        #expect(still.position(at: 8) == point)
    }

    @Test func fittsLawInTheShannonForm() {
        // log2(D / W + 1): D = W is one bit, D = 7 W three.
        #expect(FittsLaw.difficultyBits(distance: 0, width: 20) == 0)
        #expect(FittsLaw.difficultyBits(distance: 20, width: 20) == 1)
        #expect(FittsLaw.difficultyBits(distance: 140, width: 20) == 3)
        #expect(FittsLaw.meanMilliseconds(distance: 140, width: 20) == 50 + 3 * 200)
    }

    @Test func throughputIsWhatMiceAreSeenToReach() {
        for bits in [2.0, 3, 4, 5, 6] {
            let seconds = FittsLaw.meanMilliseconds(distance: 10 * (exp2(bits) - 1), width: 10) / 1000
            #expect((4.4...4.9).contains(bits / seconds))
        }
    }

    private func exp2(_ bits: Double) -> Double { (0..<Int(bits)).reduce(1.0) { value, _ in value * 2 } }
}
