/// Bounds of the frames shape, each with its reason; tests make them tiny.
public struct FramesLimits: Sendable {
    /// One message.
    public var messageBytes = 64 * 1024
    /// Frame text of one tick; past it a keyframe is the shorter answer.
    public var frameBytes = 2 * 1024 * 1024
    /// Entries of one keyframe: what a usual line takes in a second, and 14,000 visitors with everything as
    /// long as it is where nobody means harm.
    public var keyframeBytes = 8 * 1024 * 1024
    /// Where there are more visitors than that, for each of them: an id of 64 bytes of which every character
    /// is escaped and the longest numbers, so that everyone's place can be told; most say all in less.
    public var keyframeBytesPerVisitor = 384
    /// A page, a name or an element of an entry that is longer than its share: what a column shows.
    public var cutTextBytes = 48
    /// Keyframes that readers are in the middle of, all together. Past it the next one waits for them.
    public var heldKeyframeBytes = 32 * 1024 * 1024
    /// From one keyframe to the next in that case: as long as somebody waits for a page, and most are through
    /// with theirs.
    public var heldKeyframeGapNanoseconds: Int64 = 2_000_000_000
    /// A reader who is still in the middle of a keyframe so old has stopped reading, or sees the past.
    public var keyframeAgeMilliseconds: Int64 = 30_000
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
