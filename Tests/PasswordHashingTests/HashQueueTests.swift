import ByteCore
import TestSupport
import Testing

@testable import PasswordHashing

struct HashQueueTests {
    private let second: Int64 = 1_000_000_000
    private func network(_ number: Int) -> IPAddress { IPAddress(v4: UInt32(number)).network }

    @Test func fiveAtOnceThenOneEach200Milliseconds() {
        var queue = HashQueue()
        var starts: [Int64] = []
        var now = 100 * second
        for id in 0..<12 { #expect(queue.submit(UInt64(id), from: nil, now: now) == .accepted) }
        while queue.count > 0 {
            if let id = queue.next(now: now) {
                #expect(id == UInt64(starts.count))
                #expect(queue.next(now: now) == nil)
                starts.append(now)
                queue.finished()
            } else if let deadline = queue.nextDeadline {
                #expect(deadline > now)
                now = deadline
            }
        }
        #expect(starts[4] == 100 * second)
        #expect(zip(starts[4...], starts[5...]).allSatisfy { $1 - $0 == 200_000_000 })
    }

    @Test func thereIsRoomForSixteenAndTwoFromANetwork() {
        var queue = HashQueue()
        #expect(queue.submit(0, from: network(1), now: 0) == .accepted)
        #expect(queue.next(now: 0) == 0)
        #expect(queue.submit(1, from: network(1), now: 0) == .accepted)
        // One is worked for, one waits.
        #expect(queue.submit(2, from: network(1), now: 0) == .full(retryAfterSeconds: 1))
        for id in 3..<18 { #expect(queue.submit(UInt64(id), from: network(id), now: 0) == .accepted) }
        #expect(queue.submit(18, from: network(18), now: 0) == .full(retryAfterSeconds: 4))
        #expect(queue.cancel(1) && !queue.cancel(1) && !queue.cancel(0))
        #expect(queue.submit(2, from: network(1), now: 0) == .accepted)
        #expect(queue.drain() == [0] + (3..<18) + [2] && queue.count == 0 && queue.nextDeadline == nil)
    }

    /// Whatever comes in whatever order: rate, order, room and places hold, and everybody gets a turn.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func simulation(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var queue = HashQueue()
        var now: Int64 = 0
        var model: [(id: UInt64, network: IPAddress?)] = []
        var working: (id: UInt64, network: IPAddress?)?
        var starts: [Int64] = []
        var lastID: UInt64 = 0
        for _ in 0..<2_000 {
            now += Int64(random.below(120)) * 1_000_000
            switch random.below(6) {
            case 0, 1, 2:
                lastID += 1
                let place = random.once(in: 4) ? nil : network(random.below(12))
                let there = (model + [working].compactMap { $0 }).count { $0.network == place }
                let isAdmitted = model.count < 16 && (place == nil || there < 2)
                let admission = queue.submit(lastID, from: place, now: now)
                #expect((admission == .accepted) == isAdmitted)
                if case .full(let seconds) = admission { #expect((1...5).contains(seconds)) }
                if isAdmitted { model.append((lastID, place)) }
            case 3, 4:
                let id = queue.next(now: now)
                let recent = starts.suffix(5)
                let hasDrop = starts.count < 5 || bucket(starts, now) >= 1
                #expect((id != nil) == (working == nil && !model.isEmpty && hasDrop), "\(recent) at \(now)")
                guard let id else { continue }
                try #require(model.first?.id == id)
                working = model.removeFirst()
                starts.append(now)
            default:
                guard working != nil else { continue }
                queue.finished()
                working = nil
            }
            #expect(queue.count == model.count + (working == nil ? 0 : 1))
            #expect((queue.nextDeadline != nil) == (working == nil && !model.isEmpty))
        }
        // In every window of time there are no more than five and one for each 200 ms.
        for (index, start) in starts.enumerated() {
            let within = starts[index...].prefix { $0 < start + 10 * second }.count
            #expect(within <= 5 + 50)
        }
        #expect(starts.count > 100)
    }

    /// Drops in a bucket of five that gets one each 200 ms, in thousandths so that nothing is rounded.
    private func bucket(_ starts: [Int64], _ now: Int64) -> Int64 {
        var level: Int64 = 5 * 200_000_000
        var last: Int64 = 0
        for start in starts {
            level = min(5 * 200_000_000, level + start - last) - 200_000_000
            last = start
        }
        return min(5 * 200_000_000, level + now - last) / 200_000_000
    }
}
