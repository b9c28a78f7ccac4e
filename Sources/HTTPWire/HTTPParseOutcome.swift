/// What one call of a head parser found.
public enum HTTPParseOutcome: Sendable, Equatable, BitwiseCopyable {
    /// The head is not whole; call again with the same bytes and more behind them.
    case incomplete
    /// The head is whole and took so many bytes; whatever stands behind them is not part of it.
    case complete(consumed: Int)
    /// The head is refused; nothing behind it can be trusted, so the connection ends after the answer.
    case refused(HTTPRefusal)
}
