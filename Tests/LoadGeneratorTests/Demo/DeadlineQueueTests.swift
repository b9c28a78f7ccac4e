import Testing

@testable import LoadGenerator

@Suite struct DeadlineQueueTests {
    @Test func earliestIsAlwaysTheEarliest() {
        var random = SeededRandom(seed: 17)
        for count in [1, 2, 3, 10, 100] {
            var queue = DeadlineQueue(count: count)
            var model = [Int64](repeating: DeadlineQueue.never, count: count)
            #expect(queue.earliest.deadline == DeadlineQueue.never)
            for _ in 0..<500 {
                let member = random.index(below: count)
                let deadline =
                    random.chance(0.1) ? DeadlineQueue.never : Int64(random.index(below: 50))
                model[member] = deadline
                queue.set(member, to: deadline)
                let (earliest, when) = queue.earliest
                #expect(when == model.min())
                #expect(model[earliest] == when)
            }
        }
    }
}
