/// Bounds of what stands in front of a request, each with its reason.
public enum ProxyLimits {
    /// A line of version 1, its end included: the longest that two IPv6 addresses can make (section 2.1).
    static let lineBytes = 107
    /// A header of version 2 with its TLVs: what fits into the smallest segment that everybody has to take
    /// (section 2.2).
    static let headerBytes = 536
    /// For the header to be there, nanoseconds: a proxy sends it before anything else, and a lost packet or
    /// two have been sent again by then.
    public static let headerNanoseconds: Int64 = 3_000_000_000
    /// Networks that may be trusted: each is looked at for every address of a list.
    public static let networks = 256
}
