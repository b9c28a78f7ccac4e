/// How it stands with the connection to the server; only its owner knows.
public enum LinkState: Sendable, Equatable {
    case connecting
    case live
    /// Lost; the `attempt`-th try to get it back is under way or awaited.
    case reconnecting(attempt: Int)
    /// Gone for good.
    case ended
}
