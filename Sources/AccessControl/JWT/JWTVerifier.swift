public import PointerEvents
import Secrets

/// Reads JWTs of somebody else's issuer (RFC 7519, signed as RFC 7515 in its compact form).
///
/// The key fixes the algorithm, whatever the header says (RFC 8725 section 3.1). Nothing of the claims is
/// read before the signature holds.
public struct JWTVerifier {
    /// Who a JWT says somebody is.
    public struct Claims: Equatable, Sendable {
        /// Their name.
        public let name: AccountName
        /// What they may do.
        public let role: Role
        /// The pages they may watch; nil for all.
        public let scope: PageScope?
        /// From when on it is nothing any more, in seconds since 1970: `exp`, but for who comes after that,
        /// while the leeway lasts, the end of the leeway.
        public let endsAt: Int64

        /// What it lets its holder do.
        public var grant: Grant { Grant(name: name, role: role, scope: scope, source: .jwt, endsAt: endsAt) }
    }

    private let key: JWTKey
    private let rules: JWTRules

    /// Believes what `key` has signed and `rules` admit.
    public init(key: JWTKey, rules: JWTRules) {
        self.key = key
        self.rules = rules
    }

    /// What a JWT says at `now`, in seconds since 1970, or why it is not believed.
    public func verify(_ text: [UInt8], now: Int64) -> Result<Claims, JWTFault> {
        do throws(JWTFault) {
            return .success(try claims(of: text, now: now))
        } catch {
            return .failure(error)
        }
    }

    private func claims(of text: [UInt8], now: Int64) throws(JWTFault) -> Claims {
        guard text.count <= Limits.jwtBytes else { throw .tooLong }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // Five would be an encrypted one (RFC 7516 section 3.1).
        guard parts.count == 3 else { throw parts.count == 5 ? .encrypted : .notThreeParts }
        guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .malformedBase64 }
        try check(header: try Self.object(header, orElse: .malformedHeader))
        guard key.hasSigned(Array(text[..<parts[1].endIndex]), signature) else { throw .badSignature }
        let claims = try Self.object(payload, orElse: .malformedClaims)
        try checkAudience(claims)
        let endsAt = try Self.end(of: claims, now: now)
        return Claims(
            name: try name(claims), role: try role(claims), scope: try scope(claims), endsAt: endsAt)
    }

    private static func object(_ bytes: [UInt8], orElse fault: JWTFault) throws(JWTFault) -> JWTObject {
        do throws(JWTObject.Fault) {
            return try JWTObject(bytes)
        } catch {
            switch error {
            case .notAnObject: throw fault
            case .repeatedKey: throw .repeatedKey
            }
        }
    }

    private func check(header: JWTObject) throws(JWTFault) {
        guard header["enc"] == nil else { throw .encrypted }
        guard header["crit"] == nil else { throw .critical }
        guard header["b64"] == nil else { throw .unencoded }
        guard header["zip"] == nil else { throw .compressed }
        guard case .string(let algorithm) = header["alg"] else { throw .otherAlgorithm }
        if algorithm.map({ $0 | 0x20 }).elementsEqual("none".utf8) { throw .unsigned }
        guard algorithm.elementsEqual(key.algorithm.rawValue.utf8) else { throw .otherAlgorithm }
        // What an issuer signs for another purpose, a logout for example, says so here (RFC 8725 section
        // 3.11).
        guard let type = header["typ"] else { return }
        guard case .string(let type) = type, Self.types.contains(where: { Self.isWord(type, $0) }) else {
            throw .otherType
        }
    }

    private static let types = ["jwt", "at+jwt", "application/at+jwt"]

    /// Whether both are the same but for the case of letters.
    private static func isWord(_ text: [UInt8], _ word: String) -> Bool {
        String(decoding: text, as: UTF8.self).lowercased() == word
    }

    private func checkAudience(_ claims: JWTObject) throws(JWTFault) {
        switch claims["aud"] {
        case .string(let audience):
            guard audience == rules.audience else { throw .otherAudience }
        case .strings(let audiences):
            guard audiences.contains(rules.audience) else { throw .otherAudience }
        case nil: throw .noAudience
        default: throw .otherAudience
        }
        guard rules.issuer == nil || claims["iss"] == rules.issuer.map({ .string($0) }) else {
            throw .otherIssuer
        }
    }

    /// Holds the times against the clock and returns when it ends.
    private static func end(of claims: JWTObject, now: Int64) throws(JWTFault) -> Int64 {
        guard let expiry = try time("exp", claims) else { throw .noExpiry }
        let start = try time("nbf", claims)
        let issued = try time("iat", claims)
        let leeway = Limits.jwtLeewaySeconds
        if let start {
            guard start <= now + leeway else { throw .notYet }
            guard start <= expiry else { throw .endsBeforeItBegins }
        }
        if let issued {
            guard issued <= now + leeway else { throw .issuedLater }
            guard issued <= expiry else { throw .endsBeforeItBegins }
        }
        guard now < expiry + leeway else { throw .expired }
        return now < expiry ? expiry : expiry + leeway
    }

    /// A NumericDate (RFC 7519 section 2), which may have a fraction; that is left out.
    private static func time(_ claim: String, _ claims: JWTObject) throws(JWTFault) -> Int64? {
        guard let value = claims[claim] else { return nil }
        guard case .number(let seconds) = value, seconds >= 0, seconds <= Double(Limits.latestEpochSeconds)
        else {
            throw .malformedTime
        }
        return Int64(seconds)
    }

    private func name(_ claims: JWTObject) throws(JWTFault) -> AccountName {
        guard let value = claims[rules.nameClaim] else { throw .noName }
        guard case .string(let text) = value, let name = AccountName(text) else { throw .malformedName }
        return name
    }

    private func role(_ claims: JWTObject) throws(JWTFault) -> Role {
        guard let value = claims[rules.roleClaim] else { throw .noRole }
        guard case .string(let text) = value, let role = Role(word: text) else { throw .unknownRole }
        return role
    }

    private func scope(_ claims: JWTObject) throws(JWTFault) -> PageScope? {
        guard let value = claims[rules.scopeClaim] else { return nil }
        guard case .string(let text) = value, let scope = PageScope(parsing: text) else {
            throw .malformedScope
        }
        return scope
    }
}
