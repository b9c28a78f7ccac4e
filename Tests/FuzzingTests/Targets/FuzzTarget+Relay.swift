import ByteCore
import PointerEvents

@testable import RelayWire

extension FuzzTarget {
    /// The data channel, read by either end. The first byte says which one; a hello stands before the rest.
    static let relayData = FuzzTarget(name: "relay-data", longestInput: 2048, seeds: relaySeeds) { input in
        guard let first = input.first else { return nil }
        let isWorker = first & 1 == 0
        return Pieces.compare(UnsafeRawBufferPointer(rebasing: input.dropFirst())) { feed, transcript in
            var reader = RelayReader(from: isWorker ? .worker : .master)
            var inbound = Inbound()
            var error: RelayError?
            func take(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
                var offset = 0
                // Samples that are found at once, and have to be found one by one as well.
                var found = 0
                while true {
                    do throws(RelayError) {
                        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                        if found == 0 { found = reader.nextSamples(rest)?.count ?? 0 }
                        let next = try reader.next(rest)
                        if let difference = difference(&found, next?.record) {
                            transcript.complain(difference)
                        }
                        guard let (record, consumed) = next else { return offset }
                        if consumed % 8 != 0 { transcript.complain("a record of \(consumed) bytes") }
                        offset += consumed
                        note(record, &transcript)
                    } catch let thrown {
                        if found > 0 { transcript.complain("samples that are none") }
                        if let error, error != thrown { transcript.complain("\(error), then \(thrown)") }
                        error = thrown
                        return offset
                    }
                }
            }
            var hello = ByteBuffer(capacity: 16)
            hello.appendRelayHello()
            if first & 2 == 0 { inbound.receive(hello.readable, take) }
            while let piece = feed.next() { inbound.receive(piece, take) }
            if let error { transcript.note(described: error) }
        }
    }

    /// How a record differs from what was found at once.
    private static func difference(_ found: inout Int, _ record: RelayRecord?) -> String? {
        if case .sample? = record {
            found -= 1
            return found < 0 ? "a sample that was not found among several" : nil
        }
        return found > 0 ? "samples that are none by themselves" : nil
    }

    private static func note(_ record: RelayRecord, _ transcript: inout Transcript) {
        switch record {
        case .hello: transcript.note("hello")
        case .sample(let sample):
            transcript.note("sample")
            transcript.note(sample.pointee.slot)
            // A kind that is none would be undefined behaviour from here on.
            transcript.note(sample.pointee.kind.word)
            if sample.pointee.fields.contains(.tail) { transcript.complain("a tail that is not there") }
        case .tailedSample(let sample, let tail):
            transcript.note("tailed")
            transcript.note(sample.pointee.slot)
            transcript.note(sample.pointee.kind.word)
            transcript.note(tail.pointee.name)
            transcript.note(tail.pointee.element)
            let isSound =
                sample.pointee.fields.contains(.tail) && tail.pointee.scrollX.isFinite
                && tail.pointee.scrollY.isFinite && tail.pointee.documentWidth >= 0
                && tail.pointee.documentHeight >= 0
            if !isSound { transcript.complain("a tail that no worker writes") }
        case .join(let join):
            transcript.note(join.slot)
            transcript.note(join.stamp)
            transcript.note(join.instance)
            transcript.note(join.id)
            transcript.note(join.isMoved ? "came along" : "came")
            if String(validating: join.id, as: UTF8.self) == nil {
                transcript.complain("an id that is not UTF-8")
            }
        case .leave(let slot, let connection, let mayReturn):
            transcript.note(slot)
            transcript.note(connection)
            transcript.note(mayReturn ? "may return" : "has left")
        case .moving(let slot, let connection):
            transcript.note(slot)
            transcript.note(connection)
            transcript.note("moves")
        case .moved(let move), .adopt(let move):
            transcript.note(move.connection)
            transcript.note(move.isAlone ? "alone" : "with a descriptor")
            transcript.note(move.state)
            if move.state.count > RelayLimits.movedStateBytes { transcript.complain("a state too long") }
        case .connection(let connection, let isFirst):
            transcript.note(connection)
            transcript.note(isFirst ? "first" : "another")
        case .text(let kind, let index, let bytes):
            transcript.note(UInt32(kind.rawValue))
            transcript.note(index)
            transcript.note(bytes)
            if !kind.byteCounts.contains(bytes.count) { transcript.complain("a text too long") }
        case .noText(let kind, let index):
            transcript.note("none")
            transcript.note(UInt32(kind.rawValue))
            transcript.note(index)
        case .identityKey(let key): transcript.note(key)
        case .closed(let connection), .adopted(let connection): transcript.note(connection)
        case .arrived(let arrival):
            transcript.note(arrival.connection)
            transcript.note(arrival.place)
            if arrival.awaitsVerdict, arrival.address == nil { transcript.complain("a verdict about nobody") }
        }
    }

    /// The control channel, read by either end; what was read is written and read once more.
    static let relayControl = FuzzTarget(
        name: "relay-control", longestInput: 256, seeds: controlSeeds
    ) { input in
        guard let first = input.first else { return nil }
        let peer: ChannelPeer = first & 1 == 0 ? .worker : .master
        return Pieces.compare(UnsafeRawBufferPointer(rebasing: input.dropFirst())) { feed, transcript in
            var reader = ControlReader(from: peer)
            var inbound = Inbound()
            var records: [ControlRecord] = []
            var error: RelayError?
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var offset = 0
                    do throws(RelayError) {
                        while let (record, consumed) = try reader.next(
                            UnsafeRawBufferPointer(rebasing: bytes[offset...]))
                        {
                            offset += consumed
                            records.append(record)
                        }
                    } catch let thrown {
                        error = thrown
                    }
                    return offset
                }
            }
            transcript.note(described: records)
            if let error { transcript.note(described: error) }
            var written = ByteBuffer(capacity: 64)
            for record in records { written.appendControl(record) }
            var second = ControlReader(from: peer)
            if second.takeRecords(from: &written) != records {
                transcript.complain("read again as something else")
            }
        }
    }

    @Sendable static func relaySeeds() -> [[UInt8]] {
        func worker(_ build: (inout RelayQueue) -> Void) -> [UInt8] {
            var queue = RelayQueue()
            build(&queue)
            // The hello that every queue begins with is put there by the target.
            return [0] + queue.readable.dropFirst(16)
        }
        let id = ("user123" as StaticString).rawBytes
        func sample(_ kind: PointerKind, _ fields: SampleFields = []) -> PointerSample {
            var sample = PointerSample(x: 812, y: 433.5, kind: kind)
            sample.slot = 3
            sample.fields = fields
            sample.receivedNanoseconds = 1_000
            return sample
        }
        var tail = SampleTail()
        (tail.scrollY, tail.documentHeight, tail.pointerType) = (300, 9_000, 3)
        tail.fields = [.scrollY, .documentHeight, .pointerType, .name, .element]
        return [
            worker { queue in
                queue.appendJoin(
                    slot: 3, connection: 7, receivedNanoseconds: 5, id: id, stamp: 9, instance: 11)
                queue.appendText(.name, index: 0, bytes: ("Ann" as StaticString).rawBytes)
                queue.appendText(.element, index: 0, bytes: ("a.buy" as StaticString).rawBytes)
                queue.append(sample(.click, [.kind]), tail: tail)
                queue.append(sample(.cancel, [.kind]))
                queue.appendLeave(slot: 3, connection: 7, mayReturn: true)
                queue.appendClosed(connection: 7)
                queue.appendJoin(
                    slot: 3, connection: 8, receivedNanoseconds: 5, id: id, stamp: 10, instance: 12)
                queue.append(sample(.move))
            },
            worker { queue in
                tail.fields = [.scrollX, .documentWidth]
                queue.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 5, id: id)
                queue.append(sample(.scroll, [.width]), tail: tail)
                tail.fields = [.name]
                queue.appendNoText(.name, index: 0)
                queue.append(sample(.move), tail: tail)
            },
            worker { $0.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 5, id: id) },
            worker { queue in
                queue.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 5, id: id)
                queue.appendText(.page, index: 0, bytes: ("/a" as StaticString).rawBytes)
                queue.append(sample(.move, [.page, .width, .height]))
                queue.append(sample(.click, [.kind, .buttons, .clientTime]))
                queue.appendLeave(slot: 3, connection: 7)
                queue.appendClosed(connection: 7)
            },
            worker { $0.append(sample(.scroll)) }, worker { $0.appendLeave(slot: 9, connection: 1) },
            worker { queue in
                for slot in 0..<4 as Range<UInt32> {
                    queue.appendJoin(slot: slot, connection: 7, receivedNanoseconds: 5, id: id)
                    queue.append(sample(.enter))
                }
            },
            [1]
                + Seed.bytes { buffer in
                    [UInt8](repeating: 7, count: 32).withUnsafeBytes { buffer.appendRelayIdentityKey($0) }
                },
            [2] + Seed.bytes { $0.appendRelayHello() },
            [2] + Seed.bytes { $0.appendRelayConnection(1, isFirst: true) },
        ] + movingSeeds()
    }

    /// Those of connections that move.
    private static func movingSeeds() -> [[UInt8]] {
        let id = ("user123" as StaticString).rawBytes
        var queue = RelayQueue()
        queue.appendAdopted(connection: 9)
        queue.appendJoin(slot: 3, connection: 9, receivedNanoseconds: 5, id: id, isMoved: true)
        queue.appendMoving(slot: 3, connection: 9)
        queue.appendMoved(connection: 9, state: id, descriptor: nil)
        return [
            [0] + queue.readable.dropFirst(16),
            [1]
                + Seed.bytes { buffer in
                    buffer.appendRelayConnection(12, isFirst: true)
                    buffer.appendRelayAdopt(13, state: id)
                    buffer.appendRelayAdopt(14, state: id, isAlone: true)
                },
        ]
    }

    @Sendable private static func controlSeeds() -> [[UInt8]] {
        func seed(_ peer: UInt8, _ records: [ControlRecord]) -> [UInt8] {
            [peer] + Seed.bytes { buffer in for record in records { buffer.appendControl(record) } }
        }
        return [
            seed(0, [.hello, .ready(capacity: 20_000), .pong(sequence: 3), .stopping, .stopped]),
            seed(1, [.hello, .ping(sequence: 3), .stop(deadlineMilliseconds: 4_000)]),
            seed(
                1,
                [
                    .hello, .rate(60, batchMilliseconds: 50),
                    .closely(connection: 3, rate: ControlRecord.asEveryone, batchMilliseconds: 50),
                    .refuse(connection: 4), .moveAway(spreadMilliseconds: 5_000),
                    .noPlace(connection: 4, slot: 9), .drain(withinMilliseconds: 10_000), .move(count: .max),
                ]),
            seed(1, [.ping(sequence: 1)]), seed(0, [.hello, .hello]), seed(0, [.hello, .ping(sequence: 1)]),
        ]
    }
}
