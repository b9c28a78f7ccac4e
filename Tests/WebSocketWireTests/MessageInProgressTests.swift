import ByteCore
import TestSupport
import Testing

@testable import WebSocketWire

/// What a connection keeps of a message that is not whole, and when it has gone.
@Suite struct MessageInProgressTests {
    private static func frame(_ text: String, opcode: UInt8 = 1, isFinal: Bool = true) -> [UInt8] {
        let payload = Array(text.utf8)
        return [(isFinal ? 0x80 : 0) | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    /// Takes what is there; returns the messages and the bytes that are left.
    private func take(_ bytes: [UInt8], _ connection: inout WebSocketConnection) -> ([String], [UInt8]) {
        var bytes = bytes
        var messages: [String] = []
        let left = bytes.withUnsafeMutableBytes { whole in
            var rest = whole
            while true {
                let step = connection.next(rest)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
                if case .message(let message, _) = step.event {
                    messages.append(String(decoding: message, as: UTF8.self))
                }
                if case .needMore = step.event { return Array(rest) }
            }
        }
        return (messages, left)
    }

    @Test func nothingIsKeptOfMessagesInOneFrame() {
        // Such as may be taken in one go, and such as may not.
        for bounds in [MessageBounds.standard, MessageBounds(messageBytes: 1024, fragments: 2)!] {
            var connection = WebSocketConnection(role: .server, accepting: [.text, .binary], bounds: bounds)
            var bytes = Self.frame("one") + Self.frame("", opcode: 9) + Self.frame("two", opcode: 2)
            bytes += Self.frame("drei \u{FC}")
            while !bytes.isEmpty {
                let step = bytes.withUnsafeMutableBytes { connection.next($0) }
                #expect(connection.inProgress.isEmpty == true)
                bytes.removeFirst(step.consumed)
            }
        }
    }

    @Test func whatIsKeptGoesWithTheLastFragment() {
        var connection = WebSocketConnection(role: .server, accepting: .text)
        #expect(take(Self.frame("a\u{FC}", isFinal: false), &connection).0.isEmpty)
        #expect(connection.isMidMessage && !connection.inProgress.isEmpty && connection.keptBytes > 0)
        #expect(connection.bytesForFrame == nil)
        #expect(take(Self.frame("b", opcode: 0), &connection).0 == ["a\u{FC}b"])
        #expect(!connection.isMidMessage && connection.inProgress.isEmpty && connection.keptBytes == 0)
        #expect(connection.bytesForFrame == 2)
    }

    @Test func whatIsKeptOfPiecesGoesWithTheLastOne() {
        let frame = Self.frame("\u{FC}ber")
        for cut in 6..<frame.count {
            var connection = WebSocketConnection(role: .server, accepting: .text)
            let (none, left) = take(Array(frame.prefix(cut)), &connection)
            #expect(none.isEmpty && left.count == cut)
            #expect(connection.progress == UInt64(cut - 6))
            #expect(take(left + frame.dropFirst(cut), &connection).0 == ["\u{FC}ber"])
            #expect(connection.inProgress.isEmpty == true)
        }
    }

    @Test func skippedMessagesLeaveNothing() {
        var connection = WebSocketConnection(role: .client, accepting: .skipped)
        let frame: [UInt8] = [0x01, 3] + Array("abc".utf8) + [0x80, 4] + Array("defg".utf8)
        for (index, byte) in frame.enumerated() {
            var one = [byte]
            // A header is looked at as a whole.
            if index == 0 || index == 5 { one.append(frame[index + 1]) }
            if index == 1 || index == 6 { continue }
            one.withUnsafeMutableBytes { #expect(connection.next($0).consumed == $0.count) }
            #expect(connection.isMidMessage == (index < 5))
        }
        #expect(connection.inProgress.isEmpty == true)
    }
}
