import Secrets

@testable import AccessControl
@testable import PasswordHashing
@testable import StateDirectory

extension FuzzTarget {
    private static let secret = Array("0123456789abcdef0123456789abcdef".utf8)

    /// The file of tokens; where the checksum alone is wrong, so that records are reached, it is put right
    /// first.
    static let tokenFile = FuzzTarget(
        name: "token-file", longestInput: 600,
        seeds: {
            Seed.texts([
                "pointerscope tokens 1\n", "pointerscope tokens 2\n",
                "pointerscope tokens 1\n0000000000000001 prom viewer 1 - - AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 -\n",
                "pointerscope tokens 1\nffffffffffffffff wall operator 17 18 19 "
                    + "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 page:/a/* page:/b\n",
                "pointerscope tokens 1\n0000000000000001 a viewer 253402300800 - - A -\n\n",
            ])
        }
    ) { input in
        let bytes = Array(input)
        let line =
            Array("sha256 ".utf8) + Base64URL.encode(SHA256Digest(of: bytes).bytes) + [UInt8(ascii: "\n")]
        for file in [bytes, bytes + line] {
            guard let tokens = try? TokenFile.parse(file) else { continue }
            guard TokenFile.bytes(of: tokens) == file else { return "another file is written than was read" }
        }
        return nil
    }

    /// A JWT; a second one is made of the input as header and claims, split at its first line end, and
    /// signed.
    static let jwt = FuzzTarget(
        name: "jwt", longestInput: 700,
        seeds: {
            Seed.texts([
                "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "e30.e30.AAAA", "{\"alg\":\"HS256\"}\n{}",
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}\n"
                    + "{\"sub\":\"anna\",\"role\":\"viewer\",\"aud\":[\"me\"],\"exp\":1e9,\"scope\":\"page:/a/*\",\"nbf\":0,\"iat\":1.5}",
                "{\"alg\":\"HS256\",\"x\":{\"a\":[{\"b\":1,\"b\":2}]}}\n{}",
                "{\"alg\":\"HS256\",\"crit\":[]}\n{}",
                "{\"alg\":\"HS256\"}\n{\"sub\":\"\\u0061\",\"role\":\"viewer\",\"aud\":\"me\",\"exp\":99}",
                "{\"alg\":\"HS256\"}\n{\"sub\":\"\\ud800\"}",
            ])
        }
    ) { input in
        let text = Array(input)
        guard let key = try? JWTKey(file: secret) else { return "no key" }
        let verifier = JWTVerifier(key: key, rules: JWTRules(audience: "me"))
        if case .success = verifier.verify(text, now: 50) { return "a signature was guessed" }
        let parts = text.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let message = Base64URL.encode(parts[0]) + [UInt8(ascii: ".")] + Base64URL.encode(parts[1])
        let code = HMACSHA256.code(of: message, key: secret)
        let signed = message + [UInt8(ascii: ".")] + Base64URL.encode(code.bytes)
        guard case .success(let claims) = verifier.verify(signed, now: 50) else { return nil }
        return claims.endsAt > 50 ? nil : "it ended at \(claims.endsAt)"
    }

    /// What the field Authorization holds, and a key file.
    static let bearer = FuzzTarget(
        name: "bearer", longestInput: 300,
        seeds: {
            Seed.texts([
                "Bearer ps_0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "bearer  a.b.c",
                "Basic Og==",
                "Basic cDpwc18wMTIzNDU2Nzg5YWJjZGVmX0FBRUNBd1FGQmdjSUNRb0xEQTBPRHhBUkVoTVVGUllYR0JrYUd4d2RIaDg=",
                "Digest a=b", "Bearer ps_",
                "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEADFeLUuEPhlQqGqH66rr/WxRB"
                    + "Aj+k+48H4TeuqrRveQY=\n-----END PUBLIC KEY-----\n",
                "MCowBQYDK2VwAyEADFeLUuEPhlQqGqH66rr",
                "{\"kty\":\"oct\"}",
                "-----BEGIN RSA PUBLIC KEY-----\nMAYCAQECAQE=\n-----END RSA PUBLIC KEY-----",
            ])
        }
    ) { input in
        let bytes = Array(input)
        if let key = try? JWTKey(file: bytes), key.hasSigned([1], [2]) { return "an empty signature holds" }
        switch Authorization(bytes) {
        case .token(let token):
            guard let again = BearerText(token.text), again.id == token.id, again.secret.matches(token.secret)
            else {
                return "a token that is not its text"
            }
        case .jwt(let text):
            guard text.count <= Limits.jwtBytes, BearerText(text) == nil else { return "a JWT that is none" }
        case .refused(let fault):
            if fault.reason.utf8CodeUnitCount == 0 { return "refused without a word" }
        }
        return nil
    }

    /// Records between a master and its helpers: the first byte says of which kind, and short ones are filled
    /// up.
    static let hashRecord = FuzzTarget(
        name: "hash-record", longestInput: 1_300,
        seeds: {
            let compare = HashRequest(.compare, id: 7, password: [1, 2, 3], text: Array("$argon2id$".utf8))
            let make = HashRequest(.make, id: .max, password: [], text: [UInt8](repeating: 9, count: 16))
            let stamp = FileStamp(inode: 1, byteCount: 2, modified: 3, changed: 4)
            return [compare, make].compactMap { $0.map { [0] + $0.encoded() } }
                + [.matches, .made([36]), .failed].map { [1] + HashAnswer(id: 1, $0).encoded() } + [
                    [2] + KeepRecord(.write, .admins, number: 1, replaced: stamp, byteCount: 9).encoded(),
                    [3] + KeepAnswer(number: 1, .done(stamp)).encoded(),
                    [3] + KeepAnswer(number: 1, .failed(28)).encoded(),
                ]
        }
    ) { input in
        guard let kind = input.first else { return nil }
        func filled(_ count: Int) -> [UInt8] {
            let bytes = Array(input.dropFirst())
            return bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
        }
        let (record, again): ([UInt8], [UInt8]?) =
            switch kind % 4 {
            case 0: (filled(HashRequest.byteCount), HashRequest(filled(HashRequest.byteCount))?.encoded())
            case 1: (filled(HashAnswer.byteCount), HashAnswer(filled(HashAnswer.byteCount))?.encoded())
            case 2: (filled(KeepRecord.headBytes), KeepRecord(filled(KeepRecord.headBytes))?.encoded())
            default: (filled(KeepAnswer.byteCount), KeepAnswer(filled(KeepAnswer.byteCount))?.encoded())
            }
        guard let again, kind % 4 < 3 else { return nil }
        return again == record ? nil : "another record is written than was read"
    }

    /// A PHC string.
    static let phc = FuzzTarget(
        name: "phc", longestInput: 300,
        seeds: {
            Seed.texts([
                "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E",
                "$argon2id$v=19$m=65536,t=10,p=4$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
                "$argon2i$v=19$m=8,t=1,p=1$A$A",
                "$argon2id$v=19$m=08,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$",
            ])
        }
    ) { input in
        guard let hash = try? Argon2idHash(parsing: input) else { return nil }
        guard hash.text == Array(input) else { return "another string is written than was read" }
        // What one is, the other room takes as well.
        return PasswordHashText(input) == nil ? "no hash for the file of admins" : nil
    }
}
