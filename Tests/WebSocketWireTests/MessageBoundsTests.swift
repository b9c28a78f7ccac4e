import Testing

@testable import WebSocketWire

@Suite("Raised bounds")
struct MessageBoundsTests {
    /// What became of `frames`, taken in the way of a receive buffer that holds them all.
    private func events(of bytes: [UInt8]) -> [Heard] {
        var connection = WebSocketConnection(role: .server, accepting: [.text, .binary], bounds: .raised)
        var (bytes, heard) = (bytes, [Heard]())
        bytes.withUnsafeMutableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let step = connection.next(UnsafeMutableRawBufferPointer(rebasing: rest))
                switch step.event {
                case .message(let message, let opcode): heard.append(.message(Array(message), opcode))
                case .violation(let code, _): heard.append(.violation(code.rawValue))
                case .needMore: return
                default: break
                }
                rest = rest.dropFirst(step.consumed)
            }
        }
        return heard
    }

    @Test("take a message of 4 MiB in pieces of 64 bytes, and one of as many empty ones and one more")
    func fragments() {
        let piece = [UInt8](repeating: 0x61, count: 64)
        let count = 65_536
        let frames =
            [WireFrame.text(bytes: piece, isFinal: false)]
            + (1..<count).map { .more(piece, isFinal: $0 == count - 1) }
        let message = [UInt8](repeating: 0x61, count: count * piece.count)
        let empty =
            [WireFrame.text(bytes: [], isFinal: false)]
            + (0..<count).map { .more([], isFinal: $0 == count - 1) }
        #expect(events(of: frames.bytes + empty.bytes) == [.message(message, .text), .message([], .text)])
    }

    @Test("take a frame of 16 MiB, and no byte more, at once or in two pieces")
    func bytes() {
        let most = WebSocketLimits.raisedMessageBytes
        let whole = WireFrame(opcode: 2, payload: [UInt8](repeating: 0xE2, count: most))
        #expect(events(of: whole.bytes) == [.message(whole.payload, .binary)])
        let longer = WireFrame(opcode: 2, payload: [UInt8](repeating: 0xE2, count: most + 1))
        #expect(events(of: longer.bytes) == [.violation(1009)])
        let first = WireFrame.text(bytes: [UInt8](repeating: 0x61, count: most), isFinal: false)
        #expect(events(of: [first, .more([0x61], isFinal: true)].bytes) == [.violation(1009)])
    }
}
