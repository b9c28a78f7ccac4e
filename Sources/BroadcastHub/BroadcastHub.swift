public import ByteCore
import FramesShape
import PointerEvents
import SSEWire

/// Who is here, and what viewers are told of it: presence and rates, one ring of samples and kills in the
/// order they arrived, and viewers, each of which is a cursor into that ring.
///
/// It does no I/O and reads no clock; `now` is always CLOCK_MONOTONIC in nanoseconds. Its owner
///
/// 1. tells it what the data channels bring (`joined`, `received`, `left`, ...), and calls `endTurn` when a
///    turn of the loop is over;
/// 2. calls `tick` when `nextTick` is due;
/// 3. for each viewer with output: asks for I/O vectors, writes them, and reports with `took` how many bytes
///    the kernel took.
///
/// Pointers handed out in step 3 are valid until any other method is called. It belongs to one thread.
public final class BroadcastHub {
    public let boot: UInt64
    public let limits: HubLimits
    var clock: EpochClock
    /// Counts what viewers were given, and bounds what is kept for them.
    let ledger: ReaderLedger
    /// The frames shape.
    let ticker: FrameTicker

    @exclusivity(unchecked) var visitors: VisitorTable
    @exclusivity(unchecked) var texts: HubTexts
    @exclusivity(unchecked) var channels: ChannelTable
    @exclusivity(unchecked) var ring: SampleRing
    @exclusivity(unchecked) var kills: KillLog
    @exclusivity(unchecked) var grace = GraceTable()
    @exclusivity(unchecked) var claims: ClaimTable
    @exclusivity(unchecked) var moves = MoveTable()
    @exclusivity(unchecked) var pins: CatchUpPins
    /// How many viewers are catching up, and the greatest n that any of them catches up to; 0 if none is.
    @exclusivity(unchecked) var catchUpCount = 0
    @exclusivity(unchecked) var catchUpUntil: UInt64 = 0
    /// The counters that are kept up to date; `counters` adds those that are computed when asked for.
    @exclusivity(unchecked) var counted = HubCounters()

    /// The second that `received` counts in, and the monotonic time when it ends.
    @exclusivity(unchecked) var second: UInt32 = 0
    @exclusivity(unchecked) var secondEndsAt = Int64.min
    @exclusivity(unchecked) var relayDelays = RecentDelays()

    /// Viewers by number. A number that is free is used again under its next generation.
    @exclusivity(unchecked) var viewers: ContiguousArray<Viewer?> = []
    @exclusivity(unchecked) var generations: ContiguousArray<UInt32> = []
    var freeViewers: ContiguousArray<UInt32> = []
    @exclusivity(unchecked) var viewerCount = 0
    /// The sum of `baseOrdinal` over the viewers attached, from which `offered` is computed.
    var baseOrdinalSum: UInt64 = 0
    /// What was offered to viewers who have gone.
    var departedOffered: UInt64 = 0
    /// When everyone is owed the next heartbeat (monotonic nanoseconds).
    @exclusivity(unchecked) var heartbeatDueAt = Int64.max
    var crowdLook = CrowdLook()

    /// Scopes that viewers are held to, each with a hub of its own; the hot path looks at `hasScopes` alone.
    @exclusivity(unchecked) var scopes: ContiguousArray<HubScope> = []
    @exclusivity(unchecked) var hasScopes = false
    /// Which of them a sample concerns, and whether one of them names visitors.
    @exclusivity(unchecked) var scopeIndex = ScopeIndex()
    @exclusivity(unchecked) var namesVisitors = false
    /// Of this hub where it is a scope's; 0 of the one that has everything.
    let scopeNumber: UInt32
    /// The number that a scope was given last.
    @exclusivity(unchecked) var lastScopeNumber: UInt32 = 0
    /// What viewers were given within scopes that are no more, and how many scopes were refused.
    @exclusivity(unchecked) var departedScopes = HubCounters()
    let hashSeed: UInt64
    /// What was, of the hub that has everything; and that hub, where this is a scope's.
    @exclusivity(unchecked) var histories: Histories
    weak var whole: BroadcastHub?
    var sharedHistory = SharedHistory()

    /// What the id line of every event begins with: `id: <boot>-`.
    let idPrefix: UnsafeRawBufferPointer
    /// Messages made for one viewer alone, and what each of them means to it.
    @exclusivity(unchecked) var scratch = ByteBuffer(capacity: 4_096)
    @exclusivity(unchecked) var scratchMarks: ContiguousArray<ScratchMark> = []
    /// The viewer for whom vectors were filled last.
    @exclusivity(unchecked) var filledFor: ViewerID?

    #if DEBUG
        var fault = HubFault.none { didSet { claims.fault = fault } }
    #endif

    /// Makes an empty hub.
    ///
    /// - Parameters:
    ///   - boot: tells this hub from those before and after it, in every event id.
    ///   - epochOffsetNanoseconds: CLOCK_REALTIME less CLOCK_MONOTONIC.
    ///   - sleptNanoseconds: CLOCK_BOOTTIME less CLOCK_MONOTONIC.
    ///   - budget: memory for the rests of messages that viewers are in the middle of; shared with whoever
    ///     else keeps bytes for them.
    ///   - hashSeed: keys the tables of ids and pages: who chooses ids must not know it.
    public convenience init(
        boot: UInt64, epochOffsetNanoseconds: Int64, sleptNanoseconds: Int64 = 0,
        limits: HubLimits = .standard, budget: ByteBudget = ByteBudget(limit: .max), hashSeed: UInt64
    ) {
        let clock = EpochClock(offset: epochOffsetNanoseconds, slept: sleptNanoseconds)
        self.init(boot: boot, clock: clock, limits: limits, budget: budget, hashSeed: hashSeed, scope: 0)
    }

    /// The same with a clock that has been followed, for the scope of that number.
    init(
        boot: UInt64, clock: EpochClock, limits: HubLimits, budget: ByteBudget, hashSeed: UInt64,
        scope: UInt32
    ) {
        self.boot = boot
        self.limits = limits
        self.hashSeed = hashSeed
        self.clock = clock
        scopeNumber = scope
        ledger = ReaderLedger(budget: budget)
        ticker = FrameTicker(limits: limits.frames, ledger: ledger)
        visitors = VisitorTable(capacity: limits.visitors, seed: hashSeed)
        texts = HubTexts(limits, seed: hashSeed)
        channels = ChannelTable(slotLimit: limits.slotsPerChannel, pageLimit: limits.pagesPerChannel)
        ring = SampleRing(byteLimit: limits.ringBytes, segmentRecords: limits.segmentRecords)
        kills = KillLog(capacity: limits.rememberedKills)
        claims = ClaimTable(
            redeemed: limits.claims, fresh: limits.freshClaims, speakers: limits.visitors, seed: hashSeed)
        pins = CatchUpPins(visitors: limits.visitors)
        histories = Histories(limits.histories)
        assert(limits.histories.mostBytes(entries: limits.visitors) <= HistoryLimits.budgetBytes)
        var prefix = ByteBuffer(capacity: 32)
        prefix.appendEventIDPrefix(boot: boot)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: prefix.count, alignment: 1)
        copy.copyMemory(from: prefix.readable)
        idPrefix = UnsafeRawBufferPointer(copy)
    }

    deinit { idPrefix.deallocate() }

    var pages: PageTable { _read { yield texts.pages } }

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
        counters.shortenedKeyframes = ticker.counted.shortenedKeyframes
        counters.cutEntries = ticker.counted.cutEntries
        counters.placeEntries = ticker.counted.placeEntries
        counters.interruptedKeyframes = ticker.counted.interruptedKeyframes
        let undelivered = counted.undelivered.reduce(0, &+)
        counters.pending = counters.offered &- ledger.delivered &- ledger.conflated &- undelivered
        counters.present = visitors.presentCount
        counters.viewers = viewerCount
        counters.addViewers(of: departedScopes)
        for scope in scopes { counters.addViewers(of: scope.hub.counters) }
        return counters
    }

    /// Calls `body` for each viewer attached.
    func forEachViewer(_ body: (Viewer) -> Void) {
        for viewer in viewers {
            if let viewer { body(viewer) }
        }
    }
}
