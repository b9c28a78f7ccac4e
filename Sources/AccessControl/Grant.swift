public import PointerEvents

/// What somebody may do who was let in.
public struct Grant: Equatable, Sendable {
    /// How they showed who they are.
    public enum Source: Hashable, Sendable {
        /// A browser's cookie.
        case session(SessionKey)
        /// A program's token, by its id.
        case token(id: [UInt8])
        /// A token of somebody else's issuer.
        case jwt
        /// The word of a proxy that signs people in.
        case header
        /// Nobody asked: `--auth none`.
        case open
    }

    /// Who they are.
    public var name: AccountName
    /// What they may do.
    public var role: Role
    /// The pages they may watch; nil for all.
    public var scope: PageScope?
    /// How they showed it.
    public var source: Source
    /// Seconds since 1970 at which it ends whatever happens; nil where it does not.
    public var endsAt: Int64?

    /// Makes one.
    public init(
        name: AccountName, role: Role, scope: PageScope? = nil, source: Source, endsAt: Int64? = nil
    ) {
        self.name = name
        self.role = role
        self.scope = scope
        self.source = source
        self.endsAt = endsAt
    }
}
