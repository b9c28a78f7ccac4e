/// Why a JWT is not believed: for the log. The caller is told that it is none, and nothing else.
public enum JWTFault: UInt8, Error, Sendable, CaseIterable {
    case tooLong, notThreeParts, malformedBase64, malformedHeader, malformedClaims, repeatedKey
    case unsigned, otherAlgorithm, critical, unencoded, compressed, encrypted, otherType, badSignature
    case noExpiry, malformedTime, expired, notYet, issuedLater, endsBeforeItBegins
    case noAudience, otherAudience, otherIssuer
    case noName, malformedName, noRole, unknownRole, malformedScope

    /// What is wrong, for a person to read.
    public var reason: StaticString {
        switch self {
        case .tooLong: "longer than 4 KiB"
        case .notThreeParts: "not three parts between dots"
        case .malformedBase64: "a part is not base64url in its one form"
        case .malformedHeader: "the header is not a JSON object that can be read"
        case .malformedClaims: "the claims are not a JSON object that can be read"
        case .repeatedKey: "a key stands twice in one object"
        case .unsigned: "alg is none"
        case .otherAlgorithm: "alg is not the one of the key"
        case .critical: "crit: nothing that must be understood is"
        case .unencoded: "b64: the claims must be base64url"
        case .compressed: "zip: the claims must not be compressed"
        case .encrypted: "enc: it is encrypted, not signed"
        case .otherType: "typ is neither JWT nor at+jwt"
        case .badSignature: "the signature is not by the key"
        case .noExpiry: "no exp"
        case .malformedTime: "exp, nbf or iat is no number of seconds since 1970"
        case .expired: "exp is over"
        case .notYet: "nbf is still to come"
        case .issuedLater: "iat is still to come"
        case .endsBeforeItBegins: "exp is before nbf or iat"
        case .noAudience: "no aud"
        case .otherAudience: "aud does not name this server"
        case .otherIssuer: "iss is another issuer"
        case .noName: "no claim with a name"
        case .malformedName:
            "the name has other than 1 to 64 letters, digits, dots, hyphens, underscores and tildes"
        case .noRole: "no claim with a role"
        case .unknownRole: "the role is neither viewer nor operator"
        case .malformedScope: "the scope is no patterns as page:/shop/*"
        }
    }

    /// The word for it in metrics.
    public var word: String { "\(self)" }
}
