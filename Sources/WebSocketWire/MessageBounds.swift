/// How large a message may be, in one frame or in fragments.
///
/// ```
/// 7       4 3          0
/// [ 2^b KiB | 2^f pieces ]      f = 15: any number
/// ```
/// One byte, since every connection keeps it: both are powers of two.
public struct MessageBounds: RawRepresentable, Equatable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What a visitor may send.
    public static let standard = MessageBounds(rawValue: 6 << 4 | 6)
    /// What a conformance suite sends to see how large messages are taken; a server does not offer it.
    public static let raised = MessageBounds(rawValue: 14 << 4 | anyNumber)

    private static let anyNumber: UInt8 = 15

    /// Bounds of at most the standard size; nil for what is no power of two, or out of range: 1 KiB to
    /// 64 KiB, in 1 to 4096 fragments.
    public init?(messageBytes: Int, fragments: Int) {
        guard (1024...WebSocketLimits.messageBytes).contains(messageBytes), messageBytes.nonzeroBitCount == 1,
            (1...WebSocketLimits.mostFragments).contains(fragments), fragments.nonzeroBitCount == 1
        else { return nil }
        let size = UInt8(messageBytes.trailingZeroBitCount - 10)
        rawValue = size << 4 | UInt8(fragments.trailingZeroBitCount)
    }

    /// Bytes of a message, and of a frame's payload.
    public var messageBytes: Int {
        self == .raised ? WebSocketLimits.raisedMessageBytes : 1024 << Int(rawValue >> 4)
    }

    /// Fragments of one message; where they are raised, as many as come.
    public var messageFragments: Int {
        rawValue & 15 == Self.anyNumber ? .max : 1 << Int(rawValue & 15)
    }
}
