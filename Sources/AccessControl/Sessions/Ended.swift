public import ByteCore

/// A grant that is no more: whatever was opened on it ends now.
public struct Ended: Equatable, Sendable {
    /// Why.
    public enum Reason: Equatable, Sendable {
        /// It was as old as it may become.
        case expired
        /// It was left alone for too long.
        case idle
        /// Whoever it belonged to signed out.
        case signedOut
        /// They signed in elsewhere, from there.
        case takenOver(by: PeerAddress?)
        /// The admin is gone.
        case removed
        /// The admin's role, scope or password is another one.
        case changed
        /// The token was taken back.
        case revoked

        /// One word for it, in logs, metrics and streams.
        public var word: StaticString {
            switch self {
            case .expired: "expired"
            case .idle: "idle"
            case .signedOut: "signed-out"
            case .takenOver: "taken-over"
            case .removed: "removed"
            case .changed: "changed"
            case .revoked: "revoked"
            }
        }
    }

    /// Which grant it was.
    public let source: Grant.Source
    /// Whose it was.
    public let name: AccountName
    /// Why it ended.
    public let why: Reason

    /// Makes one.
    public init(source: Grant.Source, name: AccountName, why: Reason) {
        self.source = source
        self.name = name
        self.why = why
    }
}
