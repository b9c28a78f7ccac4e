import Testing

@testable import LiveModel

@Suite struct RecentRingTests {
    @Test func itKeepsTheNewest() {
        var ring = RecentRing<Int>(capacity: 5)
        var expected: [Int] = []
        #expect(ring.newest() == nil)
        for number in 0..<23 {
            if number == 12 {
                ring.removeAll()
                expected = []
            }
            ring.append(number)
            expected = Array((expected + [number]).suffix(5))
            #expect((0..<ring.count).map { ring[$0] } == expected)
            #expect(ring.newest() == number)
            #expect(ring.newest(ago: expected.count - 1) == expected.first)
            #expect(ring.newest(ago: expected.count) == nil)
            #expect(ring.newest(ago: -1) == nil)
        }
    }
}
