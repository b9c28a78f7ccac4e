/// Bounds on what a peer may send as a message head, each with its reason.
public enum HTTPLimits {
    /// A head from its first byte to the end of its empty line: room for large cookies, and small enough
    /// that a connection which never finishes its head costs little. Past it: 431.
    public static let headBytes = 16 * 1024
    /// Field lines of one head: browsers send about 15, proxies add a few; lookups walk them one by one.
    /// Past it: 431.
    public static let fields = 100
    /// A token: what a JWT of anybody's takes, far below what a head may be.
    public static let tokenBytes = 4 * 1024
    /// Interim answers in front of an answer (RFC 9110 section 15.2): servers send one or two.
    public static let interimAnswers: UInt8 = 8
    /// Digits of a Content-Length: 18 always fit an `Int`, so that no sum of ours can overflow.
    public static let contentLengthDigits = 18
    /// A host's name (RFC 1035 section 2.3.4).
    static let hostBytes = 253
    /// The base path of a public URL: it stands in every request, in cookies and in links.
    static let basePathBytes = 128
}
