public import PointerEvents
public import Secrets

/// A token that a program shows instead of signing in.
public struct ProgramToken: Equatable, Sendable {
    /// Which one it is; no two have the same.
    public let id: TokenID
    /// What it is for; several may have one name while they take turns.
    public let name: AccountName
    /// What its holder may do.
    public let role: Role
    /// The pages its holder may watch; nil for all.
    public let scope: PageScope?
    /// What is kept of the secret.
    public let secretDigest: SHA256Digest
    /// When it was made, in seconds since 1970.
    public let createdAt: Int64
    /// From when on it is nothing any more, in seconds since 1970; nil for never.
    public let expiresAt: Int64?
    /// When it was last shown, in seconds since 1970, to the hour; nil where it never was.
    public var lastUsedAt: Int64?

    /// Makes one.
    public init(
        id: TokenID, name: AccountName, role: Role, scope: PageScope? = nil, secretDigest: SHA256Digest,
        createdAt: Int64, expiresAt: Int64? = nil, lastUsedAt: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.scope = scope
        self.secretDigest = secretDigest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    /// Whether it is over at `epochSeconds`.
    public func hasExpired(at epochSeconds: Int64) -> Bool { expiresAt.map { $0 <= epochSeconds } ?? false }

    /// What it lets its holder do.
    public var grant: Grant {
        Grant(name: name, role: role, scope: scope, source: .token(id: id.text), endsAt: expiresAt)
    }

    /// Whether what it lets its holder do is the same as with `other`.
    func grantsTheSame(as other: ProgramToken) -> Bool {
        grant == other.grant && secretDigest == other.secretDigest
    }
}
