/// How often the server asks visitors' pages to sample.
public struct SamplingStatus: Sendable, Equatable {
    /// Samples a second; 0 where nobody watches.
    public var rate = 0
    /// Milliseconds between two messages of a page.
    public var batchMilliseconds = 0
    /// A word such as `watched`.
    public var why = ""

    public init() {}

    /// Whether it is less than those who watch have a use for.
    public var isHeldBack: Bool { why == "busy" || why == "behind" }
}
