public import Secrets

/// What a server signs its visitors' identities with: 256 random bits, the same for its master and all of its
/// workers.
public struct IdentityKey: Sendable, BitwiseCopyable {
    /// How many bytes there are.
    public static let count = SecretBytes.count

    private let secret: SecretBytes

    /// Takes what was drawn or read.
    public init(_ secret: SecretBytes) { self.secret = secret }

    /// Takes exactly 32 bytes, as another process of ours has handed them over; nil of any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard let secret = SecretBytes(bytes) else { return nil }
        self.secret = secret
    }

    /// The bytes, for another process of ours.
    public var bytes: [UInt8] { secret.bytes }

    /// The code of `message`, cut to `count` bytes, in base64url; each purpose has a word of its own in front
    /// of what is signed, so that no code is any good for another one.
    func code(_ purpose: String, _ message: some Collection<UInt8>, count: Int) -> [UInt8] {
        let signed = Array(purpose.utf8) + [0] + message
        return Base64URL.encode(HMACSHA256.code(of: signed, key: secret.bytes).bytes.prefix(count))
    }
}
