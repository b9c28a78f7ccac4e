import ByteCore
import TestSupport
import Testing

struct ByteBufferTests {
    @Test func growsWithoutLosingWhatIsUnread() {
        var buffer = ByteBuffer(capacity: 16)
        for byte in 0..<200 { buffer.append(UInt8(byte)) }
        buffer.consume(50)
        for byte in 200..<256 { buffer.append(UInt8(byte)) }
        let bytes = [UInt8](buffer.readable)
        #expect(bytes == (50..<256).map { UInt8($0) })
    }

    @Test func reusesTheSpaceOfWhatWasConsumed() {
        var buffer = ByteBuffer(capacity: 64)
        for _ in 0..<1_000 {
            buffer.append("0123456789012345678901234567890123456789")
            buffer.consume(40)
        }
        let (capacity, isEmpty) = (buffer.capacity, buffer.isEmpty)
        #expect(capacity == 64)
        #expect(isEmpty)
    }

    @Test func givesBackStorageOverTheLimit() {
        var buffer = ByteBuffer(capacity: 16)
        for _ in 0..<100 { buffer.append("0123456789") }
        buffer.removeAll(shrinkingTo: 4_096)
        let kept = buffer.capacity
        buffer.removeAll(shrinkingTo: 32)
        let shrunk = buffer.capacity
        buffer.append("still works")
        let text = String(decoding: buffer.readable, as: UTF8.self)
        #expect(kept >= 1_000)
        #expect(shrunk == 32)
        #expect(text == "still works")
    }

    @Test func writesInPlaceAndCutsAtTheEnd() {
        var buffer = ByteBuffer(capacity: 16)
        let wrote = buffer.appendInPlace(minimum: 100) { space in
            space.copyBytes(from: [1, 2, 3, 4])
            return space.count >= 100 ? 4 : 0
        }
        buffer.truncate(by: 1)
        buffer.append(memoryOf: UInt16(0x0605).littleEndian)
        buffer.append(text: "é")
        let bytes = [UInt8](buffer.readable)
        #expect(wrote == 4)
        #expect(bytes == [1, 2, 3, 5, 6, 0xC3, 0xA9])
    }

    /// Random operations against an array that does the same.
    @Test func behavesAsAnArrayDoes() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<200 {
            var buffer = ByteBuffer(capacity: random.below(40))
            var model: [UInt8] = []
            for _ in 0..<60 {
                switch random.below(5) {
                case 0:
                    let byte = UInt8(random.below(256))
                    buffer.append(byte)
                    model.append(byte)
                case 1, 2:
                    let bytes = (0..<random.below(50)).map { _ in UInt8(random.below(256)) }
                    bytes.withUnsafeBytes { buffer.append($0) }
                    model += bytes
                case 3:
                    let count = random.below(model.count + 1)
                    buffer.consume(count)
                    model.removeFirst(count)
                default:
                    let count = random.below(model.count + 1) / 3
                    buffer.truncate(by: count)
                    model.removeLast(count)
                }
                let (bytes, count) = ([UInt8](buffer.readable), buffer.count)
                #expect(bytes == model)
                #expect(count == model.count)
            }
        }
    }
}
