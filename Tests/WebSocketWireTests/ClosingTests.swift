import ByteCore
import Testing
import WebSocketWire

private func bytes(_ buffer: borrowing ByteBuffer) -> [UInt8] { Array(buffer.readable) }

@Suite("The closing handshake")
struct ClosingTests {
    @Test("the peer's close is answered with its code, then the server shuts down")
    func peerFirst() {
        for (sent, answer) in [
            (WireFrame.close(1000), [0x88, 0x02, 0x03, 0xE8]), (.close(4321), [0x88, 0x02, 0x10, 0xE1]),
            (.close(nil), [0x88, 0x00]),
        ] as [(WireFrame, [UInt8])] {
            var listener = Listener()
            listener.receive(sent.bytes)
            #expect(bytes(listener.output) == answer)
            #expect(listener.actions == [.shutDown])
            #expect(listener.connection.hasEnded == true)
        }
    }

    @Test("a client that answers waits for the server to end the connection")
    func clientAnswers() {
        var connection = WebSocketConnection(role: .client, accepting: .text)
        var output = ByteBuffer()
        var close: [UInt8] = [0x88, 0x02, 0x03, 0xE9]
        close.withUnsafeMutableBytes { _ = connection.next($0) }
        #expect(connection.answerClose(into: &output, maskKey: 0x3D21_FA37) == .awaitEnd)
        #expect(bytes(output) == WireFrame.close(1001).bytes)
        #expect(connection.endCode == .goingAway)
    }

    @Test("our close is sent once; what comes until the peer's is dropped, and its close is not answered")
    func ourFirst() {
        var listener = Listener()
        listener.receive(WireFrame.text("[", isFinal: false).bytes)
        #expect(
            listener.connection.close(.goingAway, reason: "bye", into: &listener.output) == .awaitPeerClose)
        #expect(listener.connection.close(.normal, into: &listener.output) == .awaitPeerClose)
        let ours: [UInt8] = [0x88, 0x05, 0x03, 0xE9, 0x62, 0x79, 0x65]
        #expect(bytes(listener.output) == ours)
        #expect(listener.connection.isOpen == false)
        #expect(listener.connection.hasEnded == false)
        let late: [WireFrame] = [
            .more([0x5D], isFinal: true), .text("[]"), WireFrame(opcode: 9), WireFrame(opcode: 10),
            .close(1001),
        ]
        listener.receive(late.bytes)
        #expect(listener.heard == [.close(1001, [])])
        #expect(listener.actions == [.shutDown])
        #expect(bytes(listener.output) == ours)
    }

    @Test("a violation behind our close ends it without a second close frame")
    func violationAfterOurs() {
        var listener = Listener()
        _ = listener.connection.close(.goingAway, into: &listener.output)
        let ours = bytes(listener.output)
        listener.receive(WireFrame(opcode: 1, reservedBits: 4).bytes)
        #expect(listener.heard == [.violation(1002)])
        #expect(listener.actions == [.shutDown])
        #expect(bytes(listener.output) == ours)
    }

    @Test("closes that cross: ours is out, the peer's arrives, both are done")
    func crossing() {
        var listener = Listener()
        _ = listener.connection.close(.goingAway, into: &listener.output)
        listener.receive(WireFrame.close(1000, Array("done".utf8)).bytes)
        #expect(listener.heard == [.close(1000, Array("done".utf8))])
        #expect(listener.actions == [.shutDown])
        #expect(listener.connection.endCode == .normal)
    }

    @Test("a refused message fails the connection: one close frame, and nothing more is heard")
    func refusedMessage() {
        var listener = Listener()
        listener.receive(WireFrame.text("1").bytes)
        let action = listener.connection.fail(.policyViolation, reason: "no", into: &listener.output)
        #expect(action == .shutDown)
        #expect(listener.connection.fail(.invalidPayload, reason: "no", into: &listener.output) == .shutDown)
        #expect(listener.connection.close(.normal, into: &listener.output) == .shutDown)
        #expect(listener.connection.answerClose(into: &listener.output) == .shutDown)
        #expect(bytes(listener.output) == [0x88, 0x04, 0x03, 0xF0, 0x6E, 0x6F])
        listener.receive(WireFrame.text("2").bytes + WireFrame.close(1000).bytes)
        #expect(listener.heard == [.message([0x31], .text)])
        #expect(listener.connection.endCode == .abnormal)
    }

    @Test("a close of our own can stand as the answer to the peer's")
    func closeAsAnswer() {
        var connection = WebSocketConnection(role: .server, accepting: .text)
        var output = ByteBuffer()
        var close = WireFrame.close(1000).bytes
        close.withUnsafeMutableBytes { _ = connection.next($0) }
        #expect(connection.close(.goingAway, into: &output) == .shutDown)
        #expect(connection.answerClose(into: &output) == .shutDown)
        #expect(bytes(output) == [0x88, 0x02, 0x03, 0xE9])
    }

    @Test("an open connection has nothing to answer")
    func nothingToAnswer() {
        var connection = WebSocketConnection(role: .server, accepting: .text)
        var output = ByteBuffer()
        #expect(connection.answerClose(into: &output) == .awaitPeerClose)
        #expect(output.isEmpty == true)
        #expect(connection.isOpen == true)
    }

    @Test("the code to record is the peer's, 1005 where it sent none, 1006 without a close frame")
    func endCodes() {
        for (frames, code) in [
            ([.text("[]")], 1006), ([.close(nil)], 1005), ([.close(3000)], 3000),
            ([WireFrame(opcode: 1, key: nil)], 1006),
        ] as [([WireFrame], UInt16)] {
            var listener = Listener()
            listener.receive(frames.bytes)
            #expect(listener.connection.endCode.rawValue == code)
        }
    }
}
