import ByteCore
import FramesShape
import PointerEvents
import SSEWire
import TestSupport

@testable import BroadcastHub

/// One random history of a hub, of which every sample is written down beside it: what the hub tells of the
/// last minutes must be that.
///
/// | | |
/// |---|---|
/// | v0 ... v5 | come, move on one page each, leave |
/// | v6 ... v8 | go from page to page |
/// | v9 | has two connections, on two pages |
/// | v10, v11 | come to a page that nobody was on before, and leave |
final class HistorySimulation {
    struct Person {
        var isPresent = false
        var stay = 0
        var page = ""
        var told = false
        /// The page that was named last in this stay, and in which second that was another one than before.
        var named: String?
        var turned = 0
    }

    /// Samples by second.
    typealias Counts = [Int: Int]

    var random: SplitMix64
    private(set) var hub: BroadcastHub
    let limits: HubLimits
    private let mistake: Mistake
    var now: Int64 = 5_200_000_000
    var all: Counts = [:]
    /// Those of a second are of the page that their visitor was on when it was over. Who has several pages at
    /// a time is of none.
    var byPage: [String: Counts] = [:]
    /// Of each stay of a visitor, and on which page they were when the second was over.
    var byStay: [String: Counts] = [:]
    var pageOfStay: [String: [Int: String]] = [:]
    var people = [Person](repeating: Person(), count: 12)
    private var drifts = 0
    private let channel: Int
    private(set) var failure: String?
    /// How often what was looked at.
    var seen: [String: Int] = [:]

    init(seed: UInt64, mistake: Mistake) {
        random = SplitMix64(seed: seed)
        self.mistake = mistake
        var limits = HubLimits()
        limits.frames.keyframeGapNanoseconds = 0
        limits.frames.keyframeGapPerVisitorNanoseconds = 0
        limits.frames.messageBytes = random.pick([450, 700, 65_536])
        limits.histories.entriesPerTurn = random.pick([1, 3, 1_000])
        limits.segmentRecords = 4
        limits.ringBytes = random.pick([2_000, 100_000])
        limits.pagesBeforeSweep = 8
        limits.graceNanoseconds = 0
        limits.scopeLingerNanoseconds = 1_000_000
        self.limits = limits
        hub = BroadcastHub(boot: 0xAB, epochOffsetNanoseconds: 0, limits: limits)
        mistake.plant(in: hub)
        channel = hub.openChannel(pid: 100)
        for (index, page) in ["/s0", "/s1", "/s2", "/m0", "/m1", "/m2", "/t0", "/t1"].enumerated() {
            tell(index, page)
        }
        hub.foldHistories(now: now)
    }

    private func tell(_ index: Int, _ page: String) {
        Array(page.utf8).withUnsafeBytes { hub.page(channel: channel, index: UInt32(index), bytes: $0) }
    }

    func fail(_ reason: String) {
        if failure == nil { failure = reason }
    }

    /// Runs to its end; returns what was wrong.
    func run(length: Int) -> String? {
        for _ in 0..<length where failure == nil {
            switch random.below(20) {
            case 0..<9: for _ in 0..<(1 + random.below(30)) { act(random.below(people.count)) }
            case 9..<17: pass(random.pick([1, 30, 200, 900, 900, 1_000, 2_300, 11_000]))
            case 17: if random.once(in: 6) { pass(random.pick([45_000, 130_000, 700_000])) }
            case 18: look()
            default: if random.once(in: 2) { move() }
            }
        }
        pass(1_500)
        look()
        return failure
    }

    // MARK: What happens

    private func act(_ number: Int) {
        guard people[number].isPresent else { return join(number) }
        if random.once(in: number >= 10 ? 5 : 40) { return leave(number) }
        if (6...8).contains(number), random.once(in: 6) {
            people[number].page = "/m\(random.below(3))"
            people[number].told = false
        }
        sample(number)
    }

    private func join(_ number: Int) {
        hub.join(channel, slot: UInt32(number), id: "v\(number)", now: now)
        people[number].isPresent = true
        people[number].stay += 1
        people[number].told = false
        people[number].named = nil
        switch number {
        case 0...5: people[number].page = "/s\(number % 3)"
        case 6...8: people[number].page = "/m\(random.below(3))"
        case 9:
            people[number].page = "/t0"
            hub.join(channel, slot: 20, id: "v9", now: now)
        default:
            drifts += 1
            people[number].page = "/d\(drifts)"
            tell(number, people[number].page)
        }
    }

    private func leave(_ number: Int) {
        hub.left(channel: channel, slot: UInt32(number), now: now)
        if number == 9 { hub.left(channel: channel, slot: 20, now: now) }
        people[number].isPresent = false
    }

    private func sample(_ number: Int) {
        var sample = PointerSample(x: 1, y: 2)
        sample.slot = number == 9 && random.once(in: 2) ? 20 : UInt32(number)
        if number == 9 { people[9].page = sample.slot == 20 ? "/t1" : "/t0" }
        if !people[number].told || number == 9 {
            sample.fields = .page
            let page = people[number].page
            switch page.utf8.dropFirst().first {
            case UInt8(ascii: "s"): sample.page = UInt32(number % 3)
            case UInt8(ascii: "m"): sample.page = 3 + UInt32(page.dropFirst(2)).unsafelyUnwrapped
            case UInt8(ascii: "t"): sample.page = page == "/t0" ? 6 : 7
            default: sample.page = UInt32(number)
            }
            people[number].told = true
        }
        hub.received(channel: channel, sample, now: now)
        let second = Int(now / 1_000_000_000)
        if people[number].named != people[number].page { people[number].turned = second }
        people[number].named = people[number].page
        all[second, default: 0] += 1
        if number != 9 { countOnPage(number, in: second) }
        byStay[stay(number), default: [:]][second, default: 0] += 1
        pageOfStay[stay(number), default: [:]][second] = people[number].page
    }

    /// Counts a sample, and what its visitor did in the second before it, on the page that they are on now.
    private func countOnPage(_ number: Int, in second: Int) {
        let page = people[number].page
        if let before = pageOfStay[stay(number)]?[second], before != page {
            let moved = byStay[stay(number)]?[second] ?? 0
            byPage[before, default: [:]][second, default: 0] -= moved
            byPage[page, default: [:]][second, default: 0] += moved
        }
        byPage[page, default: [:]][second, default: 0] += 1
    }

    func stay(_ number: Int) -> String { "v\(number)#\(people[number].stay)" }

    /// Time passes, in which the hub is called when it wants to be, or up to a second late: then it takes
    /// samples before it counts the second that is over.
    private func pass(_ milliseconds: Int64) {
        turn()
        let end = now + milliseconds * 1_000_000
        let isLate = random.once(in: 3)
        while let due = hub.nextFold, due <= (isLate ? end - 1_000_000_000 : end) {
            now = max(now, due)
            turn()
        }
        now = end
        if !isLate { turn() }
    }

    func turn() {
        hub.endTurn(now: now)
        if let due = hub.nextTick(now: now), now >= due { hub.tick(now: now) }
        hub.foldHistories(now: now)
    }

    /// The hub goes on in another one.
    private func move() {
        turn()
        var buffer = ByteBuffer()
        HubSnapshot.write(hub, into: &buffer)
        do {
            hub = try HubSnapshot.read(buffer.readable, limits: limits, hashSeed: random.next())
            mistake.plant(in: hub)
        } catch {
            fail("a snapshot is refused: \(error)")
        }
        seen["moves", default: 0] += 1
    }
}
