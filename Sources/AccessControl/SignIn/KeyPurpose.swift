import Secrets

/// What a code by the authority's key is for: each has a key of its own, so that none of them passes for
/// another.
enum KeyPurpose: UInt8 {
    case deviceCookie = 1
    case sessionForm = 2
    case signInForm = 3

    /// The code of `message` for this purpose.
    func code(of message: [UInt8], key: SecretBytes) -> SHA256Digest {
        let own = HMACSHA256.code(of: [rawValue], key: key.bytes)
        return HMACSHA256.code(of: message, key: own.bytes)
    }
}

/// What is made of one draw of 256 random bits for one person: none of them tells another.
enum DrawnSecret: UInt8 {
    case session = 1
    case device = 2
    case ticket = 3

    func secret(of random: SecretBytes) -> SecretBytes {
        guard let secret = SecretBytes(HMACSHA256.code(of: [rawValue], key: random.bytes).bytes) else {
            preconditionFailure("a code has 32 bytes")
        }
        return secret
    }
}

/// Numbers in the bytes that codes are made of, the highest byte first.
enum BigEndian {
    static func bytes(of value: Int64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> Int64($0)) }
    }

    static func value(of bytes: some Collection<UInt8>) -> Int64 {
        bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
