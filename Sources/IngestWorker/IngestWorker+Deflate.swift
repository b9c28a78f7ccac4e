import PointerEvents
import PosixIO
import Telemetry
import WebSocketWire

/// Messages that came compressed.
extension IngestWorker {
    /// Inflates a message and takes it as any other; false where nothing more will count.
    ///
    /// A few bytes may come to a thousand times as many, so what all messages of one read come to is bounded
    /// besides: `inflated` is what those before came to, in bytes.
    @inline(never)
    func inflate(
        _ message: UnsafeRawBufferPointer, _ opcode: FrameOpcode, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>, _ inflated: inout Int
    ) -> Bool {
        counters.add(.messagesDeflated)
        switch unsafe connection.pointee.socket.inflate(message, opcode, with: &inflater) {
        case .message(let bytes, let opcode):
            counters.add(.bytesInflated, UInt64(bytes.count))
            inflated += bytes.count
            guard inflated <= WorkerLimits.inflatedBytesPerRead else {
                refuse(token, .policyViolation, "compressed messages that come to more than 1 MiB at once")
                return false
            }
            switch unsafe take(bytes, MessageKind(opcode), token, connection) {
            // Notes are of `pointerscope.v1`, whose messages are never compressed.
            case .accepted, .noted: return true
            case .refused(let code, let reason):
                refuse(token, CloseCode(rawValue: code), reason)
                return false
            }
        case .violation(let code, let reason):
            refuse(token, code, reason)
            return false
        case .needMore, .deflated, .ping, .pong, .nothing, .close, .ended:
            preconditionFailure("a message is inflated or refused")
        }
    }
}
