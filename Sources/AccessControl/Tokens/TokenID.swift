/// What tells tokens of programs apart, and is no secret: 64 random bits, as text 16 lower-case hexadecimal
/// digits.
public struct TokenID: Hashable, Sendable, BitwiseCopyable {
    /// How many characters its text has.
    public static let textCount = 16

    private let value: UInt64

    /// Takes 64 bits that were drawn.
    public init(_ value: UInt64) { self.value = value }

    /// Reads the text; nil of anything else.
    public init?(_ text: some Collection<UInt8>) {
        guard text.count == Self.textCount else { return nil }
        var value: UInt64 = 0
        for character in text {
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(character & 15)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(character & 15) + 9
            default: return nil
            }
        }
        self.value = value
    }

    /// The text.
    public var text: [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return stride(from: 60, through: 0, by: -4).map { digits[Int(value >> UInt64($0) & 15)] }
    }
}
