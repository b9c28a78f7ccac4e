import Testing

@testable import RateControl

struct RateGovernorTests {
    private static func watching(
        _ rates: [Int], behind: Int = 0, share: Double? = nil, looks: [String] = []
    ) -> RateInput {
        var input = RateInput()
        for (index, hertz) in rates.enumerated() {
            let samples: UInt64? = index < behind ? 1000 : nil
            if hertz == 0 {
                input.viewers.addSamples(behind: samples)
            } else {
                input.viewers.addFrames(hertz: hertz, behind: samples)
            }
        }
        input.processorShare = share
        input.looks = looks.map { Array($0.utf8) }
        return input
    }

    /// Lets time go by with the same input; returns the last decision.
    private static func run(
        _ governor: inout RateGovernor, _ input: RateInput, from start: Int64, seconds: Int
    ) -> RateDecision {
        var last = governor.decide(input, now: start)
        for step in 1...(4 * seconds) {
            last = governor.decide(input, now: start + Int64(step) * RateLimits.intervalNanoseconds)
        }
        return last
    }

    @Test func nobodyWatchesAndNothingIsSampled() {
        var governor = RateGovernor()
        let decision = governor.decide(RateInput(), now: 0)
        #expect(decision.sampling == Sampling(rate: 0, batchMilliseconds: 1000))
        #expect(decision.why == .unwatched)
        #expect(!decision.isNew)
    }

    @Test(arguments: [(0, 60), (1, 10), (5, 15), (10, 30), (15, 45), (30, 60), (60, 60)])
    func theFirstViewerGetsWhatItCanShowAtOnce(hertz: Int, rate: Int) {
        var governor = RateGovernor()
        let decision = governor.decide(Self.watching([hertz]), now: 0)
        #expect(decision.sampling == Sampling(rate: UInt8(rate), batchMilliseconds: 50))
        #expect(decision.isNew && decision.why == .watched)
    }

    @Test func theFastestCountsAndIsFollowedDownAfterAWhile() {
        var governor = RateGovernor()
        #expect(governor.decide(Self.watching([5, 30]), now: 0).sampling.rate == 60)
        #expect(governor.decide(Self.watching([5]), now: second).sampling.rate == 60)
        #expect(governor.decide(Self.watching([5]), now: 2 * second).sampling.rate == 15)
        // One who comes back soon finds everything as it was.
        #expect(governor.decide(Self.watching([]), now: 3 * second).sampling.rate == 15)
        #expect(!governor.decide(Self.watching([5]), now: 3 * second + 500 * millisecond).isNew)
        #expect(governor.decide(Self.watching([]), now: 6 * second).sampling.rate == 0)
    }

    @Test func whatRecordsWatchesEverything() {
        var governor = RateGovernor()
        var input = RateInput()
        input.isRecording = true
        let decision = governor.decide(input, now: 0)
        #expect(decision.sampling.rate == 60 && decision.why == .recorded)
    }

    @Test func aBusyProcessorIsRelievedInStepsDownToTheLeast() {
        var governor = RateGovernor()
        _ = governor.decide(Self.watching([0]), now: 0)
        let busy = Self.watching([0], share: 1)
        // A moment is not trouble.
        #expect(governor.decide(busy, now: 100 * millisecond).sampling.rate == 60)
        let decision = governor.decide(busy, now: second)
        #expect(decision.sampling == Sampling(rate: 30, batchMilliseconds: 100))
        #expect(decision.why == .busy)
        let least = Self.run(&governor, busy, from: 2 * second, seconds: 5)
        #expect(least.sampling == Sampling(rate: 5, batchMilliseconds: 250))
    }

    @Test func oneSlowViewerOfThreeTakesNothingFromTheOthers() {
        var governor = RateGovernor()
        let one = Self.watching([0, 0, 0], behind: 1)
        #expect(Self.run(&governor, one, from: 0, seconds: 10).sampling.rate == 60)
        let two = Self.watching([0, 0, 0], behind: 2)
        let decision = Self.run(&governor, two, from: 11 * second, seconds: 1)
        #expect(decision.sampling.rate < 60 && decision.why == .behind)
    }

    @Test func whoCatchesUpIsNotHelpedFurther() {
        var governor = RateGovernor()
        var input = Self.watching([0], behind: 1)
        var lowest = UInt8.max
        for step in 0..<40 {
            input.viewers = ViewerDemand()
            input.viewers.addSamples(behind: 10_000 - UInt64(step) * 10)
            lowest = min(lowest, governor.decide(input, now: Int64(step) * 250 * millisecond).sampling.rate)
        }
        #expect(lowest == 42)
    }

    @Test func sixteenAreLookedAtAndTheNextWaits() {
        var governor = RateGovernor()
        let ids = (0..<18).map { "v\($0)" }
        let first = governor.decide(Self.watching([30], looks: ids), now: 0)
        #expect(first.began.count == 16 && first.ended.isEmpty)
        #expect(first.close == Sampling(rate: 120, batchMilliseconds: 16))
        let second = governor.decide(Self.watching([30], looks: Array(ids.dropFirst())), now: millisecond)
        #expect(second.ended == [Array("v0".utf8)])
        #expect(second.began == [Array("v16".utf8)])
        let last = governor.decide(Self.watching([]), now: 2 * millisecond)
        #expect(last.ended.count == 16 && last.began.isEmpty && governor.looked.isEmpty)
    }

    @Test func pinnedMeansPinned() throws {
        var governor = RateGovernor(try #require(SamplingBounds(pinned: 25)))
        #expect(governor.sampling == Sampling(rate: 25, batchMilliseconds: 50))
        let decision = Self.run(&governor, Self.watching([0], share: 1, looks: ["v"]), from: 0, seconds: 5)
        #expect(decision.sampling.rate == 25 && decision.why == .pinned && !decision.isNew)
        #expect(decision.began.isEmpty)
        let nothing = RateGovernor(try #require(SamplingBounds(pinned: 0)))
        #expect(nothing.sampling == Sampling(rate: 0, batchMilliseconds: 1000))
    }

    @Test func otherBoundsHoldAtOnce() throws {
        var governor = RateGovernor()
        let watched = Self.watching([0], looks: ["v"])
        #expect(governor.decide(watched, now: 0).close.rate == 120)
        // Lower: everyone's with the next decision, and whoever is looked at is told anew.
        let few = try #require(SamplingBounds(least: 1, most: 10))
        #expect(governor.take(few) == [Array("v".utf8)])
        var decision = governor.decide(watched, now: 1)
        #expect(decision.sampling.rate == 10 && decision.isNew && decision.why == .watched)
        #expect(decision.began == [Array("v".utf8)] && decision.close.rate == 20)
        // Higher, at once as well.
        #expect(governor.take(.standard) == [Array("v".utf8)])
        decision = governor.decide(watched, now: 2)
        #expect(decision.sampling.rate == 60 && decision.isNew)
        // Pinned: it holds already, whoever watches, and nobody is looked at.
        let changes = governor.changes[Int(SamplingReason.pinned.rawValue)]
        _ = governor.take(try #require(SamplingBounds(pinned: 25)))
        #expect(governor.sampling == Sampling(rate: 25, batchMilliseconds: 50) && governor.why == .pinned)
        #expect(governor.changes[Int(SamplingReason.pinned.rawValue)] == changes + 1)
        #expect(governor.looked.isEmpty && !governor.decide(watched, now: 3).isNew)
        // And by what is seen again.
        #expect(governor.take(few).isEmpty)
        decision = governor.decide(Self.watching([]), now: 100 * second)
        #expect(decision.sampling.rate == 0 && decision.isNew && decision.why == .unwatched)
    }

    @Test func aBusyServerStaysRelievedUnderOtherBounds() throws {
        var governor = RateGovernor()
        let busy = Self.watching([0], share: 1)
        _ = governor.decide(busy, now: 0)
        #expect(governor.decide(busy, now: second).sampling.rate == 30)
        _ = governor.take(try #require(SamplingBounds(least: 40, most: 90)))
        #expect(governor.decide(busy, now: second + millisecond).sampling.rate == 40)
        _ = governor.take(try #require(SamplingBounds(least: 5, most: 20)))
        #expect(governor.decide(busy, now: second + 2 * millisecond).sampling.rate == 20)
    }

    @Test func boundsAreWhatTheySay() {
        #expect(SamplingBounds(least: 0, most: 60) == nil)
        #expect(SamplingBounds(least: 30, most: 20) == nil)
        #expect(SamplingBounds(least: 1, most: 121) == nil)
        #expect(SamplingBounds(pinned: 121) == nil && SamplingBounds(pinned: -1) == nil)
        #expect(SamplingBounds(least: 1, most: 120)?.close == 120)
        #expect(SamplingBounds(least: 5, most: 20)?.close == 40)
    }

    @Test func changesAreCountedByWhy() {
        var governor = RateGovernor()
        _ = governor.decide(Self.watching([0]), now: 0)
        _ = governor.decide(Self.watching([]), now: 3 * second)
        #expect(governor.changes[Int(SamplingReason.watched.rawValue)] == 1)
        #expect(governor.changes[Int(SamplingReason.unwatched.rawValue)] == 1)
    }
}
