/// What the server's health was like at one status.
public struct HealthMoment: Sendable, BitwiseCopyable, Equatable {
    /// The 99th percentiles of the hops' delays in milliseconds; 0 where nothing came.
    public var relayed = 0.0
    public var encoded = 0.0
    /// A second: what was refused, and what viewers were sent.
    public var refused = 0.0
    public var delivered = 0.0
    public var viewers = 0.0

    /// A second of which nothing was heard.
    static let gap = HealthMoment()

    private init() {}

    /// What `status` says, `seconds` after the one before; figures that only go up need that one.
    init(_ status: ServerStatus, after before: ServerStatus, seconds: Int, isFirst: Bool) {
        relayed = status.latency.relayed?.p99 ?? 0
        encoded = status.latency.encoded?.p99 ?? 0
        viewers = Double(status.viewers)
        guard !isFirst else { return }
        func rate(_ now: Double, _ then: Double) -> Double { max(now - then, 0) / Double(max(seconds, 1)) }
        func sum(_ figures: [TotalFigure]) -> Double { figures.reduce(0) { $0 + $1.value } }
        refused = rate(sum(status.refusals), sum(before.refusals))
        delivered = rate(status.total("delivered") ?? 0, before.total("delivered") ?? 0)
    }
}

extension LiveModel {
    /// What the server's health was like so many seconds before the last status; nil before the first.
    public func healthMoment(secondsAgo: Int) -> HealthMoment? { healthHistory.newest(ago: secondsAgo) }
}
