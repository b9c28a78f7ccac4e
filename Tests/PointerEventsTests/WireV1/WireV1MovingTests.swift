import ByteCore
import TestSupport
import Testing

@testable import PointerEvents

/// What messages build upon, where they go on elsewhere.
@Suite struct WireV1MovingTests {
    private var state: WireV1State {
        var state = Array("~abc".utf8).withUnsafeBytes { WireV1State(id: $0) }
        state.place.clock = 0x0102
        state.place.number = 0x0304
        (state.place.x, state.place.y) = (5, -1)
        (state.place.scrollX, state.place.scrollY) = (7, 8)
        state.place.beat = 9
        state.place.flags = [.begun, .nameUnsaid]
        (state.place.pointerType, state.place.lateCount, state.place.lateNumber) = (3, 2, 1)
        Array("Zoë".utf8).withUnsafeBytes { state.name.set(to: $0) }
        return state
    }

    private func record(_ state: WireV1State) -> [UInt8] {
        var buffer = ByteBuffer()
        state.appendMoved(to: &buffer)
        return Array(buffer.readable)
    }

    @Test func bytes() throws {
        let bytes = record(state)
        let expected: [UInt8] =
            [
                2, 1, 0, 0, 0, 0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0,  // clock, number
                5, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0, 0, 0, 8, 0, 0, 0,  // x, y, scroll x, scroll y
                9, 0, 0, 0, 0x41, 3, 2, 1,  // beat, flags, pointer, late count and number
                0x7E, 0x61, 0x62, 0x63,  // id
            ] + [UInt8](repeating: 0, count: 20) + [0x5A, 0x6F, 0xC3, 0xAB]  // name
            + [UInt8](repeating: 0, count: 60) + [4, 4, 0, 0, 0, 0, 0, 0]
        #expect(bytes == expected)
        let read = try #require(bytes.withUnsafeBytes { WireV1State(moved: $0) })
        #expect(read == state)
    }

    @Test func whatCannotBeIsRefused() {
        let sound = record(state)
        func isRefused(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { WireV1State(moved: $0) == nil } }
        #expect(!isRefused(sound))
        #expect(isRefused(sound + [0]))
        #expect(isRefused(Array(sound.dropLast())))
        for (offset, byte) in [
            (7, 0x80), (7, 1), (19, 2), (23, 0x7F), (27, 0x81), (31, 2), (32, 21), (35, 0x80), (36, 0x80),
            (37, 4),
            (40, 0xC3), (66, 0x20), (64, 7), (128, 25), (129, 65),
        ] as [(Int, UInt8)] {
            var bytes = sound
            bytes[offset] = byte
            #expect(isRefused(bytes), "\(offset)")
        }
    }
}
