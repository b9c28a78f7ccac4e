/// What pages are put in order by; each has its natural direction.
public enum PageOrder: String, CaseIterable, Sendable {
    /// Most visitors first.
    case visitors
    /// Most samples first.
    case rate
    /// Most clicks first.
    case clicks
    /// A to z, those without a page last.
    case page
}

/// What goes on on a page that has visitors.
public struct PageActivity: Sendable, Equatable {
    /// The page's number for as long as it has visitors; -1 stands for those without a page, or without one
    /// of those that are remembered.
    public var index: Int32
    /// Tells the page from whichever had its number before.
    public var serial: UInt32
    public var visitors: Int
    /// Samples a second over the last five full seconds, to a tenth.
    public var rate: Double
    /// Clicks of the last 60 seconds, the current one included.
    public var clicks: Int
}
