import PointerEvents
import WebSocketWire

/// How a connection writes its samples, as its handshake chose, with what its messages build upon.
///
/// A format whose messages build upon one another keeps that in its case, outside the connection itself: most
/// connections say nothing, and those are small.
enum ConnectionCodec {
    /// Each message stands for itself.
    case json

    init(_ subprotocol: WebSocketSubprotocol) {
        switch subprotocol {
        case .none, .json: self = .json
        }
    }
}

extension MessageKind {
    /// The kind of a message that began with a frame of this opcode.
    @inline(__always)
    init(_ opcode: FrameOpcode) { self = opcode == .text ? .text : .binary }
}
