/// What programs show, and keys of other issuers.
extension Limits {
    /// Tokens in one file: a fleet of programs, each with its own.
    public static let tokens = 4_096
    /// A file of tokens: as many as there may be, each with everything as long as it may be.
    public static let tokenFileBytes = 4 * 1_024 * 1_024
    /// A JWT: its claims are names, and a request's head has 16 KiB in all.
    public static let jwtBytes = 4 * 1_024
    /// How far the clocks of an issuer and of this machine may differ.
    static let jwtLeewaySeconds: Int64 = 60
    /// Arrays and objects within one another in a JWT: claims are flat, what issuers add is not much deeper.
    static let jwtDepth = 16
    /// A secret for HS256: as many bits as its digest has (RFC 7518 section 3.2).
    public static let jwtSecretBytes = 32...1_024
    /// A key for RS256: fewer bits can be factored (RFC 7518 section 3.3), more cost the loop milliseconds.
    static let rsaBits = 2_048...8_192
    /// A file with a key: a certificate chain would have room, one key needs a tenth.
    public static let jwtKeyFileBytes = 16 * 1_024
}
