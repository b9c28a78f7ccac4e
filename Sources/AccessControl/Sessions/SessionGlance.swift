public import ByteCore

/// What an admin is told of a session of theirs: enough to know whose it is.
public struct SessionGlance: Equatable, Sendable {
    /// Where it was signed in; nil where a proxy did not say.
    public let address: PeerAddress?
    /// What the browser called itself.
    public let agent: [UInt8]
    /// When it began, in seconds since 1970.
    public let signedInAt: Int64
    /// When it was last used, in seconds since 1970.
    public let lastUsedAt: Int64
}
