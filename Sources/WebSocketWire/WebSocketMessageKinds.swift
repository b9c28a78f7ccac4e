/// Which kinds of message a connection may carry; the others are refused with 1003.
public struct WebSocketMessageKinds: OptionSet, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Text frames.
    public static let text = WebSocketMessageKinds(rawValue: 1 << 0)
    /// Binary frames.
    public static let binary = WebSocketMessageKinds(rawValue: 1 << 1)
}
