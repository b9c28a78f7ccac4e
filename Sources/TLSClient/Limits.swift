/// Bounds of what a client reads for TLS, each with its reason.
enum TLSLimits {
    /// A file of authorities: those that a system believes in are a quarter of it.
    static let authorityBytes = 1 << 20
    /// For such a file to be read, which may be a pipe.
    static let authorityMilliseconds = 5_000
}
