/// What is kept of a password: argon2id's PHC string, `$argon2id$v=19$m=19456,t=2,p=1$SALT$TAG`.
///
/// Whether the costs in it are bearable is for whoever computes it to judge.
public struct PasswordHashText: Hashable, Sendable {
    /// The string's bytes.
    public let bytes: [UInt8]

    /// Takes a string of that form; nil of another function, more than 256 bytes, and characters that the
    /// form does not have.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= Limits.passwordHashBytes, bytes.starts(with: "$argon2id$".utf8),
            bytes.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false).count == 6,
            bytes.allSatisfy(Self.isAllowed)
        else { return nil }
        self.bytes = Array(bytes)
    }

    /// The hash of a password that nobody has, at the costs that new ones are made with: an unknown name is
    /// held against it, so that it takes as long as a known one.
    public static let decoy: PasswordHashText = {
        let text =
            "$argon2id$v=19$m=19456,t=2,p=1$ERv0cPOrYq5KxEcwTLtB9A$hVnXE0X3kJ8mWcNqfGbU1tYpZs6oRi7aLd2CuKvHxQ0"
        guard let hash = PasswordHashText(text.utf8) else { preconditionFailure("the decoy is malformed") }
        return hash
    }()

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
            UInt8(ascii: ","), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
