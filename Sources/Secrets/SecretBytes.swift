/// 256 random bits that whoever calls has drawn: a key, or what somebody shows again to be known.
///
/// It cannot be compared with `==`, which stops at the first difference and so tells how far a guess was
/// right: `matches` does not.
public struct SecretBytes: Sendable, BitwiseCopyable {
    /// How many bytes there are.
    public static let count = Bytes32.count
    /// How many characters its text has.
    public static let textCount = 43

    private let value: Bytes32

    /// Takes exactly 32 bytes; nil of any other number.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let value = Bytes32(bytes) else { return nil }
        self.value = value
    }

    /// Reads its text: 43 characters of base64url; nil of anything else.
    public init?(text: some Collection<UInt8>) {
        guard text.count == Self.textCount, let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes)
    }

    /// The bytes.
    public var bytes: [UInt8] { value.bytes }

    /// The bytes in base64url.
    public var text: [UInt8] { Base64URL.encode(value.bytes) }

    /// What is kept of it, so that whoever reads that has nothing to show.
    public var digest: SHA256Digest { SHA256Digest(of: value.bytes) }

    /// Whether both are the same, in a time that does not tell where they differ.
    public func matches(_ other: SecretBytes) -> Bool { ConstantTime.areEqual(bytes, other.bytes) }
}
