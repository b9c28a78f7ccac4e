import Testing
import WebSocketWire

private func frame(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) -> WireFrame {
    WireFrame(opcode: opcode, payload: payload, isFinal: isFinal, key: nil)
}

private func hearSkipping(_ frames: [WireFrame]) -> [Heard] {
    let bytes = frames.bytes
    expectSameWhateverTheCut(bytes, role: .client, kinds: .skipped)
    return hear(bytes, role: .client, kinds: .skipped)
}

@Suite("Messages that nobody looks at")
struct SkippedMessageTests {
    @Test("are passed over whatever their size, kind and number of fragments; controls in between are heard")
    func passedOver() {
        let fragments = (0..<80).flatMap { index -> [WireFrame] in
            let part = frame(
                index == 0 ? 2 : 0, [UInt8](repeating: 0xFF, count: index * 7), isFinal: index == 79)
            return index == 40 ? [frame(9, [1, 2]), part] : [part]
        }
        let large = [UInt8](repeating: 0xC3, count: 100 * 1024)
        let stream =
            [frame(1), frame(1, Array("a".utf8)), frame(1, large), frame(9, [3])] + fragments
            + [frame(10, [4]), frame(2, large), frame(8, [0x03, 0xE9])]
        #expect(hearSkipping(stream) == [.ping([3]), .ping([1, 2]), .pong([4]), .close(1001, [])])
    }

    @Test("are held in no memory: nothing but a header or a control frame is waited for")
    func constantMemory() {
        var listener = Listener(.client, .skipped)
        let header = WireFrame(opcode: 2, key: nil, declaredLength: UInt64(Int64.max)).bytes
        for end in 1..<header.count {
            listener.receive([header[end - 1]])
            #expect(listener.needed <= WebSocketLimits.headerBytes)
        }
        listener.receive([header[header.count - 1]])
        let piece = [UInt8](repeating: 0x88, count: 64 * 1024)
        for _ in 0..<40 {
            listener.receive(piece)
            #expect(listener.needed == 1)
        }
        #expect(listener.heard.isEmpty)
        #expect(listener.connection.isOpen == true)
    }

    @Test(
        "still have to keep to the framing",
        arguments: [
            [WireFrame(opcode: 2, key: nil, declaredLength: 1 << 63)],
            [WireFrame(opcode: 1, payload: [0x61])],
            [WireFrame(opcode: 1, payload: [0x61], key: nil, lengthBytes: 2)],
            [WireFrame(opcode: 1, reservedBits: 4, key: nil)],
            [frame(0, [0x61])],
            [frame(1, [0x61], isFinal: false), frame(1, [0x61])],
            [frame(1, [0x61], isFinal: false), frame(0, [0x61]), frame(0)],
            [frame(9, [UInt8](repeating: 0, count: 126))],
            [frame(3)],
        ])
    func violations(frames: [WireFrame]) {
        #expect(hearSkipping(frames).last == .violation(1002))
    }

    @Test("are passed over behind our own close frame too, until the other end's comes")
    func behindOurClose() {
        var listener = Listener(.client, .skipped)
        _ = listener.connection.close(.goingAway, into: &listener.output, maskKey: 1)
        listener.receive([frame(1, [UInt8](repeating: 0x61, count: 70_000)), frame(8, [0x03, 0xE9])].bytes)
        #expect(listener.heard == [.close(1001, [])])
    }

    @Test("may be masked where the other end is a client")
    func fromClient() {
        let stream = [
            WireFrame(opcode: 2, payload: [UInt8](repeating: 9, count: 66_000)), WireFrame(opcode: 9),
        ]
        #expect(hear(stream.bytes, kinds: .skipped) == [.ping([])])
    }
}
