/// Bounds on the picture, each with its reason.
public struct LiveModelLimits: Sendable {
    /// Visitors with a row: 260 bytes each, and far more than anyone scrolls through. Those above are counted
    /// in the totals only.
    public var visitors = 50_000
    /// Distinct pages that are remembered; visitors on others show none.
    public var pages = 8_192
    /// Workers: more than any machine has cores.
    public var workers = 1_024
    /// Figures of the server's totals.
    public var totals = 32

    public init() {}

    /// What a screen needs.
    public static let standard = LiveModelLimits()

    /// Bytes of a text that is no id and no page: a state, an address, a figure's name.
    static let textBytes = 128
    /// Arrays and objects within one another; the frames shape needs four.
    static let nestingDepth = 16
    /// The year 9999 in epoch milliseconds: where a time is no time any more.
    static let epochMilliseconds: Int64 = 253_402_300_799_000
    /// How late the last samples of a second may come: two ticks at ten a second, and the way.
    static let usualDelayMilliseconds: Int64 = 250
    /// Samples a second that one visitor or one keyframe may claim; above it is no figure of a server.
    static let samplesPerSecond = 1_000_000.0
}
