import PointerEvents
import PosixIO
import Telemetry
import WebSocketWire

/// Messages that came compressed.
extension IngestWorker {
    /// Inflates a message and takes it as any other.
    ///
    /// A few bytes may come to a thousand times as many, so what they come to is what the work is counted by:
    /// past `WorkerLimits.inflatedAtOnce` whatever else was read waits for the connection's next turn.
    @inline(never)
    mutating func inflate(
        _ message: UnsafeRawBufferPointer, _ opcode: FrameOpcode, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> SampleIntake.Outcome {
        counters.add(.messagesDeflated)
        switch unsafe connection.pointee.socket.inflate(message, opcode, with: &inflater) {
        case .message(let bytes, let opcode):
            counters.add(.bytesInflated, UInt64(bytes.count))
            inflatedBytes += bytes.count
            extraWork += bytes.count
            return unsafe takeAlone(bytes, MessageKind(opcode), token, connection)
        case .violation(let code, let reason):
            unsafe noteLimit(code, of: connection)
            return .refused(closeCode: code.rawValue, reason: reason)
        case .needMore, .deflated, .ping, .pong, .nothing, .close, .ended:
            preconditionFailure("a message is inflated or refused")
        }
    }
}
