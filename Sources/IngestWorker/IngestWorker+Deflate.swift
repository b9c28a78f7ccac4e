import PointerEvents
import PosixIO
import Telemetry
import WebSocketWire

/// Messages that came compressed.
extension IngestWorker {
    /// Inflates a message and takes it as any other.
    ///
    /// A few bytes may come to a thousand times as many, so what all messages of one read come to is bounded
    /// besides: `inflated` is what those before came to, in bytes.
    @inline(never)
    func inflate(
        _ message: UnsafeRawBufferPointer, _ opcode: FrameOpcode, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>, _ inflated: inout Int
    ) -> SampleIntake.Outcome {
        counters.add(.messagesDeflated)
        switch unsafe connection.pointee.socket.inflate(message, opcode, with: &inflater) {
        case .message(let bytes, let opcode):
            counters.add(.bytesInflated, UInt64(bytes.count))
            inflated += bytes.count
            guard inflated <= WorkerLimits.inflatedBytesPerRead else {
                return .refused(
                    closeCode: CloseCode.policyViolation.rawValue,
                    reason: "compressed messages that come to more than 1 MiB at once")
            }
            return unsafe takeAlone(bytes, MessageKind(opcode), token, connection)
        case .violation(let code, let reason):
            return .refused(closeCode: code.rawValue, reason: reason)
        case .needMore, .deflated, .ping, .pong, .nothing, .close, .ended:
            preconditionFailure("a message is inflated or refused")
        }
    }
}
