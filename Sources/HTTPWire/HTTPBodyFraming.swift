/// Where a message's body ends (RFC 9112 section 6.3).
public enum HTTPBodyFraming: Sendable, Equatable, BitwiseCopyable {
    /// There is no body.
    case none
    /// So many bytes follow the head.
    case length(Int)
    /// Chunks follow the head (RFC 9112 section 7.1).
    case chunked
    /// Everything up to the connection's end belongs to it; responses only.
    case untilClose
}
