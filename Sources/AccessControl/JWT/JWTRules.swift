/// What a JWT must say to be believed here, and where it says who somebody is.
public struct JWTRules: Equatable, Sendable {
    /// What `aud` must be or hold.
    public var audience: [UInt8]
    /// What `iss` must be; nil where any will do that the key has signed.
    public var issuer: [UInt8]?
    /// The claim that holds the name.
    public var nameClaim: [UInt8]
    /// The claim that holds `viewer` or `operator`.
    public var roleClaim: [UInt8]
    /// The claim that holds the pages; without it all may be watched.
    public var scopeClaim: [UInt8]

    /// Takes them; names of claims are what RFC 7519 and the files of this room call them.
    public init(
        audience: String, issuer: String? = nil, nameClaim: String = "sub", roleClaim: String = "role",
        scopeClaim: String = "scope"
    ) {
        self.audience = Array(audience.utf8)
        self.issuer = issuer.map { Array($0.utf8) }
        self.nameClaim = Array(nameClaim.utf8)
        self.roleClaim = Array(roleClaim.utf8)
        self.scopeClaim = Array(scopeClaim.utf8)
    }
}
