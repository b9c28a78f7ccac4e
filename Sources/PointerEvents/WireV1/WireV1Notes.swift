/// What a message of `pointerscope.v1` said besides samples.
public struct WireV1Notes: Equatable, Sendable, BitwiseCopyable {
    /// How many messages have different numbers: a gap that is larger by a multiple of it looks the same
    /// until a sync.
    public static let numbers: UInt64 = 256

    /// The page is being left; nothing but a close may follow.
    public var saidBye = false
    /// Whether the page can be seen, where the message said so.
    public var isVisible: Bool?
    /// How many messages never came in front of this one; not 0: a gap.
    public var missing: UInt64 = 0
    /// The message came before, or too late: it was passed over.
    public var isDuplicate = false
    /// The message was passed over, because positions are not known until a sync comes.
    public var isUnreadable = false
    /// The server has to ask for a sync: once for each gap that no sync follows at once, and where what looks
    /// late may be behind a gap.
    public var needsResync = false

    /// Makes one of a message that said nothing but samples.
    public init() {}

    /// Whether the message said nothing but samples.
    @inlinable public var isEmpty: Bool {
        !saidBye && isVisible == nil && missing == 0 && !isDuplicate && !isUnreadable && !needsResync
    }
}
