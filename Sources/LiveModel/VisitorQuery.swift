/// What visitors are put in order by; each has its natural direction.
public enum VisitorOrder: String, CaseIterable, Sendable {
    /// Most active first, then whoever was heard last.
    case rate
    /// By name, or the id of who has none, A to z; case counts only between those that are else the same.
    case id
    /// A to z, those without a page last; the most active of each first.
    case page
    /// Newest first.
    case since
    /// Whoever was heard last first.
    case last
    /// By process id, the most active of each first.
    case worker
}

/// Which visitors are asked for, and in what order.
public struct VisitorQuery: Equatable, Sendable {
    public var filter: VisitorFilter
    public var order: VisitorOrder
    /// Whether the order is turned round.
    public var isReversed: Bool

    public init(
        filter: VisitorFilter = VisitorFilter(), order: VisitorOrder = .rate, isReversed: Bool = false
    ) {
        self.filter = filter
        self.order = order
        self.isReversed = isReversed
    }
}
