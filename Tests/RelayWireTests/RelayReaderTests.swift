import ByteCore
import PointerEvents
import Testing

@testable import RelayWire

struct RelayReaderTests {
    private static let clicked = Surroundings(
        width: 800,
        tail: .init(
            scrollX: -0.5, scrollY: 1e9, documentWidth: 0, documentHeight: 9_000, pointerType: 3, name: 1,
            element: 65_535))

    /// Every record a worker writes, once.
    private func workerStream() -> (bytes: [UInt8], told: [Told]) {
        var queue = RelayQueue()
        queue.appendJoin(slot: 0, connection: 11, id: "user123")
        queue.appendPage(index: 4, path: "/prices")
        var sample = makeSample(slot: 0, .scroll, x: 812)
        sample.fields = [.kind, .page]
        sample.page = 4
        queue.append(sample)
        queue.appendJoin(slot: 70_000, connection: 11, id: "Zoë")
        queue.append(slot: 70_000, .click, x: -1.5)
        queue.appendText(.name, index: 1, text: "Zoë")
        queue.appendText(.element, index: 65_535, text: "button.buy")
        queue.appendNoText(.page, index: 4096)
        queue.append(slot: 70_000, .click, x: 2, says: Self.clicked)
        queue.appendLeave(slot: 70_000, connection: 11, mayReturn: true)
        queue.appendLeave(slot: 0, connection: 11)
        queue.appendClosed(connection: 11)
        let told: [Told] = [
            .hello,
            .join(slot: 0, connection: 11, received: 7, id: Array("user123".utf8)),
            .text(.page, index: 4, bytes: Array("/prices".utf8)),
            .sample(slot: 0, kind: .scroll, x: 812, says: Surroundings(page: 4)),
            .join(slot: 70_000, connection: 11, received: 7, id: Array("Zoë".utf8)),
            .sample(slot: 70_000, kind: .click, x: -1.5),
            .text(.name, index: 1, bytes: Array("Zoë".utf8)),
            .text(.element, index: 65_535, bytes: Array("button.buy".utf8)),
            .noText(.page, index: 4096),
            .sample(slot: 70_000, kind: .click, x: 2, says: Self.clicked),
            .leave(slot: 70_000, connection: 11, mayReturn: true),
            .leave(slot: 0, connection: 11),
            .closed(11),
        ]
        return (queue.drain(), told)
    }

    @Test func readsEveryRecordOfAWorker() throws {
        let stream = workerStream()
        var inbox = Inbox()
        #expect(try inbox.receive(stream.bytes) == stream.told)
        #expect(inbox.rest == 0)
    }

    @Test func readsOneByteAtATime() throws {
        let stream = workerStream()
        var inbox = Inbox()
        var told: [Told] = []
        for byte in stream.bytes { told += try inbox.receive([byte]) }
        #expect(told == stream.told)
    }

    @Test func readsEveryRecordOfAMaster() throws {
        var buffer = ByteBuffer()
        buffer.appendRelayHello()
        let key = [UInt8](repeating: 7, count: 32)
        key.withUnsafeBytes { buffer.appendRelayIdentityKey($0) }
        buffer.appendRelayConnection(.max, isFirst: true)
        ([1, 2, 3] as [UInt8]).withUnsafeBytes { buffer.appendRelayAdopt(5, state: $0) }
        let bytes = Array(buffer.readable)
        let expected: [Told] = [
            .hello, .identityKey(key), .connection(.max, isFirst: true), .adopt(5, state: [1, 2, 3]),
        ]
        for cut in 0...bytes.count {
            var inbox = Inbox(from: .master)
            var told = try inbox.receive(Array(bytes[..<cut]))
            told += try inbox.receive(Array(bytes[cut...]))
            #expect(told == expected)
        }
        var inbox = Inbox(from: .master)
        var told: [Told] = []
        for byte in bytes { told += try inbox.receive([byte]) }
        #expect(told == expected)
    }

    private func spoiled(at offset: Int, with bytes: [UInt8], in stream: [UInt8]) -> [UInt8] {
        var stream = stream
        stream.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return stream
    }

    private func error(_ bytes: [UInt8], from peer: ChannelPeer = .worker) -> RelayError? {
        var inbox = Inbox(from: peer)
        do throws(RelayError) {
            _ = try inbox.receive(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesAnotherProtocol() {
        let stream = workerStream().bytes
        #expect(error(spoiled(at: 8, with: [0], in: stream)) == .wrongMagic(0x5053_6400))
        #expect(error(spoiled(at: 12, with: [9], in: stream)) == .otherVersion(9))
        #expect(error(spoiled(at: 14, with: [72], in: stream)) == .otherVersion(5))
        #expect(error(Array(stream[16...])) == .helloOutOfPlace)
        #expect(error(Array(stream[..<16]) + stream) == .helloOutOfPlace)
    }

    @Test func refusesWhatGoesTheOtherWay() {
        let stream = workerStream().bytes
        #expect(error(stream, from: .master) == .unexpectedType(2))
        var buffer = ByteBuffer()
        buffer.appendRelayHello()
        buffer.appendRelayConnection(1, isFirst: true)
        #expect(error(Array(buffer.readable)) == .unexpectedType(6))
        #expect(error(spoiled(at: 16, with: [13], in: stream)) == .unexpectedType(13))
        #expect(error(spoiled(at: 16, with: [9], in: stream)) == .unexpectedType(9))
    }

    /// A length is judged before the bytes it promises are waited for.
    @Test func refusesALengthFromTheHeaderAlone() {
        let hello = Array(workerStream().bytes[..<16])
        for (type, length) in [(1, 72), (1, 112), (2, 96), (3, 0), (4, 8), (4, 20), (4, 280), (5, 24)] {
            let header: [UInt8] = [UInt8(type), 0, UInt8(length & 255), UInt8(length >> 8), 0, 0, 0, 0]
            #expect(error(hello + header) == .wrongLength(type: UInt8(type), length: UInt16(length)))
        }
        #expect(error([0, 0, 8, 0, 0, 0, 0, 0]) == .wrongLength(type: 0, length: 8))
    }

    @Test func refusesSlotsThatDoNotFit() {
        var queue = RelayQueue()
        let hello = queue.drain()
        queue.append(slot: 3, .move, x: 0)
        #expect(error(hello + queue.drain()) == .slotVacant(3))
        queue.appendLeave(slot: 4, connection: 1)
        #expect(error(hello + queue.drain()) == .slotVacant(4))
        queue.appendJoin(slot: 5, connection: 1, id: "a")
        queue.appendJoin(slot: 5, connection: 2, id: "b")
        #expect(error(hello + queue.drain()) == .slotTaken(5))
        queue.append(slot: .max, .move, x: 0)
        #expect(error(hello + queue.drain()) == .outOfRange(type: 1, index: .max))
        queue.appendJoin(slot: 5, connection: 1, id: "a")
        let far = spoiled(at: 4, with: [0, 0, 4, 0], in: queue.drain())
        #expect(error(hello + far) == .outOfRange(type: 2, index: 1 << 18))
        queue.appendPage(index: 5, path: "a")
        let farPage = spoiled(at: 4, with: [0, 0, 1, 0], in: queue.drain())
        #expect(error(hello + farPage) == .outOfRange(type: 4, index: 1 << 16))
        queue.appendJoin(slot: 5, connection: 1, id: "a")
        queue.appendLeave(slot: 5, connection: 1)
        queue.append(slot: 5, .move, x: 0)
        #expect(error(hello + queue.drain()) == .slotVacant(5))
    }

    @Test func refusesValuesNoWorkerWrites() {
        var queue = RelayQueue()
        queue.appendJoin(slot: 0, connection: 1, id: "a")
        let opening = queue.drain()
        for value in [Double.nan, .infinity, -.infinity, .signalingNaN] {
            for path in [\PointerSample.x, \.y, \.clientTime, \.width, \.height] {
                var sample = makeSample(slot: 0)
                sample[keyPath: path] = value
                queue.append(sample)
                #expect(error(opening + queue.drain()) == .badSample)
            }
        }
        for received in [Int64.min, -1, 1 << 62, .max] {
            var sample = makeSample(slot: 0)
            sample.receivedNanoseconds = received
            queue.append(sample)
            #expect(error(opening + queue.drain()) == .badSample)
        }
        queue.append(slot: 0, .leave, x: .greatestFiniteMagnitude)
        let sound = queue.drain()
        #expect(error(opening + sound) == nil)
        #expect(error(opening + spoiled(at: 62, with: [8], in: sound)) == .badSample)
        #expect(error(opening + spoiled(at: 1, with: [0x80], in: sound)) == .badSample)
        #expect(error(opening + spoiled(at: 1, with: [0x20], in: sound)) == .textUnknown(.page, 0))
        #expect(
            error(opening + spoiled(at: 1, with: [0x40], in: sound)) == .wrongLength(type: 1, length: 64))
    }

    @Test func refusesTailsNoWorkerWrites() {
        var queue = RelayQueue()
        queue.appendJoin(slot: 0, connection: 1, id: "a")
        queue.appendText(.name, index: 1, text: "Zoë")
        queue.appendText(.element, index: 65_535, text: "a")
        let opening = queue.drain()
        for path in [\SampleTail.scrollX, \.scrollY, \.documentWidth, \.documentHeight] {
            for value in [Double.nan, .infinity, -.infinity, -1] {
                var tail = Self.clicked.tail?.wire ?? SampleTail()
                tail[keyPath: path] = value
                queue.append(makeSample(slot: 0), tail: tail)
                let isSound = value == -1 && (path == \.scrollX || path == \.scrollY)
                #expect(error(opening + queue.drain()) == (isSound ? nil : .badSample))
            }
        }
        queue.append(slot: 0, .click, x: 1, says: Self.clicked)
        let sound = queue.drain()
        #expect(error(opening + sound) == nil)
        #expect(error(opening + spoiled(at: 1, with: [8], in: sound)) == .wrongLength(type: 1, length: 112))
        #expect(error(opening + spoiled(at: 1, with: [0xC8], in: sound)) == .badSample)
        #expect(error(opening + spoiled(at: 1, with: [0x68], in: sound)) == .textUnknown(.page, 0))
        #expect(error(opening + spoiled(at: 96, with: [0], in: sound)) == .textUnknown(.name, 0))
        #expect(error(opening + spoiled(at: 100, with: [0], in: sound)) == .textUnknown(.element, 65_280))
        #expect(error(opening + spoiled(at: 104, with: [0xFF], in: sound)) == .badSample)
        #expect(error(opening + spoiled(at: 105, with: [4], in: sound)) == .badSample)
        #expect(error(opening + spoiled(at: 4, with: [1], in: sound)) == .slotVacant(1))
    }

    @Test func refusesALeaveThatSaysMore() {
        var queue = RelayQueue()
        queue.appendJoin(slot: 0, connection: 1, id: "a")
        let opening = queue.drain()
        queue.appendLeave(slot: 0, connection: 1, mayReturn: true)
        #expect(error(opening + spoiled(at: 1, with: [3], in: queue.drain())) == .badSample)
    }

    @Test func refusesMovesNoWorkerWrites() {
        var queue = RelayQueue()
        let hello = queue.drain()
        queue.appendMoved(connection: 1, state: [1, 2, 3], descriptor: nil)
        let sound = queue.drain()
        #expect(error(hello + sound) == nil)
        #expect(error(hello + spoiled(at: 1, with: [2], in: sound)) == .badSample)
        // A length of 16 bits, none at all, no whole words, more than may be; judged by the header alone.
        let lengths: [[UInt8]] = [[0, 0], [36, 0], [0x20, 0, 4, 0], [16, 0]]
        for length in lengths {
            let header = spoiled(at: 4, with: length, in: Array(sound[..<8]))
            #expect(error(hello + header) == .wrongLength(type: 8, length: 0))
        }
        #expect(error(hello + spoiled(at: 2, with: [32], in: sound)) == .wrongLength(type: 8, length: 32))
        // A state that is longer or shorter than its record.
        #expect(error(hello + spoiled(at: 16, with: [9], in: sound)) == .wrongLength(type: 8, length: 9))
        #expect(error(hello + spoiled(at: 16, with: [0], in: sound)) == .wrongLength(type: 8, length: 0))
        queue.appendMoving(slot: 3, connection: 1)
        #expect(error(hello + queue.drain()) == .slotVacant(3))
        let most = [UInt8](repeating: 5, count: RelayLimits.movedStateBytes)
        queue.appendMoved(connection: 1, state: most, descriptor: nil)
        #expect(error(hello + queue.drain()) == nil)
    }

    @Test func refusesBadTexts() {
        var queue = RelayQueue()
        let hello = queue.drain()
        queue.appendJoin(slot: 0, connection: 1, id: "abc")
        let join = queue.drain()
        #expect(error(hello + spoiled(at: 24, with: [0], in: join)) == .badText(type: 2))
        #expect(error(hello + spoiled(at: 24, with: [65], in: join)) == .badText(type: 2))
        #expect(error(hello + spoiled(at: 24, with: [1, 0, 0, 0x80], in: join)) == .badText(type: 2))
        #expect(error(hello + spoiled(at: 34, with: [0xC3], in: join)) == .badText(type: 2))
        #expect(error(hello + spoiled(at: 23, with: [0x80], in: join)) == .badSample)
        queue.appendPage(index: 0, path: "/abc")
        let page = queue.drain()
        #expect(error(hello + spoiled(at: 8, with: [7], in: page)) == .badText(type: 4))
        #expect(error(hello + spoiled(at: 8, with: [0xFE, 0xFF], in: page)) == .badText(type: 4))
        #expect(error(hello + spoiled(at: 13, with: [0x80], in: page)) == .badText(type: 4))
        #expect(error(hello + spoiled(at: 1, with: [3], in: page)) == .badText(type: 4))
        queue.appendPage(index: 0, path: "")
        let empty = queue.drain()
        #expect(error(hello + empty) == nil)
        #expect(error(hello + spoiled(at: 1, with: [2], in: empty)) == nil)
        #expect(error(hello + spoiled(at: 1, with: [1], in: empty)) == .badText(type: 4))
        queue.appendPage(index: 0, path: String(repeating: "n", count: 65))
        let long = queue.drain()
        #expect(error(hello + spoiled(at: 1, with: [1], in: long)) == .badText(type: 4))
        #expect(error(hello + spoiled(at: 1, with: [2], in: long)) == .badText(type: 4))
    }

    @Test func anErrorStays() {
        var inbox = Inbox()
        #expect(throws: RelayError.unexpectedType(99)) { try inbox.receive([99, 0, 8, 0, 0, 0, 0, 0]) }
        #expect(throws: RelayError.unexpectedType(99)) { try inbox.receive([]) }
    }
}
