/// Why a connection closes (RFC 6455 section 7.4 and the IANA registry).
@frozen
public struct CloseCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The purpose was fulfilled.
    public static let normal = CloseCode(rawValue: 1000)
    /// The server stops, or the page was left.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// The framing or the handshake of closing was violated.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// Text where binary is spoken, or binary where text is.
    public static let unsupportedData = CloseCode(rawValue: 1003)
    /// The peer's close frame had no code. Never sent.
    public static let noCode = CloseCode(rawValue: 1005)
    /// The connection ended without a close frame. Never sent.
    public static let abnormal = CloseCode(rawValue: 1006)
    /// Text that is not UTF-8, or data not of its format.
    public static let invalidPayload = CloseCode(rawValue: 1007)
    /// Well-formed and not acceptable.
    public static let policyViolation = CloseCode(rawValue: 1008)
    /// A message, or a frame's declared length, over the limit.
    public static let messageTooBig = CloseCode(rawValue: 1009)
    /// The server was renewed, and the client may come back at once.
    public static let serviceRestart = CloseCode(rawValue: 1012)
    /// Overloaded; try again later.
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    /// The visitor asks not to be watched (Global Privacy Control).
    public static let privacy = CloseCode(rawValue: 4001)
    /// The visitor's identity is in use elsewhere, or its token was shown before.
    public static let identityInUse = CloseCode(rawValue: 4003)

    /// Whether the code may stand in a close frame (RFC 6455 section 7.4.2; 1012 to 1014 by the registry).
    public var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
