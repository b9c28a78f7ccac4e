import Secrets

/// What a session is known by: the digest of its cookie, which itself is kept nowhere.
public struct SessionKey: Hashable, Sendable, BitwiseCopyable {
    let digest: SHA256Digest

    /// The key of the session whose cookie holds `secret`.
    init(of secret: SecretBytes) { digest = secret.digest }

    /// The key of the session with that cookie; nil where it is none. There need not be such a session.
    public init?(cookie: some Collection<UInt8>) {
        guard let secret = SecretBytes(text: cookie) else { return nil }
        self.init(of: secret)
    }

    /// A key that was written down.
    init(digest: SHA256Digest) { self.digest = digest }
}
