import func COpenSSL.ps_sha256

/// A digest by SHA-256 (FIPS 180-4), also a code by HMAC with it.
public struct SHA256Digest: Hashable, Sendable, BitwiseCopyable {
    /// How many bytes there are.
    public static let count = Bytes32.count

    private let value: Bytes32

    /// Digests `message`.
    public init(of message: some Collection<UInt8>) {
        let message = Array(message)
        var digest = [UInt8](repeating: 0, count: Self.count)
        unsafe ps_sha256(message, message.count, &digest)
        self.init(exactly: digest)
    }

    /// Takes 32 bytes that were a digest before; nil of any other number.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let value = Bytes32(bytes) else { return nil }
        self.value = value
    }

    /// Takes what a digest function has written.
    init(exactly bytes: [UInt8]) {
        guard let value = Bytes32(bytes) else { preconditionFailure("a digest has 32 bytes") }
        self.value = value
    }

    /// The bytes.
    public var bytes: [UInt8] { value.bytes }

    /// Whether both are the same, in a time that does not tell where they differ.
    public func matches(_ other: SHA256Digest) -> Bool { ConstantTime.areEqual(bytes, other.bytes) }
}
