/// One who reads an event stream: a cursor into what all share, and at most the unsent rest of one message.
///
/// What else its owner knows of it stands in a subclass. Exclusivity is unchecked because each check is a
/// call, and a turn touches these fields for every reader; readers are used by one thread and no field is
/// handed out.
open class StreamReader {
    /// Samples of the source when this reader's count began.
    public final let baseOrdinal: UInt64
    /// Is part of this server, and not to be lost for want of memory.
    public final let isEssential: Bool

    /// The n up to which it has had everything, or everything of a catch-up; a message in `carry` is had.
    @exclusivity(unchecked) public final var position: UInt64
    /// Bytes of the next shared message (the record after `position`, the part of a tick) that were taken.
    @exclusivity(unchecked) public final var partial = 0
    /// The unsent rest of a message whose source is gone.
    @exclusivity(unchecked) public final var carry = Carry()
    /// Samples that count as delivered when `carry` is gone.
    @exclusivity(unchecked) public final var carryCredit: UInt64 = 0
    @exclusivity(unchecked) public final internal(set) var delivered: UInt64 = 0
    @exclusivity(unchecked) public final internal(set) var conflated: UInt64 = 0
    /// The rest of its message could not be kept: it gets nothing any more.
    @exclusivity(unchecked) public final internal(set) var isForfeited = false

    /// Of readers of frames.
    @exclusivity(unchecked) final var tick = TickCursor()

    /// A reader that has had everything up to `position`, of which `baseOrdinal` are samples.
    public init(position: UInt64, baseOrdinal: UInt64, isEssential: Bool) {
        self.position = position
        self.baseOrdinal = baseOrdinal
        self.isEssential = isEssential
    }

    /// Samples of the source that are settled for this reader: delivered, on the way in `carry`, or skipped.
    final var settledOrdinal: UInt64 { baseOrdinal &+ delivered &+ conflated &+ carryCredit }

    /// Samples still to come, given the source's number of samples.
    public final func pending(headOrdinal: UInt64) -> UInt64 {
        headOrdinal &- baseOrdinal &- delivered &- conflated
    }

    /// Whether a message may begin, so that comments and messages of its own may be slipped in.
    public final var isAtBoundary: Bool { partial == 0 }
}

/// Where a reader of frames stands.
struct TickCursor {
    /// The sequence of the newest tick it has had whole; 0 when it needs a keyframe.
    var hadSequence: UInt64 = 0
    /// The tick it is in the middle of, and the part of it.
    var reading: TickText?
    var part = 0
    /// It came for a keyframe and there was none: the next tick makes one.
    var wantsKeyframe = true
    /// The last keyframe it got broke off: it must be closed before the next one.
    var owesTerminator = false
    /// It has had a keyframe.
    var isStarted = false
    /// The newest status it has had.
    var statusSequence: UInt64 = 0
    /// Its place among those of its rate.
    var place = 0
}
