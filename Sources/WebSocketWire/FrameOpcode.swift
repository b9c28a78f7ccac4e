/// What a frame carries (RFC 6455 section 5.2); the other eleven values are reserved.
public enum FrameOpcode: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether such a frame may stand between the fragments of a message, and never is a fragment itself.
    @inlinable public var isControl: Bool { rawValue & 0x8 != 0 }
}
