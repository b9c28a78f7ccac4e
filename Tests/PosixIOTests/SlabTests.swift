import PosixIO
import Testing

@Suite struct SlabTests {
    /// Counts itself away, to see that every element is destroyed just once.
    private struct Tracked: ~Copyable {
        let value: Int
        let alive: Counter
        init(_ value: Int, _ alive: Counter) {
            self.value = value
            self.alive = alive
            alive.count += 1
        }
        deinit { alive.count -= 1 }
    }

    private final class Counter { var count = 0 }

    @Test func staleTokensFindNothing() {
        var slab = Slab<Int>()
        let first = slab.insert(1)
        _ = slab.remove(first.index)
        let second = slab.insert(2)
        #expect(second.index == first.index)
        #expect(slab.find(first.index, generation: first.generation) == nil)
        #expect(slab.find(second.index, generation: second.generation)?.pointee == 2)
        #expect(slab.find(Token(kind: 7, index: second.index, generation: second.generation))?.pointee == 2)
    }

    @Test func addressesStayWhileItGrows() {
        var slab = Slab<Int>()
        let first = slab.insert(42)
        let address = slab.find(first.index, generation: first.generation)
        for value in 0..<2000 { _ = slab.insert(value) }
        #expect(slab.find(first.index, generation: first.generation) == address)
        #expect(address?.pointee == 42)
        #expect(slab.count == 2001)
    }

    @Test func everyElementIsDestroyedOnce() {
        let alive = Counter()
        do {
            var slab = Slab<Tracked>()
            var places: [UInt32] = []
            for value in 0..<600 { places.append(slab.insert(Tracked(value, alive)).index) }
            for place in places where place % 3 == 0 {
                let taken = slab.remove(place)
                #expect(taken.value == Int(place))
            }
            #expect(alive.count == 400)
            #expect(slab.at(0) == nil)
            #expect(slab.at(1)?.element.pointee.value == 1)
        }
        #expect(alive.count == 0)
    }
}
