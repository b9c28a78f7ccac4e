public import ByteCore
import FramesShape
import PointerEvents
import SSEWire

/// The picture of who is here, and its broadcast: presence and rates, one ring of samples and kills in order
/// of arrival, and viewers as cursors into it.
///
/// Pure: it does no I/O and reads no clock. `now` is always CLOCK_MONOTONIC in nanoseconds. The owner
///
/// 1. tells it what the data channels bring (`joined`, `received`, `left`, ...) and ends its turn with
///    `endTurn`;
/// 2. calls `tick` when `nextTick` is due;
/// 3. for each viewer with output, asks for vectors, writes them and says with `took` how much the kernel
///    took.
///
/// Pointers handed out by step 3 are valid until the next call of any other method. One thread.
public final class BroadcastHub {
    public let boot: UInt64
    public let limits: HubLimits
    var clock: EpochClock
    /// What viewers were given, and may make the hub keep for them.
    let ledger: ReaderLedger
    /// The frames shape.
    let ticker: FrameTicker

    @exclusivity(unchecked) var visitors: VisitorTable
    @exclusivity(unchecked) var pages: PageTable
    @exclusivity(unchecked) var channels: ChannelTable
    @exclusivity(unchecked) var ring: SampleRing
    @exclusivity(unchecked) var kills: KillLog
    @exclusivity(unchecked) var pins: CatchUpPins
    /// Viewers that catch up, and the greatest n that a catch-up of theirs goes up to; 0 while there is none.
    @exclusivity(unchecked) var catchUpCount = 0
    @exclusivity(unchecked) var catchUpUntil: UInt64 = 0
    /// Counters of the hub; `counters` adds what is worked out when asked.
    @exclusivity(unchecked) var counted = HubCounters()

    /// The second that `received` counts in, and the monotonic time when it ends.
    @exclusivity(unchecked) var second: UInt32 = 0
    @exclusivity(unchecked) var secondEndsAt = Int64.min
    @exclusivity(unchecked) var relayDelays = RecentDelays()

    @exclusivity(unchecked) var viewers: ContiguousArray<Viewer?> = []
    @exclusivity(unchecked) var generations: ContiguousArray<UInt32> = []
    var freeViewers: ContiguousArray<UInt32> = []
    @exclusivity(unchecked) var viewerCount = 0
    /// Over the viewers attached: the sum of `baseOrdinal`, for `offered`.
    var baseOrdinalSum: UInt64 = 0
    var departedOffered: UInt64 = 0
    @exclusivity(unchecked) var heartbeatDueAt = Int64.max
    /// Pages at which those nobody names any more are swept out.
    var pageSweepDue: Int
    /// New page numbers until a sweep may be tried again after one that made no room.
    var pageSweepHolidays = 0

    /// `id: <boot>-`
    let idPrefix: UnsafeRawBufferPointer
    @exclusivity(unchecked) var scratch = ByteBuffer(capacity: 4_096)
    @exclusivity(unchecked) var scratchMarks: ContiguousArray<ScratchMark> = []
    /// Whom the last vectors were filled for.
    @exclusivity(unchecked) var filledFor: ViewerID?

    #if DEBUG
        var fault = HubFault.none
    #endif

    /// Makes an empty hub.
    ///
    /// - Parameters:
    ///   - boot: names this life of the hub in every event id.
    ///   - epochOffsetNanoseconds: CLOCK_REALTIME less CLOCK_MONOTONIC.
    ///   - sleptNanoseconds: CLOCK_BOOTTIME less CLOCK_MONOTONIC.
    ///   - budget: memory for the rests of messages that viewers are in the middle of; shared with whoever
    ///     else keeps bytes for them.
    ///   - hashSeed: keys the tables of ids and pages: who chooses ids must not know it.
    public init(
        boot: UInt64, epochOffsetNanoseconds: Int64, sleptNanoseconds: Int64 = 0,
        limits: HubLimits = .standard, budget: ByteBudget = ByteBudget(limit: .max), hashSeed: UInt64
    ) {
        self.boot = boot
        self.limits = limits
        ledger = ReaderLedger(budget: budget)
        ticker = FrameTicker(limits: limits.frames, ledger: ledger)
        clock = EpochClock(offset: epochOffsetNanoseconds, slept: sleptNanoseconds)
        visitors = VisitorTable(capacity: limits.visitors, seed: hashSeed)
        pageSweepDue = limits.pagesBeforeSweep
        pages = PageTable(limit: limits.pages, byteLimit: limits.pageBytes, seed: hashSeed)
        channels = ChannelTable(slotLimit: limits.slotsPerChannel, pageLimit: limits.pagesPerChannel)
        ring = SampleRing(byteLimit: limits.ringBytes, segmentRecords: limits.segmentRecords)
        kills = KillLog(capacity: limits.rememberedKills)
        pins = CatchUpPins(visitors: limits.visitors)
        var prefix = ByteBuffer(capacity: 32)
        prefix.appendEventIDPrefix(boot: boot)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: prefix.count, alignment: 1)
        copy.copyMemory(from: prefix.readable)
        idPrefix = UnsafeRawBufferPointer(copy)
    }

    deinit { idPrefix.deallocate() }

    /// The n of the newest sample or kill; 0 before the first.
    public var headN: UInt64 { ring.headN }

    /// Memory that the ring uses.
    public var ringBytes: Int { ring.bytes }

    /// Everything counted, as of now.
    public var counters: HubCounters {
        var counters = counted
        counters.relayed = ring.headOrdinal
        counters.offered =
            departedOffered &+ UInt64(viewerCount) &* ring.headOrdinal &- baseOrdinalSum
        counters.delivered = ledger.delivered
        counters.conflated = ledger.conflated
        counters.frames = ticker.counted.frames
        counters.keyframes = ticker.counted.keyframes
        counters.truncatedKeyframes = ticker.counted.truncatedKeyframes
        counters.interruptedKeyframes = ticker.counted.interruptedKeyframes
        let undelivered = counted.undelivered.reduce(0, &+)
        counters.pending = counters.offered &- ledger.delivered &- ledger.conflated &- undelivered
        counters.present = visitors.presentCount
        counters.viewers = viewerCount
        return counters
    }

    /// Calls `body` for each viewer attached.
    func forEachViewer(_ body: (Viewer) -> Void) {
        for viewer in viewers {
            if let viewer { body(viewer) }
        }
    }
}
