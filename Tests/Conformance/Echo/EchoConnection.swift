import ByteCore
import Glibc
import HTTPWire
import PosixIO
import WebSocketWire

/// One end of a WebSocket that sends every message back as it came; which end is up to the handshake.
///
/// It decides nothing: what is a message, what is refused and with which code, and what becomes of the
/// transport is for `WebSocketConnection` to say.
final class EchoConnection {
    /// What its handshake came to.
    enum Opening {
        case incomplete
        /// Frames follow behind so many bytes, and messages may be compressed where that was agreed on.
        case opened(Int, isDeflateAgreedOn: Bool)
        /// What is to be sent is appended, and nothing more will count.
        case refused
    }

    private enum Phase { case opening, open, closing }

    private let stream: ByteStream
    private let role: WebSocketRole
    private let opening: (UnsafeRawBufferPointer, inout ByteBuffer) -> Opening
    private var phase = Phase.opening
    private var socket: WebSocketConnection
    private var inflater = MessageInflater()
    private var inbound = ByteBuffer(capacity: 64 * 1024)
    private var outbound = WriteQueue()
    private var watched: Interest = []
    private var random = SystemRandomNumberGenerator()
    /// When a peer that does not end its side is left alone; nil while there is no end in sight.
    private(set) var deadline: Int64?
    /// The last message that came, for a client that asked something.
    private(set) var lastMessage: [UInt8] = []

    private static let readBytes = 64 * 1024
    private static let closeNanoseconds: Int64 = 3_000_000_000

    init(
        _ descriptor: consuming Descriptor, role: WebSocketRole,
        opening: @escaping (UnsafeRawBufferPointer, inout ByteBuffer) -> Opening
    ) {
        stream = ByteStream(descriptor)
        self.role = role
        self.opening = opening
        socket = WebSocketConnection(role: role, accepting: [])
    }

    var raw: Int32 { stream.raw }

    func send(_ body: (inout ByteBuffer) -> Void) { outbound.append(body) }

    /// Tells the poller what is waited for: who does not take its echoes is not read.
    func watch(with poller: borrowing Poller, token: Token) throws(SystemError) {
        let wanted: Interest = outbound.isEmpty ? .readable : .writable
        guard wanted != watched else { return }
        if watched.isEmpty {
            try poller.add(raw, for: wanted, token: token)
        } else {
            try poller.modify(raw, for: wanted, token: token)
        }
        watched = wanted
    }

    /// Writes, reads once and answers; false once the connection has ended.
    func ready() -> Bool {
        guard flush() else { return false }
        guard outbound.isEmpty else { return true }
        var result = IOResult.endOfFile
        _ = inbound.appendInPlace(minimum: Self.readBytes) { free in
            result = stream.read(into: free)
            if case .bytes(let count) = result { return count }
            return 0
        }
        switch result {
        case .bytes: break
        case .wouldBlock: return true
        case .endOfFile, .failed: return false
        }
        if phase == .opening, !takeHandshake() { return flush() }
        if phase == .open { takeFrames() }
        if phase == .closing { inbound.removeAll() }
        return flush()
    }

    private func flush() -> Bool {
        switch outbound.flush(to: stream) {
        case .bytes, .wouldBlock: break
        case .endOfFile, .failed: return false
        }
        // A client leaves the first end to the server (RFC 6455 section 7.1.1).
        if phase == .closing, outbound.isEmpty, role == .server { stream.endWriting() }
        return true
    }

    private func takeHandshake() -> Bool {
        var outcome = Opening.incomplete
        outbound.append { outcome = opening(inbound.readable, &$0) }
        switch outcome {
        case .incomplete: return false
        case .refused: close()
        case .opened(let count, let isDeflateAgreedOn):
            inbound.consume(count)
            socket = WebSocketConnection(
                role: role, accepting: isDeflateAgreedOn ? [.text, .binary, .deflated] : [.text, .binary],
                bounds: .raised)
            phase = .open
        }
        return true
    }

    private func takeFrames() {
        while true {
            let step = socket.next(inbound.mutableReadable)
            let key: UInt32? = role == .client ? random.next() : nil
            var event = step.event
            if case .deflated(let message, let opcode) = event {
                event = socket.inflate(message, opcode, with: &inflater)
            }
            switch event {
            case .message(let message, let opcode):
                if role == .client { lastMessage = Array(message) }
                outbound.append { $0.appendFrame(opcode, message, maskKey: key) }
            // A look at a part of a frame says early what is wrong with it, so none is saved, as in a worker.
            case .needMore: return
            case .ping(let payload):
                outbound.append { $0.appendFrame(.pong, payload, maskKey: key) }
            case .pong, .nothing, .deflated: break
            case .close:
                outbound.append { _ = socket.answerClose(into: &$0, maskKey: key) }
                return close()
            case .violation(let code, let reason):
                outbound.append { _ = socket.fail(code, reason: reason, into: &$0, maskKey: key) }
                return close()
            case .ended: return close()
            }
            inbound.consume(step.consumed)
        }
    }

    /// What comes from now on is read and dropped until the peer has ended its side, or its time is up.
    private func close() {
        phase = .closing
        deadline = MonotonicClock.now() + Self.closeNanoseconds
    }
}
