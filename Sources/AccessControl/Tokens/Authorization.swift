import Secrets

/// What the field `Authorization` of a request shows.
///
/// `Bearer` (RFC 6750 section 2.1) and, for those who know nothing else, `Basic` with any name and the token
/// as password (RFC 7617). A token in an address is nowhere looked for: addresses are written into logs.
public enum Authorization: Sendable {
    /// A token of ours.
    case token(BearerText)
    /// What may be a JWT: three parts between dots.
    case jwt([UInt8])
    /// Nothing that could be looked up.
    case refused(Fault)

    /// Why nothing can be looked up.
    public enum Fault: UInt8, Sendable {
        case otherScheme
        case tooLong
        case malformedBasic
        case malformedToken

        /// What is wrong, for a person to read.
        public var reason: StaticString {
            switch self {
            case .otherScheme: "Authorization must be Bearer TOKEN, or Basic with the token as password"
            case .tooLong: "the token is longer than 4 KiB"
            case .malformedBasic: "Basic is not base64 of NAME:TOKEN"
            case .malformedToken: "the token is neither ps_ID_SECRET nor a JWT"
            }
        }
    }

    /// Reads the field's value.
    public init(_ value: some Collection<UInt8>) {
        let value = Array(value)
        // Scheme and credentials have one space or more between (RFC 9110 section 11.4).
        let scheme = value.prefix { $0 != UInt8(ascii: " ") }
        let rest = value.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
        if Self.isScheme(scheme, "bearer") {
            self.init(token: rest)
        } else if Self.isScheme(scheme, "basic") {
            // A third more than what it holds.
            guard rest.count <= 2 * Limits.jwtBytes else {
                self = .refused(.tooLong)
                return
            }
            guard let text = Self.base64(rest), let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
                self = .refused(.malformedBasic)
                return
            }
            self.init(token: text[(colon + 1)...])
        } else {
            self = .refused(.otherScheme)
        }
    }

    private init(token: ArraySlice<UInt8>) {
        if token.count > Limits.jwtBytes {
            self = .refused(.tooLong)
        } else if let text = BearerText(token) {
            self = .token(text)
        } else if !BearerText.isMeant(token), token.count(where: { $0 == UInt8(ascii: ".") }) == 2 {
            self = .jwt(Array(token))
        } else {
            self = .refused(.malformedToken)
        }
    }

    private static func isScheme(_ text: ArraySlice<UInt8>, _ scheme: String) -> Bool {
        // Letters alone: what else has a bit more or less would be no letter.
        text.count == scheme.utf8.count && zip(text, scheme.utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    /// Base64 with its padding (RFC 4648 section 4), of which each run of bytes has one text.
    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        var inner = Array(text.dropLast(padding))
        for index in inner.indices {
            switch inner[index] {
            case UInt8(ascii: "+"): inner[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): inner[index] = UInt8(ascii: "_")
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: break
            }
        }
        return Base64URL.decode(inner)
    }
}
