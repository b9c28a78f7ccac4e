/// Why somebody who joins is not heard.
public enum JoinRefusal: Equatable, Sendable {
    /// They have no right to the identity.
    case claim(ClaimRefusal)
    /// They are not here yet, and everyone who may be is.
    case noPlace
}
