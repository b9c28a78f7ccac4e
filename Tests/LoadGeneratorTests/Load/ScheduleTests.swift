import Testing

@testable import LoadGenerator

@Suite struct ScheduleTests {
    @Test func visitorsStandEvenlyInTime() {
        let schedule = OfferedSchedule(visitorCount: 4, milliHertz: 10_000, burst: 1)
        // 40 a second: one every 25 ms, each visitor every 100 ms.
        #expect(
            (0..<5).map { schedule.dueNanoseconds(of: $0) } == [
                0, 25_000_000, 50_000_000, 75_000_000, 100_000_000,
            ])
        #expect(schedule.dueNanoseconds(of: 2, round: 3) == 350_000_000)
    }

    @Test func burstsFallDueTogetherAndTheRateStays() {
        let schedule = OfferedSchedule(visitorCount: 10, milliHertz: 16_000, burst: 16)
        // Every visitor writes 16 samples once a second.
        #expect(
            schedule.dueNanoseconds(of: 3, round: 1) - schedule.dueNanoseconds(of: 3, round: 0)
                == 1_000_000_000)
    }

    @Test func processesShareTheGapsBetweenThem() {
        let whole = OfferedSchedule(visitorCount: 6, milliHertz: 1000, burst: 1)
        let parts = (0..<3).map {
            OfferedSchedule(visitorCount: 2, milliHertz: 1000, burst: 1, share: ($0, 3))
        }
        let together = parts.flatMap { part in (0..<4).map { part.dueNanoseconds(of: $0) } }.sorted()
        for (slot, due) in together.enumerated() {
            #expect(abs(due - whole.dueNanoseconds(of: slot)) <= 2)
        }
    }

    @Test(arguments: [1, 7, 4999, 1_000_000, 123_456_789])
    func firstRoundIsTheFirst(_ milliHertz: Int) {
        let schedule = OfferedSchedule(visitorCount: 17, milliHertz: milliHertz, burst: 3)
        var random = SeededRandom(seed: UInt64(milliHertz))
        for _ in 0..<500 {
            let visitor = random.index(below: 17)
            let time = Int64(random.index(below: 100_000_000_000))
            let round = schedule.firstRound(of: visitor, from: time)
            #expect(schedule.dueNanoseconds(of: visitor, round: round) >= time)
            if round > 0 { #expect(schedule.dueNanoseconds(of: visitor, round: round - 1) < time) }
        }
    }

    @Test(arguments: [1, 7, 4999, 1_000_000, 123_456_789])
    func firstSlotIsTheFirst(_ milliHertz: Int) {
        let schedule = OfferedSchedule(visitorCount: 17, milliHertz: milliHertz, burst: 3, share: (1, 3))
        var random = SeededRandom(seed: UInt64(milliHertz))
        for _ in 0..<500 {
            let time = Int64(random.index(below: 100_000_000_000))
            let slot = schedule.firstSlot(notBefore: time, from: 0)
            #expect(schedule.dueNanoseconds(of: slot) >= time)
            if slot > 0 { #expect(schedule.dueNanoseconds(of: slot - 1) < time) }
            #expect(schedule.firstSlot(notBefore: time, from: slot + 5) == slot + 5)
        }
    }

    @Test func leavesOfProcessesLieBetweenEachOther() {
        let whole = ChurnSchedule(visitorCount: 30, perSecond: 30, begin: 500, seed: 3)
        let parts = (0..<3).map {
            ChurnSchedule(visitorCount: 10, perSecond: 10, begin: 500, seed: 3, share: ($0, 3))
        }
        let together = parts.flatMap { part in (0..<4).map { part.leaveNanoseconds($0) } }.sorted()
        for (index, leave) in together.enumerated() {
            #expect(abs(leave - whole.leaveNanoseconds(index)) <= 2)
        }
    }

    @Test func everyoneLeavesBeforeAnyoneLeavesAgain() {
        for count in [1, 2, 10, 97, 1000] {
            let churn = ChurnSchedule(visitorCount: count, perSecond: 10, begin: 500, seed: 3)
            #expect(Set((0..<count).map { churn.visitor($0) }).count == count)
            #expect(churn.leaveNanoseconds(0) == 500 + 100_000_000)
            #expect(churn.leaveNanoseconds(9) == 500 + 1_000_000_000)
        }
        #expect(ChurnSchedule(visitorCount: 9, perSecond: 0, begin: 0, seed: 1).leaveNanoseconds(0) == .max)
        #expect(ChurnSchedule(visitorCount: 0, perSecond: 5, begin: 0, seed: 1).leaveNanoseconds(0) == .max)
    }
}
