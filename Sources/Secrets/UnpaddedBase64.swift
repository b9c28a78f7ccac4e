/// Base64 for addresses and cookies (RFC 4648 section 5), without padding (section 3.2).
public enum Base64URL: UnpaddedBase64 {
    public static let lastCharacters = (UInt8(ascii: "-"), UInt8(ascii: "_"))
}

/// Base64 with the standard alphabet (RFC 4648 section 4), without padding, as PHC strings have it.
public enum PlainBase64: UnpaddedBase64 {
    public static let lastCharacters = (UInt8(ascii: "+"), UInt8(ascii: "/"))
}

/// Base64 without padding (RFC 4648 section 3.2), whichever its alphabet ends with.
public protocol UnpaddedBase64 {
    /// What stands for 62 and 63.
    static var lastCharacters: (UInt8, UInt8) { get }
}

extension UnpaddedBase64 {
    /// The text of `bytes`: four characters for three of them, two or three for what remains.
    public static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(character(pending >> UInt32(bits)))
            }
            pending &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { text.append(character(pending << UInt32(6 - bits))) }
        return text
    }

    /// What `text` stands for; nil where a character is none of the alphabet, where its length is one that no
    /// bytes have, and where bits that belong to no byte are not zero: each run of bytes has one text.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var pending: UInt32 = 0
        var bits = 0
        for character in text {
            guard let value = value(of: character) else { return nil }
            pending = pending << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
            pending &= (1 << UInt32(bits)) - 1
        }
        return pending == 0 ? bytes : nil
    }

    private static func character(_ value: UInt32) -> UInt8 {
        switch UInt8(truncatingIfNeeded: value & 63) {
        case let letter where letter < 26: UInt8(ascii: "A") + letter
        case let letter where letter < 52: UInt8(ascii: "a") + (letter - 26)
        case let digit where digit < 62: UInt8(ascii: "0") + (digit - 52)
        case 62: lastCharacters.0
        default: lastCharacters.1
        }
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case lastCharacters.0: 62
        case lastCharacters.1: 63
        default: nil
        }
    }
}
