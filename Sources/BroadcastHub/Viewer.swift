/// One viewer: a cursor into what all share, and at most the unsent rest of one message.
///
/// Exclusivity is unchecked because each check is a call, and a turn touches these fields for every viewer;
/// the hub is used by one thread and no field is handed out.
final class Viewer {
    /// How a viewer of the default shape gets on.
    enum Progress {
        /// Reads the ring from `position` on.
        case following
        /// Gets what it missed outside the ring.
        case catchingUp(CatchUp)
    }

    let id: ViewerID
    let shape: ViewerShape
    /// Samples of the hub when this viewer's count began.
    let baseOrdinal: UInt64
    /// Is part of this server, and not to be lost for want of memory.
    let isEssential: Bool
    /// Monotonic nanoseconds.
    let attachedAt: Int64

    /// The n up to which it has had everything, or everything of a catch-up; a message in `carry` is had.
    @exclusivity(unchecked) var position: UInt64
    /// Bytes of the next shared message (the record after `position`, the part of a tick) that were taken.
    @exclusivity(unchecked) var partial = 0
    /// The unsent rest of a message whose source is gone.
    @exclusivity(unchecked) var carry = Carry()
    /// Samples that count as delivered when `carry` is gone.
    @exclusivity(unchecked) var carryCredit: UInt64 = 0
    @exclusivity(unchecked) var delivered: UInt64 = 0
    @exclusivity(unchecked) var conflated: UInt64 = 0
    /// Bytes that its kernel took.
    @exclusivity(unchecked) var bytes: UInt64 = 0

    /// The rest of its message could not be kept: it gets nothing any more.
    @exclusivity(unchecked) var isForfeited = false
    @exclusivity(unchecked) var owesOpening = true
    @exclusivity(unchecked) var owesHeartbeat = false
    /// Monotonic nanoseconds when bytes were last taken.
    @exclusivity(unchecked) var lastProgress: Int64

    @exclusivity(unchecked) var progress = Progress.following
    @exclusivity(unchecked) var tick = TickCursor()

    init(
        id: ViewerID, shape: ViewerShape, position: UInt64, baseOrdinal: UInt64, isEssential: Bool, now: Int64
    ) {
        self.id = id
        self.isEssential = isEssential
        self.shape = shape
        self.position = position
        self.baseOrdinal = baseOrdinal
        attachedAt = now
        lastProgress = now
    }

    /// Samples of the hub that are settled for this viewer: delivered, on the way in `carry`, or skipped.
    var settledOrdinal: UInt64 { baseOrdinal &+ delivered &+ conflated &+ carryCredit }

    /// Samples still to come, given the hub's number of samples.
    func pending(headOrdinal: UInt64) -> UInt64 { headOrdinal &- baseOrdinal &- delivered &- conflated }

    /// Whether a message may begin, so that comments and messages of its own may be slipped in.
    var isAtBoundary: Bool { partial == 0 }
}

/// Where a catch-up or a reset stands; what of it was sent is `Viewer.position`.
struct CatchUp {
    /// The head's n when it began: the ring goes on from there.
    var until: UInt64
    /// The hub's samples through `until`.
    var untilOrdinal: UInt64
    /// Stands at the first visitor in the list who may still have to be sent; `CatchUpPins.none` where none
    /// has.
    var pin = CatchUpPins.none
    /// Kills up to `until` that are still to be sent.
    var killsLeft: Int
    /// Sends everyone present, and counts nothing.
    var isReset: Bool
    var owesResetMessage: Bool
}

/// Where a viewer of the frames shape stands.
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
}
