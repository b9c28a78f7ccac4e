import ByteCore
import PointerEvents
import Testing

@testable import RelayWire

/// The wire's layouts, byte by byte; all of them in the host's order, here little-endian.
struct RecordLayoutTests {
    @Test func sizesAreWholeWords() {
        #expect(MemoryLayout<RelayHeader>.size == 8)
        #expect(MemoryLayout<RelayHello>.size == 8)
        #expect(MemoryLayout<PointerSample>.size == RelayRecordType.sampleBytes)
        #expect(MemoryLayout<PointerSample>.stride == 64)
        #expect(MemoryLayout<PointerSample>.alignment == 8)
        #expect(MemoryLayout<PointerSample>.offset(of: \.kind) == RelayRecordType.kindOffset)
        #expect(MemoryLayout<PointerSample>.offset(of: \.page) == RelayRecordType.pageOffset)
        #expect(
            MemoryLayout<PointerSample>.offset(of: \.fields) == MemoryLayout<RelayHeader>.offset(of: \.detail)
        )
        #expect(
            MemoryLayout<PointerSample>.offset(of: \.slot) == MemoryLayout<RelayHeader>.offset(of: \.slot))
        #expect(MemoryLayout<PointerSample>.offset(of: \.receivedNanoseconds) == 8)
        #expect(MemoryLayout<PointerSample>.offset(of: \.x) == 16)
        #expect(MemoryLayout<PointerSample>.offset(of: \.height) == 48)
        #expect(RelayRecordType.textBytes(256) == RelayLimits.recordBytes)
        #expect(PointerSample.recordType == RelayRecordType.sample.rawValue)
    }

    @Test func boundsOfKindAndFieldsFollowTheirTypes() {
        let greatest = PointerKind.allCases.map(\.rawValue).max()
        #expect(greatest == RelayRecordType.greatestKind)
        let known: SampleFields = [.clientTime, .kind, .buttons, .width, .height, .page, .tail]
        #expect(known.rawValue == ~RelayRecordType.unknownFields)
    }

    @Test func helloBytes() {
        var queue = RelayQueue()
        let expected: [UInt8] = [
            0, 0, 16, 0, 0, 0, 0, 0,  // type, detail, length, slot
            0x74, 0x64, 0x53, 0x50, 5, 0, 64, 0,  // magic, version, sample bytes
        ]
        #expect(queue.drain() == expected)
        var buffer = ByteBuffer()
        buffer.appendRelayHello()
        #expect(Array(buffer.readable) == expected)
    }

    @Test func joinBytes() {
        var queue = RelayQueue()
        _ = queue.drain()
        withBytes(of: "ab") { id in
            queue.appendJoin(
                slot: 0x0102, connection: 0x0A, receivedNanoseconds: 0x0B, id: id, stamp: 0x0C,
                instance: 0x0D)
        }
        let expected: [UInt8] =
            [
                2, 0, 112, 0, 0x02, 0x01, 0, 0,  // type, detail, length, slot
                0x0A, 0, 0, 0, 0, 0, 0, 0,  // connection
                0x0B, 0, 0, 0, 0, 0, 0, 0,  // receivedNanoseconds
                2, 0, 0, 0, 0, 0, 0, 0,  // idLength, zero
                0x61, 0x62,  // id
            ] + [UInt8](repeating: 0, count: 62) + [
                0x0C, 0, 0, 0, 0, 0, 0, 0,  // stamp
                0x0D, 0, 0, 0, 0, 0, 0, 0,  // instance
            ]
        #expect(queue.drain() == expected)
    }

    @Test func shortRecordBytes() {
        var queue = RelayQueue()
        _ = queue.drain()
        queue.appendLeave(slot: 5, connection: 6)
        queue.appendLeave(slot: 5, connection: 6, mayReturn: true)
        queue.appendClosed(connection: 6)
        #expect(
            queue.drain() == [
                3, 0, 16, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,  // leave
                3, 1, 16, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,  // leave of who may return
                5, 0, 16, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,  // closed
            ])
        var buffer = ByteBuffer()
        buffer.appendRelayConnection(7, isFirst: true)
        buffer.appendRelayConnection(8, isFirst: false)
        #expect(
            Array(buffer.readable) == [
                6, 1, 16, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // connection, first of its message
                6, 0, 16, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func bytesOfAConnectionThatMoves() {
        var queue = RelayQueue()
        _ = queue.drain()
        queue.appendMoving(slot: 5, connection: 6)
        queue.appendMoved(connection: 6, state: [1, 2, 3], descriptor: 9)
        queue.appendMoved(connection: 7, state: [], descriptor: nil)
        queue.appendAdopted(connection: 8)
        withBytes(of: "a") { id in
            queue.appendJoin(slot: 1, connection: 8, receivedNanoseconds: 2, id: id, isMoved: true)
        }
        let bytes = queue.drain()
        #expect(
            Array(bytes[..<72]) == [
                3, 2, 16, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,  // leave of one who moves
                8, 0, 0, 0, 32, 0, 0, 0,  // type, alone, 0, length
                6, 0, 0, 0, 0, 0, 0, 0,  // connection
                3, 0, 0, 0, 0, 0, 0, 0,  // bytes of the state, zero
                1, 2, 3, 0, 0, 0, 0, 0,  // state, zeros
                8, 1, 0, 0, 24, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,  // without a descriptor
                0, 0, 0, 0, 0, 0, 0, 0,
            ])
        #expect(Array(bytes[72..<88]) == [10, 0, 16, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[88..<96]) == [2, 1, 112, 0, 1, 0, 0, 0])
        var buffer = ByteBuffer()
        ([1, 2, 3] as [UInt8]).withUnsafeBytes { buffer.appendRelayAdopt(6, state: $0) }
        ([] as [UInt8]).withUnsafeBytes { buffer.appendRelayAdopt(7, state: $0, isAlone: true) }
        #expect(
            Array(buffer.readable) == [
                9, 0, 0, 0, 32, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
                1, 2, 3, 0, 0, 0, 0, 0,
                9, 1, 0, 0, 24, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func pageBytesFillWholeWords() {
        var queue = RelayQueue()
        _ = queue.drain()
        queue.appendPage(index: 1, path: "/a")
        queue.appendPage(index: 2, path: "/abcdef")
        #expect(
            queue.drain() == [
                4, 0, 16, 0, 1, 0, 0, 0,  // type, detail, length, index
                2, 0, 0x2F, 0x61, 0, 0, 0, 0,  // byteCount, "/a", zeros
                4, 0, 24, 0, 2, 0, 0, 0,
                7, 0, 0x2F, 0x61, 0x62, 0x63, 0x64, 0x65,
                0x66, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func textsOfTheOtherKinds() {
        var queue = RelayQueue()
        _ = queue.drain()
        queue.appendText(.name, index: 1, text: "Jo")
        queue.appendText(.element, index: 1, text: "")
        #expect(
            queue.drain() == [
                4, 1, 16, 0, 1, 0, 0, 0,  // type, detail, length, index
                2, 0, 0x4A, 0x6F, 0, 0, 0, 0,
                4, 2, 16, 0, 1, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0,
            ])
        queue.appendNoText(.name, index: 2)
        #expect(
            queue.drain() == [
                4, 1, 16, 0, 2, 0, 0, 0,  // type, detail, length, index
                0xFF, 0xFF, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test func tailBytes() {
        #expect(MemoryLayout<SampleTail>.size == 48)
        #expect(MemoryLayout<SampleTail>.alignment == 8)
        var queue = RelayQueue()
        _ = queue.drain()
        var tail = SampleTail()
        tail.scrollY = 1
        tail.element = 0x0102
        tail.pointerType = 3
        tail.fields = [.scrollY, .element, .pointerType]
        queue.append(makeSample(slot: 3, .click), tail: tail)
        let bytes = queue.drain()
        #expect(bytes.count == RelayRecordType.tailedSampleBytes)
        #expect(Array(bytes[..<8]) == [1, 0x40, 112, 0, 3, 0, 0, 0])  // type, fields, length, slot
        #expect(
            Array(bytes[64...]) == [UInt8](repeating: 0, count: 8) + [
                0, 0, 0, 0, 0, 0, 0xF0, 0x3F,  // scroll y
                0, 0, 0, 0, 0, 0, 0, 0,  // document width
                0, 0, 0, 0, 0, 0, 0, 0,  // document height
                0, 0, 0, 0, 0x02, 0x01, 0, 0,  // name, element
                0x52, 3, 0, 0, 0, 0, 0, 0,  // fields, pointer type
            ])
    }

    @Test func identityKeyBytes() {
        var buffer = ByteBuffer()
        let key = Array(UInt8(1)...32)
        key.withUnsafeBytes { buffer.appendRelayIdentityKey($0) }
        #expect(Array(buffer.readable) == [7, 0, 40, 0, 0, 0, 0, 0] + key)
    }

    @Test func sampleBytes() {
        var queue = RelayQueue()
        _ = queue.drain()
        var sample = makeSample(slot: 3, .click, x: 1)
        sample.fields = .kind
        queue.append(sample)
        let bytes = queue.drain()
        #expect(bytes.count == 64)
        #expect(Array(bytes[..<16]) == [1, 2, 64, 0, 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[16..<24]) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(bytes[62] == PointerKind.click.rawValue)
    }
}
