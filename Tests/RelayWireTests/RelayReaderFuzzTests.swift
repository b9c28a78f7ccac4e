import PointerEvents
import TestSupport
import Testing

@testable import RelayWire

/// A worker whose memory is corrupt ends as an error, and what is told before that can be used unseen.
struct RelayReaderFuzzTests {
    private func soundStream(_ random: inout SplitMix64) -> [UInt8] {
        var queue = RelayQueue()
        var joined: [UInt32] = []
        var named: [RelayText] = []
        for serial in 0..<20 {
            switch random.below(6) {
            case 0:
                let slot = UInt32(serial)
                queue.appendJoin(slot: slot, connection: 1, id: "v\(serial)")
                joined.append(slot)
            case 1: queue.appendPage(index: UInt32(random.below(4)), path: "/p")
            case 2 where !joined.isEmpty:
                let slot = joined.remove(at: random.below(joined.count))
                guard random.below(3) == 0 else {
                    queue.appendLeave(slot: slot, connection: 1)
                    continue
                }
                queue.appendMoving(slot: slot, connection: 1)
                queue.appendMoved(connection: 1, state: Array("state \(serial)".utf8), descriptor: nil)
                queue.appendAdopted(connection: 1)
            case 3:
                let kind: RelayText = random.below(2) == 0 ? .name : .element
                queue.appendText(kind, index: UInt32(random.below(3)), text: "n\(serial)")
                if !named.contains(kind) { named.append(kind) }
            case 4 where named.count == 2 && !joined.isEmpty:
                let tail = Surroundings.Tail(
                    scrollX: Double(serial), documentHeight: 900, pointerType: UInt8(random.below(4)),
                    name: random.below(2) == 0 ? 0 : nil, element: random.below(2) == 0 ? 0 : nil)
                let slot = joined[random.below(joined.count)]
                queue.append(slot: slot, .click, x: Double(serial), says: Surroundings(tail: tail))
            default:
                guard let slot = joined.randomElement(using: &random) else { continue }
                queue.append(slot: slot, .move, x: Double(serial))
            }
        }
        return queue.drain()
    }

    private func isUsable(_ told: Told) -> Bool {
        switch told {
        case .sample(let slot, let kind, let x, let says):
            slot < RelayLimits.slotsPerChannel && kind.rawValue <= 7 && x.isFinite
                && (says.tail?.scrollX ?? 0).isFinite && (says.tail?.documentHeight ?? 0) >= 0
                && (says.tail?.pointerType ?? 0) <= 3
        case .join(let slot, _, let received, let id, _, _, _):
            slot < RelayLimits.slotsPerChannel && received >= 0 && (1...64).contains(id.count)
                && String(validating: id, as: UTF8.self) != nil
        case .text(let kind, let index, let bytes):
            index < RelayLimits.textsPerChannel && kind.byteCounts.contains(bytes.count)
                && String(validating: bytes, as: UTF8.self) != nil
        case .noText(_, let index): index < RelayLimits.textsPerChannel
        case .moved(_, _, let state): state.count <= RelayLimits.movedStateBytes
        case .hello, .leave, .moving, .closed, .adopted: true
        case .arrived(let arrival): arrival.address != nil || !arrival.awaitsVerdict
        case .connection, .adopt, .identityKey: false
        }
    }

    /// Samples taken together are those that are taken one by one, up to what is wrong.
    @Test func runsAreWhatStandsThereOneByOne() {
        var random = SplitMix64(seed: 21)
        var longest = 0
        for _ in 0..<5000 {
            var bytes = soundStream(&random)
            if random.happens(percent: 60) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
            defer { memory.deallocate() }
            memory.copyBytes(from: bytes)
            var reader = RelayReader(from: .worker)
            var left = UnsafeRawBufferPointer(memory)
            do throws(RelayError) {
                while true {
                    let run = reader.nextSamples(left)
                    longest = max(longest, run?.count ?? 0)
                    for index in 0..<(run?.count ?? 0) {
                        guard let (record, consumed) = try reader.next(left),
                            case .sample(let sample) = record
                        else {
                            Issue.record("no sample stands there")
                            return
                        }
                        #expect(run.map { $0.first + index } == sample)
                        left = UnsafeRawBufferPointer(rebasing: left[consumed...])
                    }
                    guard let (record, consumed) = try reader.next(left) else { break }
                    // A run ends where no other sample follows; these are shorter than the longest.
                    if case .sample = record { Issue.record("a sample was left out") }
                    left = UnsafeRawBufferPointer(rebasing: left[consumed...])
                }
            } catch {
                #expect(reader.nextSamples(left) == nil)
            }
        }
        #expect(longest > 3)
    }

    /// Memory that was zeroed is no sample, in front of others and between them.
    @Test func zerosAreNoSamples() throws {
        var queue = RelayQueue()
        queue.appendJoin(slot: 0, connection: 1, id: "a")
        let opening = queue.drain()
        for before in 0..<3 {
            for _ in 0..<before { queue.append(slot: 0, .move, x: 1) }
            let zeros = [UInt8](repeating: 0, count: 3 * RelayRecordType.sampleBytes)
            let bytes = opening + queue.drain() + zeros
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
            defer { memory.deallocate() }
            memory.copyBytes(from: bytes)
            var reader = RelayReader(from: .worker)
            var left = UnsafeRawBufferPointer(memory)
            while left.count > before * RelayRecordType.sampleBytes + zeros.count {
                guard let (_, consumed) = try reader.next(left) else { break }
                left = UnsafeRawBufferPointer(rebasing: left[consumed...])
            }
            #expect(reader.nextSamples(left)?.count ?? 0 == before)
        }
    }

    @Test func mutatedStreamsEndInAnError() {
        var random = SplitMix64(seed: 20)
        var errors = 0
        for _ in 0..<5000 {
            var bytes = soundStream(&random)
            for _ in 0..<(1 + random.below(3)) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.happens(percent: 20) { bytes.removeSubrange(random.below(bytes.count)...) }
            var inbox = Inbox()
            var left = bytes[...]
            do throws(RelayError) {
                while !left.isEmpty {
                    let piece = min(left.count, 1 + random.below(200))
                    let told = try inbox.receive(Array(left.prefix(piece)))
                    #expect(told.allSatisfy(isUsable))
                    left = left.dropFirst(piece)
                }
                #expect(inbox.rest < RelayRecordType.movedBytes(RelayLimits.movedStateBytes))
            } catch {
                errors += 1
            }
        }
        #expect(errors > 500)
    }
}
