import TestSupport

@testable import RateControl

let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000

/// A crowd, viewers and a processor around one governor, with a referee that knows the rules and none of the
/// code: a thousand visitors who do what they were last told, a while after they were told, a processor whose
/// use is measured with noise, and viewers who come, go, stall and are sometimes too slow.
struct RateWorld {
    /// The least time between two things that happen.
    static let tick = 50 * millisecond

    var random: SplitMix64
    var governor: RateGovernor
    let bounds: SamplingBounds
    var now: Int64
    var crowd: SimulatedCrowd
    var viewers: [SimulatedViewer] = []
    var referee: RateReferee
    /// Shares of a core that a thousand samples and a thousand messages a second take.
    var sampleCost: Double
    var messageCost: Double
    /// How far a measure is off at most.
    let noise: Double
    /// The work since the governor last looked, in seconds of a core.
    private var work = 0.0
    private var workedSince: Int64
    private var looksAt: Int64
    private var changesAt: Int64
    private var nextName = 0
    private(set) var violation: String?
    private var newest: RateDecision?

    init(seed: UInt64, fault: RateFault? = nil) {
        random = SplitMix64(seed: seed)
        bounds = random.once(in: 3) ? SamplingBounds(least: 2, most: 30)! : .standard
        governor = RateGovernor(bounds)
        governor.fault = fault
        now = Int64(random.below(1_000_000)) * millisecond
        crowd = SimulatedCrowd(random: &random)
        referee = RateReferee(bounds: bounds, now: now)
        // From a server that is never busy to one that bears a twentieth; a third of them at a threshold.
        let full = Double(bounds.most) * Double(crowd.told.count) / 1000
        let target: Double =
            switch random.below(4) {
            case 0: [0.55, 0.68, 0.75][random.below(3)]
            case 1: 0.1 + Double(random.below(50)) / 100
            case 2: 0.8 + Double(random.below(200)) / 100
            default: 2 + Double(random.below(1800)) / 100
            }
        sampleCost = target * 0.6 / (full * crowd.activity)
        messageCost = target * 0.4 / (Double(crowd.told.count) * crowd.activity * 20 / 1000)
        noise = Double(random.below(9)) / 100
        workedSince = now
        looksAt = now
        changesAt = now + second
    }

    /// Runs for so long; nil when no rule was broken.
    mutating func firstViolation(
        seconds: Int, trace: (RateWorld, RateDecision) -> Void = { _, _ in }
    ) -> String? {
        let end = now + Int64(seconds) * second
        while violation == nil, now < end {
            now += Self.tick
            crowd.receive(now: now)
            let load = processorLoad(crowd.samplesPerSecond, crowd.messagesPerSecond)
            work += min(1, load) * 0.05
            for index in viewers.indices {
                viewers[index].pass(offered: crowd.samplesPerSecond * 0.05, now: now)
            }
            if now >= changesAt { happen() } else if now >= looksAt { look(hasMeasured: true) }
            if let newest { trace(self, newest) }
        }
        return violation
    }

    /// What of a core so many samples and messages a second take.
    func processorLoad(_ samples: Double, _ messages: Double) -> Double {
        sampleCost * samples / 1000 + messageCost * messages / 1000
    }

    // MARK: What happens

    private mutating func happen() {
        // Most of the time long enough for everything to settle, and at times in the middle of it.
        let pause = random.once(in: 4) ? 300 + random.below(3000) : 8000 + random.below(30_000)
        changesAt = now + Int64(pause) * millisecond
        switch random.below(10) {
        case ..<4: attach()
        case ..<6: detach()
        case ..<7: stall()
        case ..<8: changeLooks()
        case ..<9: crowd.resize(&random, now: now)
        default:
            let factor = [0.5, 0.8, 1.25, 2][random.below(4)]
            sampleCost *= factor
            messageCost *= factor
        }
        referee.changed(now: now)
        look(hasMeasured: false)
    }

    private mutating func attach() {
        nextName += 1
        let hertz = random.pick([0, 0, 1, 5, 10, 15, 30, 60])
        var viewer = SimulatedViewer(name: nextName, hertz: hertz, now: now)
        if random.once(in: 6) {
            viewer.capacity = crowd.samplesPerSecond(at: bounds.most) * (0.2 + Double(random.below(60)) / 100)
        }
        if random.once(in: 3) { viewer.looksAt = random.below(30) }
        viewers.append(viewer)
        referee.attached(rate: min(bounds.most, viewer.wanted), now: now)
    }

    private mutating func detach() {
        guard !viewers.isEmpty else { return }
        if random.once(in: 4) { viewers.removeAll() } else { viewers.remove(at: random.below(viewers.count)) }
    }

    private mutating func stall() {
        guard !viewers.isEmpty else { return }
        viewers[random.below(viewers.count)].isStalled.toggle()
    }

    private mutating func changeLooks() {
        // A team that looks at more than can be shown.
        if random.once(in: 3) { for _ in 0..<20 { attach() } }
        for index in viewers.indices {
            viewers[index].looksAt = random.once(in: 4) ? nil : random.below(30)
        }
    }

    // MARK: The governor

    private mutating func look(hasMeasured: Bool) {
        var input = RateInput()
        for viewer in viewers where viewer.isWatching(now: now) {
            if viewer.hertz == 0 {
                input.viewers.addSamples(behind: viewer.behind(now: now))
            } else {
                input.viewers.addFrames(hertz: viewer.hertz, behind: viewer.behind(now: now))
            }
        }
        if hasMeasured {
            let elapsed = Double(now - workedSince) / Double(second)
            let error = noise * (Double(random.below(2001)) / 1000 - 1)
            input.processorShare = max(0, work / elapsed + error)
            work = 0
            workedSince = now
            looksAt = now + RateLimits.intervalNanoseconds
        }
        input.visitors = crowd.told.count
        let looks = Set(viewers.filter { $0.isWatching(now: now) }.compactMap(\.looksAt)).sorted()
        input.looks = looks.map { Array("v\($0)".utf8) }
        let decision = governor.decide(input, now: now)
        newest = decision
        if decision.isNew { crowd.tell(decision.sampling, &random, now: now) }
        let watching = viewers.filter { $0.isWatching(now: now) }
        referee.settle(
            watching.map { min(bounds.most, $0.wanted) }.max(), bearable(),
            isUpToViewers: watching.contains { $0.capacity < .infinity }, now: now)
        violation = violation ?? referee.judge(decision, looks: input.looks, now: now)
    }

    /// What can be borne by the processor, and by half of those who watch, samples a second of a visitor.
    private func bearable() -> Double {
        let wanted = Double(referee.wanted ?? 0)
        var rate = Double(bounds.most)
        while rate > Double(bounds.least) {
            let batch = min(250, max(50, 50 * wanted / rate))
            let messages = crowd.messagesPerSecond(each: batch)
            let load = processorLoad(crowd.samplesPerSecond(at: Int(rate)), messages)
            let watching = viewers.filter { $0.isWatching(now: now) }
            let slow = watching.filter { $0.capacity < crowd.samplesPerSecond(at: Int(rate)) }
            if load < RateLimits.busyShare, 2 * slow.count <= watching.count { break }
            rate -= 1
        }
        return rate
    }
}

/// A stream and whoever reads it.
struct SimulatedViewer {
    let name: Int
    /// 0 gets every sample.
    let hertz: Int
    /// Samples a second that it can take.
    var capacity = Double.infinity
    var isStalled = false
    var looksAt: Int?
    private var backlog = 0.0
    private var isBlocked = false
    private var offered = 0.0
    private var tookAt: Int64

    init(name: Int, hertz: Int, now: Int64) {
        self.name = name
        self.hertz = hertz
        tookAt = now
    }

    /// Samples a second of a visitor that it has a use for.
    var wanted: Int { hertz == 0 ? 120 : min(120, max(10, 3 * hertz)) }
    /// Half a second of what comes lies unread.
    func behind(now: Int64) -> UInt64? {
        let isStalled = now - tookAt >= RateLimits.stalledNanoseconds
        return isBlocked && !isStalled && backlog > offered / 2 ? UInt64(backlog) : nil
    }

    func isWatching(now: Int64) -> Bool { now - tookAt < RateLimits.absentNanoseconds }

    /// A twentieth of a second goes by in which so many samples come; what lies there is conflated.
    mutating func pass(offered samples: Double, now: Int64) {
        offered = samples * 20
        let room = isStalled ? 0 : capacity / 20
        backlog = min(max(0, backlog + samples - room), offered * 2)
        isBlocked = backlog > 0
        if !isStalled { tookAt = now }
    }
}
