import Secrets

import func COpenSSL.ps_public_key_free
import func COpenSSL.ps_public_key_kind
import func COpenSSL.ps_public_key_of_pem
import func COpenSSL.ps_signature_holds

/// The key of an issuer of JWTs: what kind it is says which algorithm its signatures have (RFC 7518, RFC
/// 8037).
///
/// | file | algorithm |
/// |---|---|
/// | PEM of an RSA key of 2,048 to 8,192 bits | RS256 |
/// | PEM of a key on P-256 | ES256 |
/// | PEM of an Ed25519 key | EdDSA |
/// | anything else of 32 to 1,024 bytes, one line end behind it not counted | HS256 |
public final class JWTKey {
    /// The algorithms that are known, by their names in a header.
    public enum Algorithm: String, Sendable {
        case hs256 = "HS256"
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }

    @safe private enum Material {
        case secret([UInt8])
        case key(OpaquePointer)
    }

    /// The one algorithm that is believed.
    public let algorithm: Algorithm
    private let material: Material

    /// Reads a file with a public key or a secret.
    public init(file bytes: [UInt8]) throws(JWTKeyFault) {
        guard bytes.count <= Limits.jwtKeyFileBytes else { throw .tooLong }
        guard JWTKeyForm.isPEM(bytes) else {
            let secret = try JWTKeyForm.secret(bytes)
            algorithm = .hs256
            material = .secret(secret)
            return
        }
        try JWTKeyForm.checkPEM(bytes)
        guard let key = unsafe ps_public_key_of_pem(bytes, bytes.count) else { throw .unreadablePEM }
        var bits: Int32 = 0
        switch unsafe (ps_public_key_kind(key, &bits), Limits.rsaBits.contains(Int(bits))) {
        case (1, true): algorithm = .rs256
        case (2, _): algorithm = .es256
        case (3, _): algorithm = .edDSA
        case (let kind, _):
            unsafe ps_public_key_free(key)
            throw kind == 1 ? .rsaBits : .otherKind
        }
        material = unsafe .key(key)
    }

    deinit {
        if case .key(let key) = material { unsafe ps_public_key_free(key) }
    }

    /// Whether `signature` is this key's for `message`.
    func hasSigned(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
        switch material {
        case .secret(let secret):
            ConstantTime.areEqual(HMACSHA256.code(of: message, key: secret).bytes, signature)
        case .key(let key):
            unsafe ps_signature_holds(key, message, message.count, signature, signature.count) == 1
        }
    }
}
