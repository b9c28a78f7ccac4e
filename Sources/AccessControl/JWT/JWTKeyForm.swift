/// Why a file is no key for JWTs.
public enum JWTKeyFault: UInt8, Error, Sendable {
    case tooLong, unreadablePEM, privateKey, certificate, severalKeys, rsaBits, otherKind
    case shortSecret, longSecret, publicKeyAsSecret

    /// What is wrong, with the mend, for a person to read.
    public var reason: StaticString {
        switch self {
        case .tooLong: "is larger than 16 KiB, which no key is"
        case .unreadablePEM: "holds no public key in PEM that OpenSSL can read"
        case .privateKey: "holds a private key; give the public one: openssl pkey -in FILE -pubout"
        case .certificate: "holds a certificate; give its key: openssl x509 -in FILE -pubkey -noout"
        case .severalKeys: "holds more than one key"
        case .rsaBits: "holds an RSA key that has not 2,048 to 8,192 bits"
        case .otherKind: "holds a key that is neither RSA nor P-256 nor Ed25519"
        case .shortSecret: "holds no PEM, and as a secret for HS256 it has less than 32 bytes"
        case .longSecret: "holds no PEM, and as a secret for HS256 it has more than 1,024 bytes"
        case .publicKeyAsSecret:
            "looks like a public key that is not PEM: as a secret for HS256 everybody knew it"
        }
    }
}

/// Tells from its bytes what a key file is meant to be.
enum JWTKeyForm {
    private static let begin = Array("-----BEGIN ".utf8)

    /// Whether there is PEM in it (RFC 7468 section 2); text may stand in front.
    static func isPEM(_ bytes: [UInt8]) -> Bool { !labels(bytes).isEmpty }

    /// Refuses PEM of anything but one public key.
    static func checkPEM(_ bytes: [UInt8]) throws(JWTKeyFault) {
        let labels = labels(bytes)
        guard !labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) else { throw .privateKey }
        guard !labels.contains(where: { $0.hasSuffix("CERTIFICATE") }) else { throw .certificate }
        guard labels.count == 1 else { throw .severalKeys }
        guard labels[0] == "PUBLIC KEY" || labels[0] == "RSA PUBLIC KEY" else { throw .otherKind }
    }

    /// What stands behind each BEGIN.
    private static func labels(_ bytes: [UInt8]) -> [String] {
        bytes.indices.compactMap { index in
            let rest = bytes[index...]
            guard rest.first == UInt8(ascii: "-"), rest.starts(with: begin) else { return nil }
            return String(
                decoding: rest.dropFirst(begin.count).prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)
        }
    }

    /// The secret that a file without PEM holds.
    ///
    /// What looks like a public key in another form is refused: taken as a secret, whoever knows the public
    /// key could sign.
    static func secret(_ bytes: [UInt8]) throws(JWTKeyFault) -> [UInt8] {
        var secret = bytes
        if secret.last == UInt8(ascii: "\n") { secret.removeLast() }
        if secret.last == UInt8(ascii: "\r") { secret.removeLast() }
        guard !looksPublic(secret) else { throw .publicKeyAsSecret }
        guard secret.count >= Limits.jwtSecretBytes.lowerBound else { throw .shortSecret }
        guard secret.count <= Limits.jwtSecretBytes.upperBound else { throw .longSecret }
        return secret
    }

    /// A JWK or a set of them, OpenSSH's form, and DER, also in base64: each begins in its own way.
    private static func looksPublic(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop { $0 <= 0x20 }
        let beginnings = ["{", "[", "ssh-", "ecdsa-sha2-", "MII", "MFkw", "MCow", "MHYw"]
        if beginnings.contains(where: { text.starts(with: $0.utf8) }) { return true }
        // SEQUENCE, its length, SEQUENCE: SubjectPublicKeyInfo, or RSAPublicKey and then INTEGER.
        guard bytes.count > 8, bytes[0] == 0x30 else { return false }
        let lengthBytes = bytes[1] < 0x80 ? 1 : Int(bytes[1] & 0x7F) + 1
        guard lengthBytes <= 3 else { return false }
        let length =
            bytes[1] < 0x80 ? Int(bytes[1]) : bytes[2..<(1 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
        return 1 + lengthBytes + length == bytes.count
    }
}
