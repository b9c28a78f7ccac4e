/// Bounds on what a WebSocket peer may send, each with its reason.
public enum WebSocketLimits {
    /// A message, in one frame or in fragments: about a thousand samples, read in one go. Past it: 1009.
    public static let messageBytes = 64 * 1024
    /// Fragments of one message: each costs a turn of the decoder however little it carries. Past it: 1009.
    public static let messageFragments = 64
    /// The most fragments that an operator may allow: more are another way to send messages byte by byte.
    public static let mostFragments = 4096
    /// A message within `MessageBounds.raised`: the largest one of the Autobahn suite (its case 9.1.6).
    public static let raisedMessageBytes = 16 * 1024 * 1024
    /// Payload of a control frame (RFC 6455 section 5.5).
    public static let controlPayloadBytes = 125
    /// The longest frame header: two bytes, eight of length, four of mask key (RFC 6455 section 5.2).
    public static let headerBytes = 14
    /// The largest frame that is ever waited for: what a receive buffer must hold, and a spill buffer may.
    public static let frameBytes = messageBytes + headerBytes
    /// A close reason beside its code in a control frame.
    public static let closeReasonBytes = controlPayloadBytes - 2
}
