/// Bounds of the event stream, each with its reason.
public enum Limits {
    /// The comment that opens a stream: proxies and old browsers hold back the first bytes of an answer, and
    /// 2 KiB is what they are known to hold back.
    public static let openingCommentBytes = 2_048
    /// How long a browser waits before it connects again; short, as a viewer that is away misses things.
    public static let retryMilliseconds = 2_000
    /// Between two heartbeat comments: below the 30 s after which many proxies drop a silent answer.
    public static let heartbeatNanoseconds: Int64 = 15_000_000_000
    /// One message at the parser, name and data and id together: sixteen times what the hub ever sends.
    public static let messageBytes = 1024 * 1024
}
