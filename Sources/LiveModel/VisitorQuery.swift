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
    /// How much it takes for a visitor to change places where rates decide.
    public var steadiness: Steadiness

    /// What an order that has rates in it goes by.
    public enum Steadiness: Sendable, Equatable {
        /// By the rates of now: every second most rows are others.
        case none
        /// By rates that are held until they are quite other ones, so that an eye can rest on a row.
        case steady
        /// By those that were held last, whatever they are by now.
        case held
    }

    public init(
        filter: VisitorFilter = VisitorFilter(), order: VisitorOrder = .rate, isReversed: Bool = false,
        steadiness: Steadiness = .none
    ) {
        self.filter = filter
        self.order = order
        self.isReversed = isReversed
        self.steadiness = steadiness
    }
}
