import ByteCore
import TestSupport
import Testing

@testable import RelayWire

struct ControlChannelTests {
    private static let fromWorker: [ControlRecord] = [
        .hello, .ready(capacity: 20_000), .pong(sequence: .max), .pong(sequence: 0),
        .originRefused(Array("https://shop.example".utf8)), .originRefused([]),
        .originRefused([UInt8](repeating: 65, count: 256)), .stopping, .stopped,
    ]
    private static let fromMaster: [ControlRecord] = [
        .hello, .ping(sequence: 1), .stop(deadlineMilliseconds: 3000),
        .rate(60, batchMilliseconds: 50), .closely(connection: 258, rate: 255, batchMilliseconds: 100),
        .refuse(connection: 7), .moveAway(spreadMilliseconds: 5000), .admit(connection: 7),
        .noPlace(connection: 7, slot: 258), .drain(withinMilliseconds: 10_000), .move(count: 9),
        .listen([.isOpen, .judgesOthers], first: 258), .letIn(connection: 7, place: 3),
        .turnAway(connection: 7, place: 4), .cut(connection: 7, place: 5),
    ]

    private func encode(_ records: [ControlRecord]) -> [UInt8] {
        var buffer = ByteBuffer()
        for record in records { buffer.appendControl(record) }
        return Array(buffer.readable)
    }

    /// Reads `bytes` in the pieces given.
    private func decode(_ pieces: [[UInt8]], from peer: ChannelPeer) throws(RelayError) -> [ControlRecord] {
        var reader = ControlReader(from: peer)
        var buffer = ByteBuffer()
        var records: [ControlRecord] = []
        for piece in pieces {
            buffer.append(copyOf: piece)
            while let (record, consumed) = try reader.next(buffer.readable) {
                records.append(record)
                buffer.consume(consumed)
            }
        }
        return records
    }

    private func error(_ bytes: [UInt8], from peer: ChannelPeer) -> RelayError? {
        do throws(RelayError) {
            _ = try decode([bytes], from: peer)
            return nil
        } catch {
            return error
        }
    }

    @Test func bytes() {
        #expect(
            encode(Self.fromMaster) == [
                0, 0, 16, 0, 0, 0, 0, 0, 0x63, 0x64, 0x53, 0x50, 7, 0, 0, 0,  // hello: magic, version
                2, 0, 16, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,  // ping: sequence
                4, 0, 8, 0, 0xB8, 0x0B, 0, 0,  // stop: 3000 ms
                16, 0, 8, 0, 60, 50, 0, 0,  // rate: 60 a second, 50 ms
                17, 0, 24, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0,  // closely: connection,
                255, 0, 0, 0, 100, 0, 0, 0,  // as everyone, 100 ms
                18, 0, 16, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // refuse: connection
                19, 0, 8, 0, 0x88, 0x13, 0, 0,  // move away: 5000 ms
                20, 0, 16, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // admit: connection
                21, 0, 16, 0, 2, 1, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // no place: slot, connection
                22, 0, 8, 0, 0x10, 0x27, 0, 0,  // drain: 10,000 ms
                23, 0, 8, 0, 9, 0, 0, 0,  // move: 9
                24, 0, 16, 0, 5, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0,  // listen: how, first connection
                25, 0, 16, 0, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // let in: place, connection
                26, 0, 16, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // turn away
                27, 0, 16, 0, 5, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // cut
            ])
        #expect(
            encode([.ready(capacity: 0x0102_0304), .stopped, .pong(sequence: 5)]) == [
                1, 0, 8, 0, 4, 3, 2, 1,
                5, 0, 8, 0, 0, 0, 0, 0,
                3, 0, 16, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test(arguments: [(fromWorker, ChannelPeer.worker), (fromMaster, .master)])
    func readsBackWholeAndByteByByte(records: [ControlRecord], peer: ChannelPeer) throws {
        let bytes = encode(records)
        #expect(try decode([bytes], from: peer) == records)
        #expect(try decode(bytes.map { [$0] }, from: peer) == records)
    }

    @Test func refusesWhatASoundPeerNeverWrites() {
        #expect(error(encode(Self.fromWorker), from: .master) == .unexpectedType(1))
        #expect(error(encode(Self.fromMaster), from: .worker) == .unexpectedType(2))
        #expect(error(encode([.stopped]), from: .worker) == .helloOutOfPlace)
        #expect(error(encode([.hello, .hello]), from: .worker) == .helloOutOfPlace)
        #expect(error([8, 0, 8, 0, 0, 0, 0, 0], from: .worker) == .unexpectedType(8))
        var closely = encode([.hello, .closely(connection: 1, rate: 1, batchMilliseconds: 1)])
        closely[33] = 1
        #expect(error(closely, from: .master) == .outOfRange(type: 17, index: 257))
        var listen = encode([.hello, .listen(.isOpen, first: 1)])
        listen[20] = 16
        #expect(error(listen, from: .master) == .outOfRange(type: 24, index: 16))
        #expect(error([16, 0, 16, 0, 0, 0, 0, 0], from: .master) == .wrongLength(type: 16, length: 16))
        var origin = encode([.hello, .originRefused([1])])
        origin[21] = 2
        #expect(error(origin, from: .worker) == .wrongLength(type: 7, length: 264))
        #expect(error([1, 0, 16, 0, 0, 0, 0, 0], from: .worker) == .wrongLength(type: 1, length: 16))
        var hello = encode([.hello])
        hello[12] = 1
        #expect(error(hello, from: .worker) == .otherVersion(1))
        hello[11] = 0
        #expect(error(hello, from: .worker) == .wrongMagic(0x0053_6463))
    }

    @Test func anOriginIsCutToItsRoom() throws {
        let long = [UInt8](repeating: 66, count: 1000)
        let told = try decode([encode([.hello, .originRefused(long)])], from: .worker)
        #expect(told == [.hello, .originRefused(Array(long[..<256]))])
    }

    @Test func anErrorStays() {
        var reader = ControlReader(from: .worker)
        var buffer = ByteBuffer()
        buffer.append(copyOf: [9, 0, 8, 0, 0, 0, 0, 0])
        #expect(throws: RelayError.unexpectedType(9)) { _ = try reader.next(buffer.readable) }
        buffer.removeAll()
        #expect(throws: RelayError.unexpectedType(9)) { _ = try reader.next(buffer.readable) }
    }

    @Test func randomBytesNeverTrap() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<5000 {
            var bytes = encode(Self.fromWorker)
            for _ in 0..<2 { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
            _ = error(bytes, from: random.happens(percent: 90) ? .worker : .master)
        }
    }
}
