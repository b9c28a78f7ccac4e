import ByteCore
import Testing

@testable import WebSocketWire

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("Well-formed streams")
struct StreamTests {
    @Test("of messages, controls and fragments are heard in order, however they are cut")
    func mixed() {
        let stream: [WireFrame] = [
            .text(#"{"id":"user123","x":812,"y":433}"#),
            .text(""),
            .text("na\u{EF}ve \u{1F5B1}"),
            WireFrame(opcode: 9, payload: bytes("are you there")),
            .text(bytes: [0xE2], isFinal: false),
            WireFrame(opcode: 9),
            .more([0x82]),
            WireFrame(opcode: 10, payload: bytes("yes")),
            .more([0xAC, 0x21], isFinal: true),
            .text("a", isFinal: false), .more([]), .more([], isFinal: true),
            .text("", isFinal: false), .more(bytes("b"), isFinal: true),
            .text(String(repeating: "x", count: 126)),
            .text(String(repeating: "\u{E9}", count: 150)),
            .close(1001, bytes("going \u{1F44B}")),
            .text("behind the close"),
        ]
        let expected: [Heard] = [
            .message(bytes(#"{"id":"user123","x":812,"y":433}"#), .text),
            .message([], .text),
            .message(bytes("na\u{EF}ve \u{1F5B1}"), .text),
            .ping(bytes("are you there")),
            .ping([]),
            .pong(bytes("yes")),
            .message(bytes("\u{20AC}!"), .text),
            .message(bytes("a"), .text),
            .message(bytes("b"), .text),
            .message(bytes(String(repeating: "x", count: 126)), .text),
            .message(bytes(String(repeating: "\u{E9}", count: 150)), .text),
            .close(1001, bytes("going \u{1F44B}")),
        ]
        #expect(hear(stream.bytes) == expected)
        #expect(SimpleModel.hear(stream.bytes, role: .server, kinds: .text) == expected)
        expectSameWhateverTheCut(stream.bytes)
    }

    @Test("at the limits are accepted: 64 KiB at once, in 64 fragments, 125 bytes of control")
    func limits() {
        let whole = WireFrame.text(String(repeating: "a", count: 65_536))
        #expect(hear(whole.bytes) == [.message(whole.payload, .text)])
        expectSameWhateverTheCut(whole.bytes)

        let piece = [UInt8](repeating: 0x62, count: 1_024)
        let pieces =
            [WireFrame.text(bytes: piece, isFinal: false)] + (1..<64).map { .more(piece, isFinal: $0 == 63) }
        let message = [UInt8](repeating: 0x62, count: 65_536)
        #expect(hear(pieces.bytes + pieces.bytes) == [.message(message, .text), .message(message, .text)])
        expectSameWhateverTheCut(pieces.bytes)

        let control = WireFrame(opcode: 9, payload: [UInt8](repeating: 0x63, count: 125))
        #expect(hear(control.bytes) == [.ping(control.payload)])
        expectSameWhateverTheCut(control.bytes)
    }

    @Test("say how many bytes are needed before another call is of use")
    func needed() {
        let frame = WireFrame.text(String(repeating: "a", count: 300)).bytes
        for count in 0..<frame.count {
            var connection = WebSocketConnection(role: .server, accepting: .text)
            var prefix = Array(frame[..<count])
            let total: Int? = prefix.withUnsafeMutableBytes { prefix in
                guard case .needMore(let total) = connection.next(prefix).event else { return nil }
                return total
            }
            #expect(total == (count < 2 ? 2 : count < 4 ? 4 : frame.count))
        }
    }

    @Test("take no memory for a message until it comes in fragments, and give it back")
    func memory() {
        var connection = WebSocketConnection(role: .server, accepting: .text)
        func feed(_ connection: inout WebSocketConnection, _ frames: [WireFrame]) {
            var bytes = frames.bytes
            bytes.withUnsafeMutableBytes { bytes in
                var start = 0
                while start < bytes.count {
                    let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
                    start += connection.next(rest).consumed
                }
            }
        }
        feed(&connection, [.text("whole"), WireFrame(opcode: 9), .text("again")])
        #expect(connection.assembly.bytes.baseAddress == nil)
        feed(&connection, [.text("frag", isFinal: false)])
        #expect(connection.assembly.bytes.count == 4)
        feed(&connection, [.more(Array("ment".utf8), isFinal: true)])
        #expect(connection.assembly.bytes.count == 8)
        // The message was lent to the caller until this call, which has no bytes and needs none.
        _ = connection.next(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        #expect(connection.assembly.bytes.baseAddress == nil)
    }

    @Test("hand a whole message out where it lies, and an empty buffer asks for a header")
    func inPlace() {
        var connection = WebSocketConnection(role: .server, accepting: .text)
        var frame = WireFrame.text("in place").bytes
        frame.withUnsafeMutableBytes { frame in
            guard case .message(let message, .text) = connection.next(frame).event else {
                Issue.record("no message")
                return
            }
            #expect(message.baseAddress == UnsafeRawPointer(frame.baseAddress.map { $0 + 6 }))
        }
        guard
            case .needMore(total: 2) =
                connection.next(UnsafeMutableRawBufferPointer(start: nil, count: 0)).event
        else {
            Issue.record("no bytes need a header")
            return
        }
    }
}
