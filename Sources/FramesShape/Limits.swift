/// Bounds of the frames shape, each with its reason; tests make them tiny.
public struct FramesLimits: Sendable {
    /// One message.
    public var messageBytes = 64 * 1024
    /// Frame text of one tick; past it a keyframe is the shorter answer.
    public var frameBytes = 2 * 1024 * 1024
    /// Text of one keyframe: 50,000 visitors with room. Visitors beyond it, those silent longest, are left
    /// out.
    public var keyframeBytes = 16 * 1024 * 1024
    /// Keyframes that are not the newest but that a reader is in the middle of, all together.
    public var heldKeyframeBytes = 16 * 1024 * 1024
    /// The owner's status object.
    public var statusBytes = 60 * 1024
    /// Between two keyframes, whoever asks for them at whatever rates: a new reader waits no longer than an
    /// eye needs.
    public var keyframeGapNanoseconds: Int64 = 100_000_000
    /// The same for each visitor in it: twenty times what it takes to write one down, so that keyframes never
    /// take more of a core than that share, half a second with 130,000 visitors.
    public var keyframeGapPerVisitorNanoseconds: Int64 = 4_000

    public init() {}
}
