/// Which kinds of message a connection may carry towards this end; the others are refused with 1003.
public struct WebSocketMessageKinds: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Text frames.
    public static let text = WebSocketMessageKinds(rawValue: 1 << 0)
    /// Binary frames.
    public static let binary = WebSocketMessageKinds(rawValue: 1 << 1)
    /// Any message, passed over unread: of any length, in any number of fragments, in constant memory
    /// (RFC 6455 sections 5.2 and 5.4). Control frames in between are told as ever; no `.message` is.
    public static let skipped = WebSocketMessageKinds(rawValue: 1 << 2)
    /// Beside those above: they may be compressed, as the handshake has agreed (RFC 7692), and are told as
    /// `.deflated` then.
    public static let deflated = WebSocketMessageKinds(rawValue: 1 << 3)
}
