import ByteCore
import TestSupport
import Testing

@testable import WebSocketWire

/// A connection that goes on elsewhere at any byte reads what it would have read.
@Suite struct MovingTests {
    /// Takes what is whole out of `kept`; returns the messages.
    private func take(_ socket: inout WebSocketConnection, _ kept: inout [UInt8]) -> [String] {
        var said: [String] = []
        kept.withUnsafeMutableBytes { bytes in
            var rest = bytes
            while true {
                let step = socket.next(rest)
                switch step.event {
                case .message(let message, _): said.append(String(decoding: message, as: UTF8.self))
                case .ping(let payload): said.append("ping \(payload.count)")
                case .violation(let code, _): said.append("violation \(code.rawValue)")
                case .deflated(let message, _): said.append("deflated \(message.count)")
                case .needMore, .ended:
                    said.append("\(rest.count)")
                    return
                case .pong, .nothing, .close: break
                }
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
            }
        }
        let left = Int(said.removeLast()) ?? 0
        kept.removeFirst(kept.count - left)
        return said
    }

    private func moved(_ socket: consuming WebSocketConnection, _ kept: [UInt8]) throws -> WebSocketConnection
    {
        var record = ByteBuffer()
        let isOpen = socket.appendMoved(to: &record)
        #expect(isOpen)
        var other: WebSocketConnection?
        kept.withUnsafeBytes {
            guard let moved = MovedWebSocket(record.readable, kept: $0) else { return }
            other = WebSocketConnection(moved, bounds: .standard)
        }
        guard let other = other.take() else { throw Refused() }
        return other
    }

    private struct Refused: Error {}

    private func frame(_ payload: [UInt8], _ first: UInt8, _ random: inout SplitMix64) -> [UInt8] {
        let key = (0..<4).map { _ in UInt8(random.below(256)) }
        let masked = payload.enumerated().map { $1 ^ key[$0 & 3] }
        if payload.count < 126 { return [first, 0x80 | UInt8(payload.count)] + key + masked }
        return [first, 0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 255)] + key + masked
    }

    /// Fragments that end within a character, pings between them, frames of every length, at each byte.
    @Test func itGoesOnAtEveryByte() throws {
        var random = SplitMix64(seed: 2)
        let text = Array("é漢🙂 and so on".utf8)
        var stream: [UInt8] = []
        stream += frame(Array(text[..<1]), 0x01, &random)
        stream += frame(Array("?".utf8), 0x89, &random)
        stream += frame(Array(text[1..<4]), 0x00, &random)
        stream += frame(Array(text[4...]), 0x80, &random)
        stream += frame([UInt8](repeating: 0x61, count: 300), 0x81, &random)
        stream += frame([1, 2, 3], 0x41, &random) + frame([4], 0x80, &random)
        stream += frame(Array("end".utf8), 0x81, &random)
        var whole = WebSocketConnection(role: .server, accepting: [.text, .deflated])
        var all = stream
        let expected = take(&whole, &all)
        #expect(expected.count == 5)
        for cut in 0...stream.count {
            var socket = WebSocketConnection(role: .server, accepting: [.text, .deflated])
            var kept = Array(stream[..<cut])
            var said = take(&socket, &kept)
            var other = try moved(socket, kept)
            kept += stream[cut...]
            said += take(&other, &kept)
            #expect(said == expected, "cut at \(cut)")
        }
        // And at every byte, one after the other.
        var socket = WebSocketConnection(role: .server, accepting: [.text, .deflated])
        var kept: [UInt8] = []
        var said: [String] = []
        for byte in stream {
            kept.append(byte)
            said += take(&socket, &kept)
            socket = try moved(socket, kept)
        }
        #expect(said == expected)
    }

    @Test func whatIsWrongIsFoundBehindAMove() throws {
        var random = SplitMix64(seed: 3)
        var kept = frame([0xC3], 0x01, &random)
        var socket = WebSocketConnection(role: .server, accepting: .text)
        let said = take(&socket, &kept)
        #expect(said == [])
        var other = try moved(socket, kept)
        kept += frame([0x28], 0x80, &random)
        let complaint = take(&other, &kept)
        #expect(complaint == ["violation 1007"])
        // Its bounds are those of where it is.
        var record = ByteBuffer()
        let isOpen = other.appendMoved(to: &record)
        #expect(!isOpen)
        let isEmpty = record.isEmpty
        #expect(isEmpty)
    }

    @Test func bytes() {
        var random = SplitMix64(seed: 3)
        var socket = WebSocketConnection(role: .server, accepting: .text)
        var kept = frame([0x61, 0xC3], 0x01, &random) + frame([0xA9, 0x62], 0x80, &random).prefix(7)
        let said = take(&socket, &kept)
        #expect(said == [])
        var record = ByteBuffer()
        let isOpen = socket.appendMoved(to: &record)
        #expect(isOpen)
        #expect(
            Array(record.readable) == [
                1, 1, 0, 0, 1, 0, 0, 0,  // kinds, opcode, deflated, 0, fragments, 0
                1, 0, 0, 0, 0, 0, 0, 0,  // progress
                0, 0x80, 0xBF, 0, 2, 0, 0, 0,  // UTF-8, assembled
                0x61, 0xC3,
            ])
    }

    @Test func whatCannotBeIsRefused() {
        var record = ByteBuffer()
        let socket = WebSocketConnection(role: .server, accepting: .text)
        let isOpen = socket.appendMoved(to: &record)
        #expect(isOpen)
        let sound = Array(record.readable)
        func isRefused(_ offset: Int, _ byte: UInt8, kept: [UInt8] = []) -> Bool {
            var bytes = sound
            if offset < bytes.count { bytes[offset] = byte } else { bytes.append(byte) }
            return bytes.withUnsafeBytes { bytes in
                kept.withUnsafeBytes {
                    MovedWebSocket(bytes, kept: $0) == nil
                }
            }
        }
        #expect(!isRefused(0, 1))
        for (offset, byte) in [
            (0, 0), (0, 5), (0, 8), (1, 0), (1, 9), (2, 2), (8, 1), (16, 4), (17, 1), (18, 0), (19, 2),
            (20, 1),
            (24, 1),
        ] as [(Int, UInt8)] { #expect(isRefused(offset, byte), "\(offset) \(byte)") }
        // So much of a frame cannot have been looked at.
        let frame: [UInt8] = [0x81, 0x83, 0, 0, 0, 0, 0x61]
        #expect(!isRefused(8, 1, kept: frame))
        #expect(isRefused(8, 2, kept: frame))
        #expect(isRefused(8, 1, kept: [0x89] + frame.dropFirst()))
        #expect(isRefused(8, 1, kept: Array(frame.prefix(6))))
    }
}
