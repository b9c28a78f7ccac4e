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

    /// Random coming and going against a dictionary, with chunks given back in between.
    @Test(arguments: 1...4)
    func agreesWithAList(seed: UInt64) {
        var state = seed
        func random(below bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var slab = Slab<Int>()
        var model: [(index: UInt32, generation: UInt32, value: Int)] = []
        var taken: Set<UInt32> = []
        for step in 0..<20_000 {
            // Crowds come and go.
            let isComing = random(below: 100) < (step / 3000 % 2 == 0 ? 70 : 30)
            if isComing {
                let place = slab.insert(step)
                if !taken.insert(place.index).inserted { Issue.record("slot \(place.index) was in use") }
                model.append((place.index, place.generation, step))
            } else if !model.isEmpty {
                let place = model.remove(at: Int(random(below: UInt64(model.count))))
                taken.remove(place.index)
                if slab.remove(place.index) != place.value { Issue.record("slot \(place.index) is another") }
                if slab.find(place.index, generation: place.generation) != nil { Issue.record("not stale") }
            }
            if random(below: 500) == 0 { slab.releaseEmptyChunks() }
        }
        #expect(slab.count == model.count)
        for place in model {
            #expect(slab.find(place.index, generation: place.generation)?.pointee == place.value)
            #expect(slab[place.index].pointee == place.value)
        }
    }

    @Test func whatACrowdTookIsGivenBack() {
        var slab = Slab<Int>()
        for value in 0..<10_000 { _ = slab.insert(value) }
        // Somebody stays who came last, and newcomers take the lowest places.
        for index in 0..<UInt32(9_999) { _ = slab.remove(index) }
        slab.releaseEmptyChunks()
        #expect(slab.chunkBytes == 256 * 8)
        let newcomer = slab.insert(1)
        #expect(newcomer.index < 256)
        #expect(slab[9_999].pointee == 9_999)
        #expect(slab.slotCount == 10_000)
    }
}
