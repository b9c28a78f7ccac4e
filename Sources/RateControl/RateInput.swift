/// What a governor decides by: how things stand at one moment.
public struct RateInput: Equatable, Sendable {
    /// Who watches: every stream that has taken something lately.
    public var viewers = ViewerDemand()
    /// The share of a core that the busiest worker, or the master, has used since this was last told; nil
    /// where nobody has measured since.
    public var processorShare: Double?
    /// Visitors present.
    public var visitors = 0
    /// Whether something keeps samples although nobody watches.
    public var isRecording = false
    /// The visitors that somebody looks at closely, by id; those who are present, without any twice.
    public var looks: [[UInt8]] = []

    public init() {}
}

/// What those who watch can show, and how they get on.
public struct ViewerDemand: Equatable, Sendable {
    /// Streams.
    public private(set) var count = 0
    /// Samples a second of a visitor that the fastest of them has a use for; the bounds may allow less.
    public private(set) var rate = 0
    /// Those that cannot take as much as there is for them, and the samples that they have not had.
    public private(set) var behind = 0
    public private(set) var backlog: UInt64 = 0

    public init() {}

    /// Counts a viewer that gets every sample, and is so many behind; nil for one that keeps up.
    public mutating func addSamples(behind: UInt64?) { add(RateLimits.mostCloseRate, behind) }

    /// Counts a viewer that gets so many frames a second.
    public mutating func addFrames(hertz: Int, behind: UInt64?) {
        let rate = max(RateLimits.leastDemand, hertz * RateLimits.samplesPerFrame)
        add(min(RateLimits.mostCloseRate, rate), behind)
    }

    private mutating func add(_ rate: Int, _ samples: UInt64?) {
        count += 1
        self.rate = max(self.rate, rate)
        guard let samples else { return }
        behind += 1
        backlog &+= samples
    }

    /// The share of them that are behind.
    var behindShare: Double { count == 0 ? 0 : Double(behind) / Double(count) }
}

/// What a governor wants done.
public struct RateDecision: Equatable, Sendable {
    /// What holds for everyone from now on, and why.
    public var sampling: Sampling
    public var why: SamplingReason
    /// Whether `sampling` is another than before: then everyone is to be told.
    public var isNew: Bool
    /// What holds for those who are looked at closely.
    public var close: Sampling
    /// Visitors to be told of `close`, and those for whom everyone's holds again.
    public var began: [[UInt8]] = []
    public var ended: [[UInt8]] = []
}

/// What a simulation must notice when it is done to a governor; never set outside tests.
enum RateFault: CaseIterable {
    case forgetsHysteresis
    case forgetsDamping
    case forgetsToEndLooks
    case forgetsLooks
    case looksAtEveryone
    case turnsTheWrongWay
    case sticksWhenTheFastestLeaves
    case sticksWhenTheLastLeaves
    case makesNewcomersWait
    case leavesTheBounds
}
