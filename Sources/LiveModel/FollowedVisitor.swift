/// The visitor that is followed.
public struct FollowedVisitor: Sendable, Equatable {
    /// Whose slot it is now is for `hasLeft` to say.
    public var slot: Int
    public var serial: UInt32
    /// As it came: not safe for a screen yet.
    public var id: String
    /// Hub epoch milliseconds when following began.
    public var followedSinceMilliseconds: Int64
    /// Whether the visitor is gone; one of the same id who comes is the same visitor again.
    public var hasLeft: Bool
    /// Hub epoch milliseconds when it left; meaningless unless `hasLeft`.
    public var leftMilliseconds: Int64
}
