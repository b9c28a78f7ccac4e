import FramesShape

/// One viewer: a reader, and what the hub keeps of it besides.
final class Viewer: StreamReader {
    /// How a viewer of the default shape gets on.
    enum Progress {
        /// Reads the ring from `position` on.
        case following
        /// Gets what it missed outside the ring.
        case catchingUp(CatchUp)
    }

    let id: ViewerID
    let shape: ViewerShape
    /// Is answered once, and asks again where that ended: what it has not had then is not offered to it.
    let isPoll: Bool
    /// Monotonic nanoseconds.
    let attachedAt: Int64

    /// Bytes that its kernel took.
    @exclusivity(unchecked) var bytes: UInt64 = 0
    @exclusivity(unchecked) var owesOpening: Bool
    @exclusivity(unchecked) var owesHeartbeat = false
    /// Monotonic nanoseconds when bytes were last taken.
    @exclusivity(unchecked) var lastProgress: Int64
    @exclusivity(unchecked) var progress = Progress.following
    /// What it is still to be told of the last minutes.
    @exclusivity(unchecked) var history = HistoryCursor()

    init(
        id: ViewerID, shape: ViewerShape, position: UInt64, baseOrdinal: UInt64, isEssential: Bool,
        showsLess: Bool, isPoll: Bool = false, now: Int64
    ) {
        self.id = id
        self.isPoll = isPoll
        owesOpening = !isPoll
        self.shape = shape
        attachedAt = now
        lastProgress = now
        super.init(
            position: position, baseOrdinal: baseOrdinal, isEssential: isEssential, showsLess: showsLess)
    }
}

/// Where a catch-up or a reset stands; what of it was sent is `StreamReader.position`.
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
