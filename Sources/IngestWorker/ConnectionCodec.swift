import PointerEvents
import WebSocketWire

/// How a connection writes its samples, as its handshake chose.
enum ConnectionCodec {
    /// Each message stands for itself.
    case json
    /// `pointerscope.v1`: messages build upon one another, and what they build upon is in a `WireSpeaker`.
    case wire

    init(_ subprotocol: WebSocketSubprotocol) {
        switch subprotocol {
        case .none, .json: self = .json
        case .pointerscope1: self = .wire
        }
    }
}

extension MessageKind {
    /// The kind of a message that began with a frame of this opcode.
    @inline(__always)
    init(_ opcode: FrameOpcode) { self = opcode == .text ? .text : .binary }
}
