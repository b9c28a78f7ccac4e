import TestSupport
import Testing

@testable import IngestWorker

@Suite struct FairQueueTests {
    @Test func oneAfterTheOther() {
        var queue = FairQueue()
        #expect(queue.isEmpty && queue.next() == nil)
        for item in 1...4 as ClosedRange<UInt64> { queue.add(item, of: 7, debt: 0) }
        #expect(queue.count == 4)
        var served: [UInt64] = []
        while let item = queue.next() {
            served.append(item)
            queue.worked(10)
        }
        #expect(served == [1, 2, 3, 4])
        #expect(queue.isEmpty)
    }

    /// Who was modest is before those of the same address who had much, though it came last.
    @Test func modestOnesComeFirst() {
        var queue = FairQueue()
        queue.add(1, of: 7, debt: 500)
        queue.add(2, of: 7, debt: 300)
        queue.add(3, of: 7, debt: 0)
        var served: [UInt64] = []
        while let item = queue.next() {
            served.append(item)
            queue.worked(10)
        }
        #expect(served == [3, 2, 1])
    }

    /// An address that was given much and comes back with other connections waits for those who wait.
    @Test func anAddressOwesWhatItsConnectionsHad() {
        var queue = FairQueue()
        queue.add(1, of: 7, debt: 0)
        queue.add(10, of: 8, debt: 0)
        #expect(queue.next() == 1)
        queue.worked(1000)
        queue.add(2, of: 7, debt: 0)
        for _ in 0..<10 {
            #expect(queue.next() == 10)
            queue.worked(99)
            queue.add(10, of: 8, debt: 99)
        }
    }

    /// Connections of one address that come without end, and one that was there before.
    @Test(arguments: [nil, .forgivesNewcomers] as [FairQueueFault?])
    func newcomersStarveNobody(_ fault: FairQueueFault?) {
        var queue = FairQueue()
        queue.fault = fault
        queue.add(1, of: 7, debt: 1000)
        let turns = (2...100 as ClosedRange<UInt64>).first { newcomer in
            queue.add(newcomer, of: 7, debt: 0)
            defer { queue.worked(1000) }
            return queue.next() == 1
        }
        #expect((turns ?? 100) < 10 ? fault == nil : fault != nil)
    }

    @Test func addressesThatAreGoneAreForgotten() {
        var queue = FairQueue()
        for address in 0..<100_000 as Range<UInt32> {
            queue.add(UInt64(address), of: address, debt: 0)
            _ = queue.next()
            queue.worked(1)
        }
        #expect(Mirror(reflecting: queue).children.contains { $0.label == "groups" })
        let groups = Mirror(reflecting: queue).children.first { $0.label == "groups" }?.value
        #expect((groups as? any Collection)?.count ?? .max <= 1100)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func sharesAreEven(_ seed: UInt64) {
        #expect(FairWorld(seed: seed, fault: nil).violation == nil)
    }

    @Test(arguments: FairQueueFault.allCases.filter { $0 != .forgivesNewcomers })
    func faultsAreSeen(_ fault: FairQueueFault) {
        let seen = (1...5).filter { FairWorld(seed: $0, fault: fault).violation != nil }
        #expect(seen.count == 5, "\(fault) was not seen with each seed: \(seen)")
    }

    @Test func theHeapHasTheLowestFirstAndOfEqualsTheOlder() {
        var random = SplitMix64(seed: 3)
        var heap = RankedHeap()
        var all: [(rank: Int64, item: UInt64)] = []
        for item in 0..<3000 as Range<UInt64> {
            let rank = Int64.random(in: -50...50, using: &random)
            heap.insert(item, rank: rank)
            all.append((rank, item))
            if Int.random(in: 0..<3, using: &random) == 0, let first = heap.popFirst() {
                let place = all.indices.min { (all[$0].rank, all[$0].item) < (all[$1].rank, all[$1].item) }!
                #expect(all.remove(at: place) == (first.rank, first.item))
            }
        }
        #expect(heap.count == all.count)
        while let first = heap.popFirst() {
            let place = all.indices.min { (all[$0].rank, all[$0].item) < (all[$1].rank, all[$1].item) }!
            #expect(all.remove(at: place) == (first.rank, first.item))
        }
        #expect(all.isEmpty)
    }
}

/// Addresses with connections that always have more to say, of very different cost, and a referee who only
/// adds up what each was given.
private struct FairWorld {
    private struct Speaker {
        let address: UInt32
        let cost: Int
        /// Whether it is another connection after each turn.
        let comesBack: Bool
        /// Whether it has something to say at this time.
        var isSilent = false
        var given = 0
    }

    private var queue = FairQueue()
    private var speakers: [Speaker] = []
    private var speakerOf: [UInt64: Int] = [:]
    private var names: UInt64 = 0
    private(set) var violation: String?

    init(seed: UInt64, fault: FairQueueFault?) {
        var random = SplitMix64(seed: seed)
        queue.fault = fault
        let most = 64
        // One alone and dear, one alone and cheap, one that comes back each time, a crowd, and a pair.
        speakers.append(Speaker(address: 1, cost: most, comesBack: false))
        speakers.append(Speaker(address: 2, cost: 1, comesBack: false))
        speakers.append(Speaker(address: 3, cost: most, comesBack: true))
        for _ in 0..<20 {
            speakers.append(
                Speaker(address: 4, cost: Int.random(in: 1...most, using: &random), comesBack: false))
        }
        for cost in [1, most] { speakers.append(Speaker(address: 5, cost: cost, comesBack: false)) }
        for index in speakers.indices { wait(index, debt: 0) }
        for turn in 0..<3 {
            for index in speakers.indices { speakers[index].given = 0 }
            serve(20_000)
            judge(turn, silent: turn == 1 ? 2 : 0, most: most)
            if violation != nil { return }
            // The second is silent for a while, and then there again.
            speakers[1].isSilent = turn == 0
            if turn == 1 { wait(1, debt: 0) }
        }
    }

    private mutating func wait(_ index: Int, debt: Int) {
        if speakers[index].comesBack || debt == 0 { names += 1 }
        let name = speakers[index].comesBack || debt == 0 ? names : UInt64(1_000_000 + index)
        speakerOf[name] = index
        queue.add(name, of: speakers[index].address, debt: speakers[index].comesBack ? 0 : debt)
    }

    private mutating func serve(_ turns: Int) {
        for _ in 0..<turns {
            guard let name = queue.next(), let index = speakerOf.removeValue(forKey: name) else {
                violation = "nobody is next"
                return
            }
            let cost = speakers[index].cost
            queue.worked(cost)
            speakers[index].given += cost
            if !speakers[index].isSilent { wait(index, debt: cost) }
        }
    }

    /// What all who always waited were given differs by a turn or two.
    private mutating func judge(_ turn: Int, silent: UInt32, most: Int) {
        let addresses = Set(speakers.map(\.address)).subtracting([silent])
        let given = addresses.map { address in
            speakers.filter { $0.address == address }.reduce(0) { $0 + $1.given }
        }
        // One that falls silent had its turns before.
        if let least = given.min(), let more = given.max(), more - least > 4 * most {
            violation = "turn \(turn): addresses were given \(given)"
        }
        for address in addresses {
            let own = speakers.filter { $0.address == address }.map(\.given)
            if let least = own.min(), let more = own.max(), more - least > 5 * most {
                violation = "turn \(turn): connections of \(address) were given \(own)"
            }
        }
    }
}
