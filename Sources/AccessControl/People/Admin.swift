public import PointerEvents
import Secrets

/// A person who may sign in.
public struct Admin: Equatable, Sendable {
    /// What they are called; no two have the same.
    public var name: AccountName
    /// What they may do.
    public var role: Role
    /// The pages they may watch; nil for all.
    public var scope: PageScope?
    /// What is kept of their password.
    public var passwordHash: PasswordHashText
    /// When they were made, in seconds since 1970.
    public var createdAt: Int64
    /// When they were last here, in seconds since 1970, to the hour; nil where they never were.
    public var lastSeenAt: Int64?

    /// Makes one.
    public init(
        name: AccountName, role: Role, scope: PageScope? = nil, passwordHash: PasswordHashText,
        createdAt: Int64,
        lastSeenAt: Int64? = nil
    ) {
        self.name = name
        self.role = role
        self.scope = scope
        self.passwordHash = passwordHash
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
    }

    /// Stands for all that a session was granted on: where it is another one, what was signed in before is
    /// not what would be signed in now.
    var stamp: SHA256Digest {
        let scope = scope.map { Array($0.text.utf8) } ?? []
        return SHA256Digest(of: name.bytes + [0, role.rawValue] + scope + [0] + passwordHash.bytes)
    }
}
