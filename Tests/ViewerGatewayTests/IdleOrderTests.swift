import Testing

@testable import ViewerGateway

@Suite struct IdleOrderTests {
    /// Against a plain array, whatever is done.
    @Test func itIsWhatAnArrayWouldBe() {
        var order = IdleOrder()
        var model: [UInt32] = []
        var state: UInt64 = 7
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<20_000 {
            let slot = UInt32(next(40))
            let isIn = model.contains(slot)
            #expect(order.contains(slot) == isIn)
            model.removeAll { $0 == slot }
            switch next(3) {
            case 0:
                order.moveToBusiest(slot)
                model.append(slot)
            case 1:
                order.moveToIdlest(slot)
                model.insert(slot, at: 0)
            default: order.remove(slot)
            }
            #expect(order.idlest == model.first && order.count == model.count)
        }
        while let first = order.idlest {
            #expect(first == model.removeFirst())
            order.remove(first)
        }
        #expect(model.isEmpty)
    }
}
