import Testing

@testable import LoadGenerator

@Suite struct PaceScheduleTests {
    @Test func firstIsDueAtOnceAndTheRestEvenly() {
        let schedule = PaceSchedule(visitorCount: 3, perSecond: 5000)
        #expect(schedule.dueNanoseconds(of: 0) == 0)
        #expect(schedule.dueNanoseconds(of: 1) == 200_000)
        #expect(schedule.dueNanoseconds(of: 5000) == 1_000_000_000)
        #expect(schedule.dueCount(at: -1) == 0)
        #expect(schedule.dueCount(at: 0) == 1)
        #expect(schedule.dueCount(at: 199_999) == 1)
        #expect(schedule.dueCount(at: 200_000) == 2)
    }

    @Test(arguments: [1, 3, 7, 999, 4999, 100_000, 9_999_991])
    func countAndTimeAgreeAtAnyRate(_ rate: Int) {
        let schedule = PaceSchedule(visitorCount: 10, perSecond: rate)
        var random = SeededRandom(seed: UInt64(rate))
        for _ in 0..<2000 {
            let index = Int64(random.index(below: rate * 100))
            let due = schedule.dueNanoseconds(of: index)
            #expect(schedule.dueCount(at: due) > index)
            #expect(schedule.dueCount(at: due - 1) <= index)
        }
        // A day at the highest rate does not overflow.
        #expect(schedule.dueCount(at: 86_400_000_000_000) == Int64(rate) * 86_400 + 1)
    }

    @Test func everySampleBelongsToOneVisitorInItsOrder() {
        let schedule = PaceSchedule(visitorCount: 7, perSecond: 10)
        for count: Int64 in 0..<50 {
            var seen = Set<Int64>()
            for visitor in 0..<7 {
                for sequence in 1...max(schedule.share(of: visitor, in: count), 1)
                where schedule.share(of: visitor, in: count) > 0 {
                    seen.insert(schedule.index(of: visitor, sequence: sequence))
                }
            }
            #expect(seen == Set(0..<count))
        }
    }

    @Test func ticksStayWithinHalfAMillisecond() {
        #expect(PaceSchedule(visitorCount: 1, perSecond: 1).tickNanoseconds == 100_000)
        #expect(PaceSchedule(visitorCount: 1, perSecond: 50_000).tickNanoseconds == 250_000)
        #expect(PaceSchedule(visitorCount: 1, perSecond: 10_000_000).tickNanoseconds == 500_000)
    }
}
