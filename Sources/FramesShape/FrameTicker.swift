import ByteCore

/// What a ticker has made since it began.
public struct FramesCounters: Equatable, Sendable {
    /// Frames made.
    public var frames: UInt64 = 0
    /// Keyframes made, and those in which somebody is told in short.
    public var keyframes: UInt64 = 0
    public var shortenedKeyframes: UInt64 = 0
    /// Of those, visitors whose texts are cut, and visitors of whom they say no more than the place.
    public var cutEntries: UInt64 = 0
    public var placeEntries: UInt64 = 0
    /// Keyframes that a reader could not finish because too many were held.
    public var interruptedKeyframes: UInt64 = 0
}

/// The frames shape: ticks of six rates over one source, and their texts, each made once for all its readers.
///
/// ```
///  source ──▶ tick of a rate ──▶ frame      what happened since the tick before: who had that one whole
///    records, who is present ──▶ keyframe   everyone present: everybody else, of every rate that ticks at n
/// ```
/// Only ticks at which something had happened count. Who missed one gets a keyframe, and the samples between
/// are skipped: nobody is ever behind.
///
/// Pure: `now` is always CLOCK_MONOTONIC in nanoseconds, and the source is handed in with each call. One
/// thread.
public final class FrameTicker {
    let limits: FramesLimits
    let ledger: ReaderLedger
    let groups = ContiguousArray(FrameRate.allCases.map { RateGroup(rate: $0) })
    @exclusivity(unchecked) var composer = FrameComposer()
    /// When `tick` is to be called next, possibly past; `Int64.max` while there are no readers.
    @exclusivity(unchecked) public private(set) var dueAt = Int64.max
    /// When the next keyframe may be made.
    @exclusivity(unchecked) var nextKeyframeAt = Int64.min
    @exclusivity(unchecked) var expectedKeyframeBytes = 1_024
    /// Visitors had more to say in the newest keyframe than it had room for.
    @exclusivity(unchecked) var sharesKeyframes = false
    @exclusivity(unchecked) var status = ByteBuffer(capacity: 256)
    /// What of the status those get who are shown less.
    @exclusivity(unchecked) var briefStatus = ByteBuffer(capacity: 256)
    @exclusivity(unchecked) var statusSequence: UInt64 = 0
    /// From a record's arrival at the source to the tick that makes its frame's text, of every rate in use.
    @exclusivity(unchecked) public var encodeDelays = RecentDelays()
    @exclusivity(unchecked) public internal(set) var counted = FramesCounters()

    #if DEBUG
        var fault = FramesFault.none
    #endif

    /// A ticker without readers; what they are given is counted in `ledger`.
    public init(limits: FramesLimits, ledger: ReaderLedger) {
        self.limits = limits
        self.ledger = ledger
    }

    /// Memory of the newest ticks' texts, of all rates together.
    public var textBytes: Int {
        groups.reduce(0) { $0 + ($1.frame?.bytes ?? 0) + ($1.keyframe?.bytes ?? 0) }
    }

    /// Adds a reader at `rate`. It is to have its keyframe at once, or as soon as the next may be made.
    public func attach<Source: FramesSource>(
        _ reader: StreamReader, at rate: FrameRate, source: Source, now: Int64
    ) {
        defer { findDue() }
        let group = groups[rate.index]
        group.add(reader)
        if group.readers.count == 1 { group.dueAt = now + rate.periodNanoseconds }
        if group.sequence != 0, group.n == source.headN { return tickAgain(group, source, now: now) }
        let canHaveOne = now >= nextKeyframeAt || sharedKeyframe(source, now: now) != nil
        group.dueAt = min(group.dueAt, canHaveOne ? now : nextKeyframeAt)
        if group.dueAt <= now { tick(group, source, now: now) }
    }

    /// Lets a reader at `rate` go.
    public func detach(_ reader: StreamReader, at rate: FrameRate) {
        let group = groups[rate.index]
        if group.holds(reader) { group.remove(reader) }
        findDue()
    }

    /// Notes when the next tick is due: whoever has many tickers asks them at every turn.
    func findDue() {
        dueAt = .max
        for group in groups where !group.readers.isEmpty { dueAt = min(dueAt, group.dueAt) }
    }

    /// Makes the frames that are due.
    public func tick<Source: FramesSource>(source: Source, now: Int64) {
        guard now >= dueAt else { return }
        defer { findDue() }
        for group in groups where !group.readers.isEmpty && now >= group.dueAt {
            tick(group, source, now: now)
        }
    }

    /// Ends the tick of one rate: makes what its readers need of it, and lets go of the tick before.
    private func tick<Source: FramesSource>(_ group: RateGroup, _ source: Source, now: Int64) {
        let period = group.rate.periodNanoseconds
        group.dueAt = now - group.dueAt < period ? group.dueAt + period : now + period
        if group.sequence != 0, group.n == source.headN { return tickAgain(group, source, now: now) }
        // Whatever was told up to now belongs to this tick.
        source.seal()
        var needsFrame = false
        var needsKeyframe = false
        for reader in group.readers {
            leaveTick(reader)
            let reads = reader.tick.reading.map { $0.sequence == group.sequence } ?? false
            if group.sequence != 0, reads || reader.tick.hadSequence == group.sequence { needsFrame = true }
            if reader.tick.wantsKeyframe { needsKeyframe = true }
            if isFaulty(.skippedTooSoon), reader.tick.wantsKeyframe, reader.tick.reading == nil {
                ledger.conflate(reader, throughOrdinal: source.headOrdinal)
            }
        }
        let previousN = group.n
        group.previousSequence = group.sequence
        group.sequence = source.headN + 1
        group.n = source.headN
        group.frame = nil
        group.keyframe = nil
        if needsFrame {
            if mayHaveRoom(for: source, after: previousN) {
                group.frame = composeFrame(
                    group.sequence, through: group.n, after: previousN, of: source, now: now)
            }
            if group.frame == nil { needsKeyframe = true }
        }
        if needsKeyframe { giveKeyframe(group, source, now: now) }
        #if DEBUG
            if fault == .keyframeMissed { pretendNobodyMissed(group) }
        #endif
    }

    /// Whether what has come behind record `n` may have room in one frame: what cannot need not be written
    /// down to find that out.
    private func mayHaveRoom<Source: FramesSource>(for source: Source, after n: UInt64) -> Bool {
        guard n + 1 >= source.firstN else { return false }
        let samples = source.headOrdinal - source.ordinal(through: n)
        return samples <= limits.frameBytes / FrameComposer.leastSampleBytes
    }

    /// A tick at which nothing happened since the last one: there may still be someone who came since.
    private func tickAgain<Source: FramesSource>(_ group: RateGroup, _ source: Source, now: Int64) {
        guard group.readers.contains(where: { $0.tick.wantsKeyframe }) else { return }
        giveKeyframe(group, source, now: now)
    }

    /// Gives a rate that has just ticked the keyframe of its tick: one that another rate has of the same n,
    /// or a new one; or it ticks again when the next may be made.
    private func giveKeyframe<Source: FramesSource>(_ group: RateGroup, _ source: Source, now: Int64) {
        let shared = sharedKeyframe(source, now: now)
        guard let keyframe = shared ?? newKeyframe(group, source, now: now) else {
            // Where readers hold too much, the next tick of the rate looks again.
            if now < nextKeyframeAt { group.dueAt = min(group.dueAt, nextKeyframeAt) }
            return
        }
        group.keyframe = keyframe
        for reader in group.readers { reader.tick.wantsKeyframe = false }
    }

    /// The keyframe of the head, where there is one; one made long ago shows rates that are no longer true.
    private func sharedKeyframe<Source: FramesSource>(_ source: Source, now: Int64) -> TickText? {
        guard now < nextKeyframeAt else { return nil }
        return groups.first { group in
            guard let keyframe = group.keyframe else { return false }
            return keyframe.n == source.headN || isFaulty(.keyframeOfAnotherMoment)
        }?.keyframe
    }

    private func newKeyframe<Source: FramesSource>(
        _ group: RateGroup, _ source: Source, now: Int64
    ) -> TickText? {
        guard now >= nextKeyframeAt, makeRoomForKeyframe(source, now: now) else { return nil }
        let perVisitor = limits.keyframeGapPerVisitorNanoseconds
        nextKeyframeAt = now + max(limits.keyframeGapNanoseconds, Int64(source.presentCount) * perVisitor)
        return composeKeyframe(group, of: source, now: now)
    }
}
