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
                while true {
                    do throws(RelayError) {
                        let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                        guard let (record, consumed) = try reader.next(rest) else { return offset }
                        if consumed % 8 != 0 { transcript.complain("a record of \(consumed) bytes") }
                        offset += consumed
                        note(record, &transcript)
                    } catch let thrown {
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

    private static func note(_ record: RelayRecord, _ transcript: inout Transcript) {
        switch record {
        case .hello: transcript.note("hello")
        case .sample(let sample):
            transcript.note("sample")
            transcript.note(sample.pointee.slot)
            // A kind that is none would be undefined behaviour from here on.
            transcript.note(sample.pointee.kind.word)
        case .join(let join):
            transcript.note(join.slot)
            transcript.note(join.id)
            if String(validating: join.id, as: UTF8.self) == nil {
                transcript.complain("an id that is not UTF-8")
            }
        case .leave(let slot, let connection):
            transcript.note(slot)
            transcript.note(connection)
        case .page(let index, let bytes):
            transcript.note(index)
            transcript.note(bytes)
        case .closed(let connection), .connection(let connection): transcript.note(connection)
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
        return [
            worker { $0.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 5, id: id) },
            worker { queue in
                queue.appendJoin(slot: 3, connection: 7, receivedNanoseconds: 5, id: id)
                queue.appendPage(index: 0, bytes: ("/a" as StaticString).rawBytes)
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
            [1] + Seed.bytes { $0.appendRelayConnection(12) },
            [2] + Seed.bytes { $0.appendRelayHello() }, [2] + Seed.bytes { $0.appendRelayConnection(1) },
        ]
    }

    @Sendable private static func controlSeeds() -> [[UInt8]] {
        func seed(_ peer: UInt8, _ records: [ControlRecord]) -> [UInt8] {
            [peer] + Seed.bytes { buffer in for record in records { buffer.appendControl(record) } }
        }
        return [
            seed(0, [.hello, .ready(capacity: 20_000), .pong(sequence: 3), .stopping, .stopped]),
            seed(1, [.hello, .ping(sequence: 3), .stop(deadlineMilliseconds: 4_000)]),
            seed(1, [.ping(sequence: 1)]), seed(0, [.hello, .hello]), seed(0, [.hello, .ping(sequence: 1)]),
        ]
    }
}
