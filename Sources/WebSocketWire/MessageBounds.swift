/// How large a message may be, in one frame or in fragments.
public enum MessageBounds: UInt8, Sendable, BitwiseCopyable {
    /// What a visitor may send.
    case standard
    /// What a conformance suite sends to see how large messages are taken; a server does not offer it.
    case raised

    /// Bytes of a message, and of a frame's payload.
    var messageBytes: Int {
        switch self {
        case .standard: WebSocketLimits.messageBytes
        case .raised: WebSocketLimits.raisedMessageBytes
        }
    }

    /// Fragments of one message; where they are raised, as many as come.
    var messageFragments: Int {
        switch self {
        case .standard: WebSocketLimits.messageFragments
        case .raised: .max
        }
    }
}
