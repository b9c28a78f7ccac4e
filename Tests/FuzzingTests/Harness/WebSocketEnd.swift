import ByteCore

@testable import WebSocketWire

/// One end of a connection whose owner does as the events tell it.
struct WebSocketEnd: ~Copyable {
    private var connection: WebSocketConnection
    private var output = ByteBuffer(capacity: 256)
    private var inflater = MessageInflater()
    /// Events until this end begins to close; nil for never.
    private var eventsLeft: Int?
    private let role: WebSocketRole
    private let maskKey: UInt32?

    /// Bits 0 to 2 of `plan` are the kinds, bit 3 whether to close; above them, after how many events.
    /// Compressed messages are accepted besides where they were agreed on.
    init(_ role: WebSocketRole, _ plan: UInt8, isDeflateAgreedOn: Bool = false) {
        var kinds = WebSocketMessageKinds(rawValue: plan & 7)
        if isDeflateAgreedOn { kinds.insert(.deflated) }
        connection = WebSocketConnection(role: role, accepting: kinds)
        eventsLeft = plan & 8 != 0 ? Int(plan >> 4) : nil
        self.role = role
        maskKey = role == .client ? 0x0403_0201 : nil
    }

    /// Takes frames from the start of `bytes`; returns how many bytes are done with.
    mutating func receive(_ bytes: UnsafeMutableRawBufferPointer, _ transcript: inout Transcript) -> Int {
        var rest = bytes
        while true {
            let step = connection.next(rest)
            guard step.consumed >= 0, step.consumed <= rest.count else {
                transcript.complain("past the end")
                return bytes.count
            }
            var event = step.event
            if case .deflated(let message, let opcode) = event {
                event = connection.inflate(message, opcode, with: &inflater)
            }
            switch event {
            case .deflated: transcript.complain("inflated and still compressed")
            case .needMore(let total):
                if total <= rest.count { transcript.complain("waits for \(total) of \(rest.count) bytes") }
                return bytes.count - rest.count
            case .ended: return bytes.count
            case .nothing: break
            case .message(let message, let opcode):
                transcript.note(opcode.rawValue)
                transcript.note(message)
            case .ping(let payload):
                transcript.note("ping")
                output.appendFrame(.pong, payload, maskKey: maskKey)
            case .pong(let payload):
                transcript.note("pong")
                transcript.note(payload)
            case .close(let code, let reason):
                transcript.note(code?.rawValue ?? 0)
                transcript.note(reason)
                transcript.note(described: connection.answerClose(into: &output, maskKey: maskKey))
            case .violation(let code, let reason):
                transcript.note(code.rawValue)
                transcript.note(reason)
                transcript.note(
                    described: connection.fail(code, reason: reason, into: &output, maskKey: maskKey))
            }
            countEvent(event)
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
        }
    }

    /// A frame that asks for nothing is one event or several, as it is cut.
    private mutating func countEvent(_ event: WebSocketEvent) {
        if case .nothing = event { return }
        guard let left = eventsLeft else { return }
        eventsLeft = left > 0 ? left - 1 : nil
        if left == 0 { _ = connection.close(.goingAway, into: &output, maskKey: maskKey) }
    }

    /// Notes what was sent, and sees to it that the other end can read it.
    mutating func finish(_ transcript: inout Transcript) {
        transcript.note(connection.endCode.rawValue)
        transcript.note(output.readable)
        var peer = WebSocketConnection(
            role: role == .server ? .client : .server, accepting: [.text, .binary])
        let sent = ExactCopy(output.readable)
        var rest = sent.bytes
        while !rest.isEmpty {
            let step = peer.next(rest)
            switch step.event {
            case .violation(_, let reason): return transcript.complain("we sent \(reason)")
            case .needMore: return transcript.complain("we sent half a frame")
            case .close:
                guard step.consumed == rest.count else {
                    return transcript.complain("we sent more after a close")
                }
            case .message, .deflated, .ping, .pong, .nothing, .ended: break
            }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[step.consumed...])
        }
    }
}
