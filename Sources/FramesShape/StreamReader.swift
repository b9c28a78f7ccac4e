/// One who reads an event stream: a cursor into what all share, and at most the unsent rest of one message.
///
/// What else its owner knows of it stands in a subclass. Exclusivity is unchecked because each check is a
/// call, and a turn touches these fields for every reader; readers are used by one thread and no field is
/// handed out. The attribute does not reach other modules, so they go through accessors that are inlined.
open class StreamReader {
    /// Samples of the source when this reader's count began.
    public final let baseOrdinal: UInt64
    /// Is part of this server, and not to be lost for want of memory.
    public final let isEssential: Bool
    /// Gets the brief status instead of the whole one.
    public final let showsLess: Bool

    @exclusivity(unchecked) @usableFromInline final var state: State
    /// Of readers of frames.
    @exclusivity(unchecked) final var tick = TickCursor()

    @usableFromInline
    struct State {
        @usableFromInline var position: UInt64
        @usableFromInline var partial = 0
        @usableFromInline var carryCredit: UInt64 = 0
        @usableFromInline var carry = Carry()
        @usableFromInline var delivered: UInt64 = 0
        @usableFromInline var conflated: UInt64 = 0
        @usableFromInline var isForfeited = false

        init(position: UInt64) { self.position = position }
    }

    /// A reader that has had everything up to `position`, of which `baseOrdinal` are samples.
    public init(position: UInt64, baseOrdinal: UInt64, isEssential: Bool, showsLess: Bool = false) {
        self.baseOrdinal = baseOrdinal
        self.isEssential = isEssential
        self.showsLess = showsLess
        state = State(position: position)
    }

    /// The n up to which it has had everything, or everything of a catch-up; a message in `carry` is had.
    @inlinable public final var position: UInt64 {
        get { state.position }
        set { state.position = newValue }
    }

    /// Bytes of the next shared message (the record after `position`, the part of a tick) that were taken.
    @inlinable public final var partial: Int {
        get { state.partial }
        set { state.partial = newValue }
    }

    /// The unsent rest of a message whose source is gone.
    @inlinable public final var carry: Carry { state.carry }

    /// Samples that count as delivered when `carry` is gone.
    @inlinable public final var carryCredit: UInt64 {
        get { state.carryCredit }
        set { state.carryCredit = newValue }
    }

    @inlinable public final var delivered: UInt64 { state.delivered }
    @inlinable public final var conflated: UInt64 { state.conflated }

    /// The rest of its message could not be kept: it gets nothing any more.
    @inlinable public final var isForfeited: Bool { state.isForfeited }

    /// Whether it carries the rest of a message.
    @inlinable public final var isCarrying: Bool { state.carry.count > 0 }

    /// The kernel took `bytes` of what it carries.
    public final func consumeCarry(_ bytes: Int) { state.carry.consume(bytes) }

    /// Samples of the source that are settled for this reader: delivered, on the way in `carry`, or skipped.
    final var settledOrdinal: UInt64 { baseOrdinal &+ delivered &+ conflated &+ carryCredit }

    /// Samples still to come, given the source's number of samples.
    @inlinable
    public final func pending(headOrdinal: UInt64) -> UInt64 {
        headOrdinal &- baseOrdinal &- delivered &- conflated
    }

    /// Whether a message may begin, so that comments and messages of its own may be slipped in.
    @inlinable public final var isAtBoundary: Bool { partial == 0 }
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
