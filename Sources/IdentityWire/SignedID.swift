import Secrets

/// The id of a visitor to whom this server gave one: nobody else can make another, or this one.
///
/// ```
/// ~ | 12 characters: 9 random bytes in base64url | 4 characters: their code, 24 bits of HMAC-SHA-256
/// ```
public struct SignedID: Hashable, Sendable {
    /// How many bytes it has.
    public static let count = 17
    /// How many random bytes are in it: among a billion visitors no two draw the same.
    public static let randomCount = 9
    static let codeBytes = 3
    private static let mark = UInt8(ascii: "~")
    private static let codeStart = 13

    /// The text, as it stands in samples.
    public let bytes: [UInt8]

    /// Signs a new one over 9 random bytes.
    public init(random: some Collection<UInt8>, key: IdentityKey) {
        precondition(random.count == Self.randomCount)
        let drawn = Base64URL.encode(random)
        bytes = [Self.mark] + drawn + key.code("id", drawn, count: Self.codeBytes)
    }

    /// Reads one that `key` has signed; nil of anything else.
    ///
    /// What is not 17 bytes behind a `~` costs no more than a look at those two.
    @inlinable
    public init?(_ id: UnsafeRawBufferPointer, key: IdentityKey) {
        guard id.count == 17, unsafe id[0] == UInt8(ascii: "~") else { return nil }
        unsafe self.init(shaped: id, key: key)
    }

    @usableFromInline
    init?(shaped id: UnsafeRawBufferPointer, key: IdentityKey) {
        let text = unsafe Array(id)
        guard let drawn = Self.drawn(text) else { return nil }
        let code = key.code("id", drawn, count: Self.codeBytes)
        guard ConstantTime.areEqual(code, Array(text[Self.codeStart...])) else { return nil }
        bytes = text
    }

    /// Takes a text of the right shape, whose code somebody else answers for.
    public init?(vouchedFor text: some Collection<UInt8>) {
        let text = Array(text)
        guard Self.drawn(text) != nil else { return nil }
        bytes = text
    }

    /// The twelve characters of a text that has the shape of an id.
    private static func drawn(_ text: [UInt8]) -> ArraySlice<UInt8>? {
        guard text.count == count, text[0] == mark, Base64URL.decode(text[1...]) != nil else { return nil }
        return text[1..<codeStart]
    }
}
