import ByteCore
import Testing
import WebSocketWire

@Suite("Malformed frames")
struct MalformedTests {
    @Test(
        "are answered with their close code, once, and nothing is read behind them",
        arguments: MalformedFrames.all)
    func refused(_ malformed: MalformedFrames) {
        var listener = Listener()
        listener.receive(malformed.bytes)
        listener.receive(WireFrame.text("[]").bytes + WireFrame.close(1000).bytes)
        #expect(listener.heard.last == .violation(malformed.code))
        #expect(listener.actions == [.shutDown])
        #expect(listener.connection.hasEnded == true)
        #expect(listener.connection.isOpen == false)
        // A close frame of that code and nothing else is what goes out.
        let output = Array(listener.output.readable)
        #expect(output.count >= 4 && output[0] == 0x88 && Int(output[1]) == output.count - 2)
        #expect(UInt16(output[2]) << 8 | UInt16(output[3]) == malformed.code)
    }

    @Test("are refused alike however they are cut", arguments: MalformedFrames.all)
    func whateverTheCut(_ malformed: MalformedFrames) {
        expectSameWhateverTheCut(malformed.bytes)
    }

    @Test("hear alike and refuse alike as the simple model does", arguments: MalformedFrames.all)
    func asTheModel(_ malformed: MalformedFrames) {
        #expect(hear(malformed.bytes) == SimpleModel.hear(malformed.bytes, role: .server, kinds: .text))
    }

    @Test("are many and named once")
    func cover() {
        #expect(MalformedFrames.all.count >= 60)
        #expect(Set(MalformedFrames.all.map(\.name)).count == MalformedFrames.all.count)
    }

    @Test("of a server are refused by a client too")
    func fromServer() {
        for opcode: UInt8 in [3, 7, 11, 15] {
            #expect(hear(WireFrame(opcode: opcode, key: nil).bytes, role: .client) == [.violation(1002)])
        }
        let reserved = WireFrame(opcode: 1, reservedBits: 4, key: nil).bytes
        #expect(hear(reserved, role: .client) == [.violation(1002)])
        let big = WireFrame(opcode: 1, key: nil, declaredLength: 65_537).bytes
        #expect(hear(big, role: .client) == [.violation(1009)])
        let bad = WireFrame(opcode: 1, payload: [0xFF], key: nil).bytes
        #expect(hear(bad, role: .client) == [.violation(1007)])
        expectSameWhateverTheCut(bad, role: .client)
    }

    @Test("of the other kind are refused by a connection of binary messages")
    func textWhereBinaryIsSpoken() {
        #expect(hear(WireFrame.text("[]").bytes, kinds: .binary) == [.violation(1003)])
        // Where nothing is spoken a frame that came whole is refused like one that came in pieces.
        #expect(hear(WireFrame.text("[]").bytes, kinds: []) == [.violation(1003)])
        #expect(hear(WireFrame(opcode: 2, payload: [0x5B, 0x5D]).bytes, kinds: []) == [.violation(1003)])
        #expect(
            hear(WireFrame(opcode: 2, payload: [0xFF]).bytes, kinds: .binary) == [.message([0xFF], .binary)])
        let both = [WireFrame.text("a"), WireFrame(opcode: 2, payload: [0xFF])].bytes
        #expect(
            hear(both, kinds: [.text, .binary]) == [.message([0x61], .text), .message([0xFF], .binary)])
        expectSameWhateverTheCut(both, kinds: [.text, .binary])
    }
}
