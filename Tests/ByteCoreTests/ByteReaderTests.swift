import ByteCore
import Testing

struct ByteReaderTests {
    @Test func readsBothByteOrders() {
        let bytes: [UInt8] = [
            0x01,  // a byte
            0x12, 0x34,  // big endian
            0x34, 0x12,  // little endian
            0xFF, 0xFF, 0xFF, 0xFE,  // -2, big endian
            0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,  // little endian
            0xAA, 0xBB,  // bytes
        ]
        bytes.withUnsafeBytes { memory in
            var reader = ByteReader(memory)
            let byte = reader.readByte()
            let big = reader.readBigEndian(UInt16.self)
            let little = reader.readLittleEndian(UInt16.self)
            let signed = reader.readBigEndian(Int32.self)
            let long = reader.readLittleEndian(UInt64.self)
            #expect(byte == 0x01)
            #expect(big == 0x1234)
            #expect(little == 0x1234)
            #expect(signed == -2)
            #expect(long == 0x0102_0304_0506_0708)
            #expect(reader.remaining == 2)
            let rest = reader.readBytes(2).map(Array.init)
            #expect(rest == [0xAA, 0xBB])
            #expect(reader.position == bytes.count)
        }
    }

    /// A read that does not fit moves nothing.
    @Test func stopsAtTheEnd() {
        let bytes: [UInt8] = [1, 2, 3]
        bytes.withUnsafeBytes { memory in
            var reader = ByteReader(memory)
            let integer = reader.readBigEndian(UInt32.self)
            let runs = [reader.readBytes(4), reader.readBytes(-1)]
            let skips = [reader.skip(4), reader.skip(-1), reader.skip(.max)]
            #expect(integer == nil)
            #expect(runs.allSatisfy { $0 == nil })
            #expect(skips == [false, false, false])
            #expect(reader.position == 0)
            let isAtEnd = reader.skip(3)
            let pastEnd = [reader.readByte(), reader.readLittleEndian(UInt8.self)]
            let nothing = reader.readBytes(0)?.count
            #expect(isAtEnd)
            #expect(pastEnd == [nil, nil])
            #expect(nothing == 0)
            #expect(reader.position == 3)
        }
    }

    @Test func readsMemoryWithoutAnAddress() {
        var reader = ByteReader(UnsafeRawBufferPointer(start: nil, count: 0))
        let pastEnd = [reader.readByte(), reader.readBigEndian(UInt8.self)]
        let nothing = reader.readBytes(0)?.count
        #expect(pastEnd == [nil, nil])
        #expect(nothing == 0)
    }
}
