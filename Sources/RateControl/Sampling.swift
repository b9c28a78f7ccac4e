/// How often a visitor's page samples the pointer, and how often it sends what it has.
public struct Sampling: Equatable, Sendable {
    /// Samples a second; 0 asks for presence only: pages, clicks and the ends of scrolls.
    public let rate: UInt8
    /// Milliseconds between messages.
    public let batchMilliseconds: UInt16

    public init(rate: UInt8, batchMilliseconds: UInt16) {
        self.rate = rate
        self.batchMilliseconds = batchMilliseconds
    }
}

/// Why visitors sample as often as they do.
public enum SamplingReason: UInt8, CaseIterable, Sendable {
    /// Nobody watches and nothing records.
    case unwatched
    /// As often as those who watch can show.
    case watched
    /// Nobody watches, and something records.
    case recorded
    /// A worker or the master has too much to do.
    case busy
    /// Those who watch do not get along with more.
    case behind
    /// The operator has pinned it.
    case pinned

    /// The word of status, metrics and log.
    public var word: StaticString {
        switch self {
        case .unwatched: "unwatched"
        case .watched: "watched"
        case .recorded: "recorded"
        case .busy: "busy"
        case .behind: "behind"
        case .pinned: "pinned"
        }
    }
}

/// What the operator allows: samples a second of a visitor while somebody watches.
public struct SamplingBounds: Equatable, Sendable {
    /// However much there is to do.
    public let least: Int
    public let most: Int
    /// `most` holds always, whoever watches.
    public let isPinned: Bool

    /// The numbers an operator can choose.
    public static let range = 1...RateLimits.mostCloseRate
    /// What holds where nobody has said anything.
    public static let standard = SamplingBounds(least: 5, most: RateLimits.mostRate, isPinned: false)

    private init(least: Int, most: Int, isPinned: Bool) {
        self.least = least
        self.most = most
        self.isPinned = isPinned
    }

    /// Between two numbers of `range`; nil where they are none, or the wrong way round.
    public init?(least: Int, most: Int) {
        guard Self.range.contains(least), Self.range.contains(most), least <= most else { return nil }
        self.init(least: least, most: most, isPinned: false)
    }

    /// Always so many, one of `range` or 0; nil where it is none.
    public init?(pinned rate: Int) {
        guard rate == 0 || Self.range.contains(rate) else { return nil }
        self.init(least: rate, most: rate, isPinned: true)
    }

    /// Samples a second of a visitor who is looked at closely: twice as many as of others.
    public var close: Int { max(most, min(2 * most, RateLimits.mostCloseRate)) }
}
