import PointerEvents
import Secrets
import Testing

@testable import AccessControl

struct JWTTests {
    private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    private static let now: Int64 = 1_750_000_000

    private func verifier(_ key: String, issuer: String? = nil) throws -> JWTVerifier {
        JWTVerifier(
            key: try JWTKey(file: Array(key.utf8)), rules: JWTRules(audience: "pointerscope", issuer: issuer))
    }

    private func signed(header: String, claims: String, key: [UInt8] = secret) -> [UInt8] {
        let message =
            Base64URL.encode(Array(header.utf8)) + [UInt8(ascii: ".")] + Base64URL.encode(Array(claims.utf8))
        return message + [UInt8(ascii: ".")]
            + Base64URL.encode(HMACSHA256.code(of: message, key: key).bytes)
    }

    private func outcome(
        header: String = #"{"alg":"HS256"}"#, claims: String, now: Int64 = now, issuer: String? = nil
    ) throws -> Result<JWTVerifier.Claims, JWTFault> {
        let verifier = try verifier(String(decoding: Self.secret, as: UTF8.self), issuer: issuer)
        return verifier.verify(signed(header: header, claims: claims), now: now)
    }

    private func fault(_ result: Result<JWTVerifier.Claims, JWTFault>) -> JWTFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }

    private static let good = #""sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100"#

    @Test func signaturesAreThoseOfTheStandards() throws {
        func holds(_ key: JWTKey, _ token: String) throws -> Bool {
            let parts = token.split(separator: ".")
            let message = "\(parts[0]).\(parts[1])"
            return key.hasSigned(Array(message.utf8), try #require(Base64URL.decode(Array(parts[2].utf8))))
        }
        let secret = try #require(Base64URL.decode(Array(JWTExamples.rfcSecret.utf8)))
        let keys =
            [secret]
            + [JWTExamples.rfcRSAKey, JWTExamples.rfcECKey, JWTExamples.rfcEdKey].map { Array($0.utf8) }
        let tokens = [
            JWTExamples.rfcHS256, JWTExamples.rfcRS256, JWTExamples.rfcES256, JWTExamples.rfcEdDSA,
        ]
        let algorithms: [JWTKey.Algorithm] = [.hs256, .rs256, .es256, .edDSA]
        for (index, bytes) in keys.enumerated() {
            let key = try JWTKey(file: bytes)
            #expect(key.algorithm == algorithms[index])
            for (other, token) in tokens.enumerated() {
                #expect(try holds(key, token) == (index == other), "\(index) \(other)")
            }
        }
    }

    @Test(arguments: [
        (JWTExamples.rsaKey, JWTExamples.signedRS256), (JWTExamples.rsaKeyPKCS1, JWTExamples.signedRS256),
        (JWTExamples.ecKey, JWTExamples.signedES256), (JWTExamples.edKey, JWTExamples.signedEdDSA),
    ])
    func eachKindIsBelieved(key: String, token: String) throws {
        let verifier = try verifier(key)
        let claims = try verifier.verify(Array(token.utf8), now: Self.now).get()
        #expect(claims.name == AccountName("anna".utf8) && claims.role == .operator && claims.scope == nil)
        #expect(claims.endsAt == 2_000_000_000 && claims.grant.source == .jwt)
        // Every byte counts: each of them changed, and every end cut off.
        let bytes = Array(token.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(fault(verifier.verify(changed, now: Self.now)) != nil, "byte \(index)")
            #expect(fault(verifier.verify(Array(bytes[..<index]), now: Self.now)) != nil, "cut at \(index)")
        }
    }

    @Test func noKindOfKeyTakesAnothersSignature() throws {
        let tokens = [
            JWTExamples.signedRS256, JWTExamples.signedES256, JWTExamples.signedEdDSA,
            String(decoding: signed(header: #"{"alg":"HS256"}"#, claims: "{\(Self.good)}"), as: UTF8.self),
        ]
        let keys = [
            JWTExamples.rsaKey, JWTExamples.ecKey, JWTExamples.edKey,
            String(decoding: Self.secret, as: UTF8.self),
        ]
        for (index, key) in keys.enumerated() {
            let verifier = try verifier(key)
            for (other, token) in tokens.enumerated() where other != index {
                #expect(fault(verifier.verify(Array(token.utf8), now: Self.now)) == .otherAlgorithm)
            }
        }
    }

    /// The attacks of RFC 8725, section 2.1: whoever knows the public key signs with it as a secret, or does
    /// not sign.
    @Test func thePublicKeyIsNoSecret() throws {
        for key in [JWTExamples.rsaKey, JWTExamples.ecKey, JWTExamples.edKey] {
            let verifier = try verifier(key)
            for secret in [Array(key.utf8), Array(key.utf8.dropLast())] {
                let forged = signed(header: #"{"alg":"HS256"}"#, claims: "{\(Self.good)}", key: secret)
                #expect(fault(verifier.verify(forged, now: Self.now)) == .otherAlgorithm)
            }
            for word in ["none", "None", "NONE", "nOnE"] {
                let header = Base64URL.encode(Array(#"{"alg":"\#(word)"}"#.utf8))
                let payload = Base64URL.encode(Array("{\(Self.good)}".utf8))
                let forged = header + [UInt8(ascii: ".")] + payload + [UInt8(ascii: ".")]
                #expect(fault(verifier.verify(forged, now: Self.now)) == .unsigned)
            }
        }
    }

    @Test func partsAreNotSwapped() throws {
        let verifier = try verifier(String(decoding: Self.secret, as: UTF8.self))
        let one = signed(header: #"{"alg":"HS256"}"#, claims: "{\(Self.good)}").split(
            separator: UInt8(ascii: "."))
        let other = signed(header: #"{"alg":"HS256" }"#, claims: "{\(Self.good) }").split(
            separator: UInt8(ascii: "."))
        for parts in [[one[0], other[1], one[2]], [other[0], one[1], one[2]], [one[0], one[1], other[2]]] {
            let mixed = Array(parts.joined(separator: [UInt8(ascii: ".")]))
            #expect(fault(verifier.verify(mixed, now: Self.now)) == .badSignature)
        }
    }

    @Test func aSignatureHasOneForm() throws {
        let verifier = try verifier(JWTExamples.signedES256 == "" ? "" : JWTExamples.ecKey)
        let token = Array(JWTExamples.signedES256.utf8)
        let dot = try #require(token.lastIndex(of: UInt8(ascii: ".")))
        // Padding, a character of the other alphabet, bits behind the last byte, zeros in front of r.
        for tail in ["=", "==", "+", "A", "AA"] {
            #expect(fault(verifier.verify(token + Array(tail.utf8), now: Self.now)) != nil)
        }
        var trailing = token
        trailing[trailing.count - 1] += 1
        #expect(fault(verifier.verify(trailing, now: Self.now)) == .malformedBase64)
        let signature = try #require(Base64URL.decode(token[(dot + 1)...]))
        let longer = Array(token[...dot]) + Base64URL.encode([0] + signature)
        #expect(fault(verifier.verify(longer, now: Self.now)) == .badSignature)
        let zero = Array(token[...dot]) + Base64URL.encode([UInt8](repeating: 0, count: 64))
        #expect(fault(verifier.verify(zero, now: Self.now)) == .badSignature)
    }

    @Test(arguments: [
        (#"{"alg":"HS256","crit":["exp"]}"#, JWTFault.critical),
        (#"{"alg":"HS256","b64":false}"#, .unencoded),
        (#"{"alg":"HS256","zip":"DEF"}"#, .compressed), (#"{"alg":"HS256","enc":"A128GCM"}"#, .encrypted),
        (#"{"alg":"HS256","typ":"logout+jwt"}"#, .otherType), (#"{"alg":"HS256","typ":7}"#, .otherType),
        (#"{"alg":"hs256"}"#, .otherAlgorithm), (#"{"alg":"HS384"}"#, .otherAlgorithm),
        (#"{}"#, .otherAlgorithm),
        (#"{"alg":["HS256"]}"#, .otherAlgorithm), (#"{"alg":"HS256","alg":"HS256"}"#, .repeatedKey),
        (#"{"alg":"none","\u0061lg":"HS256"}"#, .repeatedKey),
        (#"{"alg":"HS256","x":{"a":1,"a":2}}"#, .repeatedKey),
        (#"{"alg":"HS256"} "x""#, .malformedHeader), (#"["alg"]"#, .malformedHeader), ("", .malformedHeader),
        (#"{"alg":"HS256","x":"\ud800"}"#, .malformedHeader),
        ("{\"alg\":\"HS256\",\"x\":\"\u{1}\"}", .malformedHeader),
    ])
    func headersThatAreRefused(header: String, expected: JWTFault) throws {
        #expect(fault(try outcome(header: header, claims: "{\(Self.good)}")) == expected)
    }

    @Test(arguments: [
        #"{"alg":"HS256","typ":"JWT"}"#,
        #"{"typ":"at+jwt","alg":"HS256","kid":"1","jku":"https://a.example"}"#,
        #"{"typ":"application/AT+JWT","alg":"HS256","jwk":{"kty":"oct","k":"AA"}}"#,
    ])
    func headersThatAreTaken(header: String) throws {
        #expect(fault(try outcome(header: header, claims: "{\(Self.good)}")) == nil)
    }

    @Test(arguments: [
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope"}"#, JWTFault.noExpiry),
        (#"{"sub":"anna","role":"viewer","exp":1750000100}"#, .noAudience),
        (#"{"sub":"anna","role":"viewer","exp":1750000100,"aud":"other"}"#, .otherAudience),
        (#"{"sub":"anna","role":"viewer","exp":1750000100,"aud":["a","b"]}"#, .otherAudience),
        (#"{"sub":"anna","role":"viewer","exp":1750000100,"aud":["pointerscope",1]}"#, .otherAudience),
        (#"{"sub":"anna","role":"viewer","exp":1750000100,"aud":null}"#, .otherAudience),
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":"1750000100"}"#, .malformedTime),
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":-1}"#, .malformedTime),
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1e400}"#, .malformedTime),
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1749999939}"#, .expired),
        (#"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100,"nbf":1750000061}"#, .notYet),
        (
            #"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100,"iat":1750000061}"#,
            .issuedLater
        ),
        (
            #"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000000,"iat":1750000001}"#,
            .endsBeforeItBegins
        ),
        (#"{"role":"viewer","aud":"pointerscope","exp":1750000100}"#, .noName),
        (#"{"sub":"a b","role":"viewer","aud":"pointerscope","exp":1750000100}"#, .malformedName),
        (#"{"sub":7,"role":"viewer","aud":"pointerscope","exp":1750000100}"#, .malformedName),
        (#"{"sub":"anna","aud":"pointerscope","exp":1750000100}"#, .noRole),
        (#"{"sub":"anna","role":"admin","aud":"pointerscope","exp":1750000100}"#, .unknownRole),
        (#"{"sub":"anna","role":["viewer"],"aud":"pointerscope","exp":1750000100}"#, .unknownRole),
        (
            #"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100,"scope":"openid"}"#,
            .malformedScope
        ),
        (
            #"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100,"scope":null}"#,
            .malformedScope
        ),
        (#"{"sub":"anna","sub":"ben","role":"viewer","aud":"pointerscope","exp":1750000100}"#, .repeatedKey),
        (
            #"{"sub":"anna","role":"viewer","aud":"pointerscope","exp":1750000100,"x":[{"a":1,"a":1}]}"#,
            .repeatedKey
        ),
        (#"["sub"]"#, .malformedClaims), (#"{"sub":"anna""#, .malformedClaims),
    ])
    func claimsThatAreRefused(claims: String, expected: JWTFault) throws {
        #expect(fault(try outcome(claims: claims)) == expected)
    }

    @Test func timesHaveLeeway() throws {
        let claims = #"{"sub":"a","role":"viewer","aud":"pointerscope","exp":1750000000.9,"nbf":1749999000}"#
        #expect(try outcome(claims: claims, now: 1_749_999_999).get().endsAt == 1_750_000_000)
        // By a clock that is late it has a minute left, and ends with that.
        #expect(try outcome(claims: claims, now: 1_750_000_059).get().endsAt == 1_750_000_060)
        #expect(fault(try outcome(claims: claims, now: 1_750_000_060)) == .expired)
        #expect(fault(try outcome(claims: claims, now: 1_749_998_940)) == nil)
        #expect(fault(try outcome(claims: claims, now: 1_749_998_939)) == .notYet)
    }

    @Test func claimsHaveTheNamesThatRulesGiveThem() throws {
        let key = try JWTKey(file: Self.secret)
        let rules = JWTRules(
            audience: "me", issuer: "https://id.example", nameClaim: "preferred_username", roleClaim: "ps",
            scopeClaim: "pages")
        let claims = #"""
            {"sub":"not a name","preferred_username":"ben","ps":"operator","pages":"page:/shop/*",
            "aud":["x","me"],
            "exp":1750000100,"iss":"https://id.example","scope":"openid"}
            """#
        let token = signed(header: #"{"alg":"HS256"}"#, claims: claims)
        let found = try JWTVerifier(key: key, rules: rules).verify(token, now: Self.now).get()
        #expect(found.name.text == "ben" && found.role == .operator && found.scope?.text == "page:/shop/*")
        var other = rules
        other.issuer = Array("https://id.example/".utf8)
        #expect(fault(JWTVerifier(key: key, rules: other).verify(token, now: Self.now)) == .otherIssuer)
    }

    @Test func sizesAndPartsAreBounded() throws {
        let padding = String(repeating: "x", count: 3_000)
        let long = #"{\#(Self.good),"x":"\#(padding)"}"#
        #expect(fault(try outcome(claims: long)) == .tooLong)
        let verifier = try verifier(String(decoding: Self.secret, as: UTF8.self))
        #expect(fault(verifier.verify([], now: 0)) == .notThreeParts)
        #expect(fault(verifier.verify(Array("a.b".utf8), now: 0)) == .notThreeParts)
        #expect(fault(verifier.verify(Array("a.b.c.d.e".utf8), now: 0)) == .encrypted)
        let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        #expect(fault(try outcome(claims: #"{\#(Self.good),"x":\#(deep)}"#)) == .malformedClaims)
    }

    @Test(arguments: [
        (JWTExamples.shortRSAKey, JWTKeyFault.rsaBits), (JWTExamples.p384Key, .otherKind),
        (JWTExamples.ed448Key, .otherKind),
        (JWTExamples.certificate, .certificate), (JWTExamples.privateKey, .privateKey),
        (JWTExamples.rsaKey + JWTExamples.ecKey, .severalKeys),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", .unreadablePEM),
        ("short", .shortSecret), (String(repeating: "x", count: 31) + "\n", .shortSecret),
        (String(repeating: "x", count: 1_025), .longSecret),
        (String(repeating: "x", count: 20_000), .tooLong),
        (#"{"kty":"RSA","n":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","e":"AQAB"}"#, .publicKeyAsSecret),
        (" [{\"kty\":\"RSA\",\"n\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]", .publicKeyAsSecret),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDFlZA me@example", .publicKeyAsSecret),
        ("MCowBQYDK2VwAyEADFeLUuEPhlQqGqH66rr/WxRBAj+k+48H4TeuqrRveQY=", .publicKeyAsSecret),
    ])
    func filesThatAreNoKey(file: String, expected: JWTKeyFault) {
        #expect(throws: expected) { _ = try JWTKey(file: Array(file.utf8)) }
    }

    @Test func aPublicKeyInDERIsNoSecret() throws {
        let text = JWTExamples.edKey.split(separator: "\n")[1]
        var der = text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        der.removeAll { $0 == "=" }
        let bytes = try #require(Base64URL.decode(Array(String(der).utf8)))
        #expect(throws: JWTKeyFault.publicKeyAsSecret) { _ = try JWTKey(file: bytes) }
        // A secret may begin in the same way.
        #expect(try JWTKey(file: bytes + [1]).algorithm == .hs256)
    }

    @Test func oneLineEndIsNotOfTheSecret() throws {
        let token = signed(header: #"{"alg":"HS256"}"#, claims: "{\(Self.good)}")
        for end in ["", "\n", "\r\n"] {
            let key = try JWTKey(file: Self.secret + Array(end.utf8))
            let verifier = JWTVerifier(key: key, rules: JWTRules(audience: "pointerscope"))
            #expect(fault(verifier.verify(token, now: Self.now)) == nil)
        }
    }
}
