import ByteCore
import Testing

struct ByteReaderTests {
    @Test func readsToTheEndAndNotPastIt() {
        let bytes: [UInt8] = [1, 2, 0xFF]
        bytes.withUnsafeBytes { memory in
            var reader = ByteReader(memory)
            let read = (0..<5).map { _ in reader.readByte() }
            #expect(read == [1, 2, 0xFF, nil, nil])
        }
    }

    @Test func readsMemoryWithoutAnAddress() {
        var reader = ByteReader(UnsafeRawBufferPointer(start: nil, count: 0))
        let byte = reader.readByte()
        #expect(byte == nil)
    }
}
