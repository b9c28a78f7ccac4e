import ByteCore
import Glibc
import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub
@testable import FramesShape

/// One random history of a hub with tiny limits, held against `World` at every step.
final class Simulation {
    var random: SplitMix64
    var hub: BroadcastHub
    let world: World
    /// The whole, and the scopes in use in the order in which they came.
    let whole: Stage
    var scopes: [Stage] = []
    var now: Int64 = 5_000_000_000
    var channels: [Int] = []
    var viewers: [SimulatedViewer] = []
    /// How often a keyframe served another rate.
    var shared = 0
    /// How often what happened to scopes.
    var scopeEvents: [String: Int] = [:]
    /// Viewers closed for want of memory.
    var forfeits = 0
    /// Of viewers who went.
    var departedOffered: UInt64 = 0
    var departedDelivered: UInt64 = 0
    var departedConflated: UInt64 = 0
    var departedUndelivered: UInt64 = 0
    /// How often viewers changed their filter.
    var refilters: UInt64 = 0
    /// Those who poll, and what one of them waits for at this moment.
    var pollers: [SimulatedPoller] = []
    var polled: Stage?
    /// The first thing that was wrong.
    var failure: String?
    /// What the viewers who went had got.
    var departed: [SimulatedViewer] = []

    /// Decides what connections do between two channels; nil where none ever is.
    var connecting: SplitMix64?
    var lastConnection: UInt64 = 0

    /// Decides when the hub is moved to another one; nil where it never is.
    var moving: SplitMix64?
    var moves = 0
    /// Everything that the hub answered, long ones as a hash: two histories of one seed must have the same.
    var answers: [(what: StaticString, number: UInt64)] = []
    let mistake: Mistake

    init(seed: UInt64, mistake: Mistake, moves: Bool = false) {
        self.mistake = mistake
        moving = moves ? SplitMix64(seed: ~seed) : nil
        connecting = seed % 4 == 2 ? SplitMix64(seed: seed &* 31) : nil
        random = SplitMix64(seed: seed)
        var limits = HubLimits()
        limits.segmentRecords = 1 + random.below(5)
        limits.ringBytes = random.pick([900, 1_500, 3_000, 6_000, 100_000])
        limits.rememberedKills = random.pick([1, 3, 8, 100])
        limits.visitors = random.once(in: 6) ? 3 + random.below(3) : 20
        limits.slotsPerChannel = 12
        limits.pages = random.pick([2, 5, 1_000])
        limits.names = random.pick([2, 5, 1_000])
        limits.elements = random.pick([2, 5, 1_000])
        limits.graceNanoseconds = random.pick([0, 1_000_000, 150_000_000, 5_000_000_000])
        limits.keptGone = random.pick([0, 2, 1_000])
        limits.keptPageBytes = random.pick([10, 1_000])
        limits.scratchBytes = 4_096 + random.pick([1, 150, 4_096])
        limits.scopes = random.pick([1, 2, 3])
        limits.filters = random.pick([1, 2, 3])
        limits.filterRingBytes = random.pick([900, 2_000, 100_000])
        limits.scopeSegmentRecords = 1 + random.below(4)
        limits.scopeRingBytes = random.pick([900, 2_000, 100_000])
        limits.scopeHeldKeyframeBytes = random.pick([0, 2_000])
        limits.scopeLingerNanoseconds = random.pick([1_000_000, 200_000_000, 20_000_000_000])
        limits.frames.messageBytes = random.pick([450, 450, 700, 65_536])
        limits.frames.frameBytes = random.pick([500, 2_000, 1_000_000])
        limits.frames.heldKeyframeBytes = random.pick([0, 0, 2_000, 1_000_000])
        limits.frames.heldKeyframeGapNanoseconds = random.pick([1_000_000, 1_000_000, 50_000_000])
        limits.frames.keyframeAgeMilliseconds = random.pick([1, 1, 1_000_000])
        limits.frames.keyframeGapNanoseconds = random.pick([0, 16_666_666, 100_000_000])
        limits.frames.keyframeGapPerVisitorNanoseconds = seed % 2 == 0 ? 0 : 4_000_000
        hub = BroadcastHub(
            boot: World.boot, epochOffsetNanoseconds: World.epochOffset, limits: limits,
            budget: ByteBudget(limit: seed % 5 == 0 ? 2_100 : seed % 7 == 0 ? 100 : .max), hashSeed: seed)
        mistake.plant(in: hub)
        world = World(people: World.defaultPeople)
        world.grace = limits.graceNanoseconds
        whole = Stage(number: 0, scope: Stage.Scope(), world: world)
        world.onKill = { [unowned self] visitor in scopes.forEach { $0.world.left(visitor) } }
    }

    func fail(_ reason: String) {
        if failure == nil { failure = reason }
    }

    /// Runs a history of `length` steps to its end; returns what went wrong.
    func run(length: Int) -> String? {
        live(length: length)
        if failure == nil { finish() }
        return failure
    }

    /// Runs a history of `length` steps.
    func live(length: Int) {
        openChannel()
        openChannel()
        for _ in 0..<random.below(10) { join() }
        var step = 0
        while step < length, failure == nil {
            self.step()
            moveConnections()
            detachForfeited()
            moveHub()
            checkAccounts()
            step += 1
        }
    }

    private func step() {
        switch random.below(100) {
        case 0..<34: sample()
        case 34..<42: join()
        case 42..<46: leave()
        case 46..<48: random.once(in: 3) ? closeChannel() : openChannel()
        case 48..<52: text()
        case 52..<59: endTurn()
        case 59: askState()
        case 60..<70: tick(after: random.pick([1, 20, 20, 100, 100, 100, 1_000, 16_000]))
        case 70..<73: attach()
        case 73: random.once(in: 2) ? refilter() : poll()
        case 74..<77: attachAndFallBehind()
        case 77..<96: if !viewers.isEmpty { read(random.pick(viewers)) }
        case 96..<98: burst()
        case 98: if !viewers.isEmpty { detach(random.below(viewers.count)) }
        default:
            switch random.below(10) {
            case 0...1: moveClock()
            case 2: hub.release()
            case 3...4: refilter()
            case 5...6: poll()
            default: setStatus()
            }
        }
    }

    // MARK: The data channels

    private func openChannel() {
        guard channels.count < 3 else { return }
        let pid = Int32(100 + random.below(900))
        let channel = hub.openChannel(pid: pid)
        if channels.contains(channel) { fail("channel \(channel) is open twice") }
        channels.append(channel)
        world.pids[channel] = pid
    }

    private func closeChannel() {
        guard !channels.isEmpty else { return }
        let channel = channels.remove(at: random.below(channels.count))
        hub.closeChannel(channel, now: now)
        world.closed(channel)
    }

    func anySlot() -> World.Slot {
        World.Slot(channel: channels.isEmpty ? 7 : random.pick(channels), slot: UInt32(random.below(6)))
    }

    private func join() {
        let slot = anySlot()
        let visitor = random.below(world.people.count)
        let entries = world.people.filter { $0.isPresent || $0.killN >= Int(hub.ring.firstN) }.count
        let refusedBefore = hub.counters.refusedJoins
        _ = world.people[visitor].id.withUnsafeBytes {
            hub.joined(channel: slot.channel, slot: slot.slot, id: $0, now: now)
        }
        guard channels.contains(slot.channel) else { return }
        if hub.counters.refusedJoins == refusedBefore {
            world.joined(slot, visitor, now: now)
            for scope in scopes where scope.world.people[visitor].isPresent {
                scope.world.people[visitor].pid = world.people[visitor].pid
            }
        } else {
            if entries < hub.limits.visitors { fail("a join was refused with \(entries) entries") }
            world.left(slot)
        }
    }

    private func leave() {
        let slot = anySlot()
        let mayReturn = random.once(in: 2)
        hub.left(channel: slot.channel, slot: slot.slot, mayReturn: mayReturn, now: now)
        world.left(slot, mayReturn: mayReturn, now: now)
    }

    /// More than a small ring holds, so that several viewers catch up at a time, at different places.
    private func burst() {
        for _ in 0..<(5 + random.below(30)) {
            sample()
            if random.once(in: 4) { text() }
            if random.once(in: 4), !viewers.isEmpty {
                read(random.pick(viewers), limit: random.pick([1, 60, 150]))
            }
        }
        endTurn()
        for viewer in viewers { read(viewer, limit: random.pick([1, 60, 150])) }
        for _ in 0..<random.below(8) { sample() }
    }

    // MARK: The end

    private func finish() {
        endTurn()
        drainAll()
        detachForfeited()
        // A keyframe that somebody waits for comes with the slowest rate's next tick.
        tick(after: 1_001)
        drainAll()
        detachForfeited()
        for viewer in viewers {
            if let wrong = viewer.checkWhole(self) { fail("viewer \(viewer.shape), at the end: \(wrong)") }
        }
        checkAccounts()
        checkVisitors()
        for scope in scopes { checkVisitors(of: scope) }
        while !viewers.isEmpty, failure == nil { detach(0) }
        for scope in scopes { noteEnd(of: scope) }
        checkAccounts()
        if hub.counters.pending != 0 { fail("pending without viewers") }
        if hub.ledger.budget.held != 0 { fail("\(hub.ledger.budget.held) bytes are held for nobody") }
    }

    private func drainAll() {
        for viewer in viewers { drain(viewer) }
    }

    func drain(_ viewer: SimulatedViewer) {
        var rounds = 0
        while hub.hasOutput(viewer.id), failure == nil {
            if let wrong = viewer.read(self, limit: 1_000_000, vectorCount: 8, takesAll: true) {
                fail("viewer \(viewer.shape): \(wrong)")
            }
            rounds += 1
            if rounds > 1_000 { fail("viewer \(viewer.shape) never comes to an end") }
        }
    }
}
