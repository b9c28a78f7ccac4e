public import Secrets

/// What a program shows to be known.
///
/// ```
/// ps_ID_SECRET       ps_ 16*hexdigit _ 43*base64url, 63 characters
/// ```
/// The lengths are fixed, so that a scanner for secrets that were left in public can know it.
public struct BearerText: Sendable {
    /// How many characters there are.
    public static let count = prefix.count + TokenID.textCount + 1 + SecretBytes.textCount
    private static let prefix = Array("ps_".utf8)

    /// Which token it is.
    public let id: TokenID
    /// What only its holder knows.
    public let secret: SecretBytes

    /// Puts a new one together, of bits that were drawn.
    public init(id: TokenID, secret: SecretBytes) {
        self.id = id
        self.secret = secret
    }

    /// Reads it; nil of anything else, however near.
    public init?(_ text: some Collection<UInt8>) {
        guard text.count == Self.count, text.starts(with: Self.prefix) else { return nil }
        let rest = text.dropFirst(Self.prefix.count)
        guard let id = TokenID(rest.prefix(TokenID.textCount)),
            rest.dropFirst(TokenID.textCount).first == UInt8(ascii: "_"),
            let secret = SecretBytes(text: rest.dropFirst(TokenID.textCount + 1))
        else { return nil }
        self.id = id
        self.secret = secret
    }

    /// Whether a text means to be one, well-formed or not.
    static func isMeant(_ text: some Collection<UInt8>) -> Bool { text.starts(with: prefix) }

    /// The text.
    public var text: [UInt8] { Self.prefix + id.text + [UInt8(ascii: "_")] + secret.text }
}
