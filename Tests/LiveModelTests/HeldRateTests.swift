import Testing

@testable import LiveModel

@Suite struct HeldRateTests {
    @Test func aRateIsHeldUntilItIsQuiteAnother() {
        var held = HeldRate(serial: 1, rate: 20, second: 0)
        for (second, rate) in [20.0, 25, 15, 32.9, 10.1, 22].enumerated() {
            held.take(rate, second: Int64(second))
        }
        #expect(held.rate == 20)
        held.take(33.1, second: 6)
        #expect(held.rate == 33.1)
        // A hand that rests for a moment.
        held.take(0, second: 7)
        held.take(0, second: 8)
        #expect(held.rate == 33.1)
        held.take(20, second: 9)
        held.take(3, second: 10)
        held.take(3, second: 11)
        #expect(held.rate == 33.1)
        held.take(4, second: 12)
        #expect(held.rate == 4)
        // From rest the first samples do not count for much.
        var resting = HeldRate(serial: 1, rate: 0, second: 0)
        resting.take(1, second: 1)
        #expect(resting.rate == 0)
        resting.take(1.2, second: 2)
        #expect(resting.rate == 1.2)
    }
}
