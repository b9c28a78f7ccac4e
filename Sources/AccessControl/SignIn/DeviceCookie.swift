import Secrets

/// What a browser keeps that once signed in, so that its tries are counted apart from those of strangers.
///
/// ```
/// byte 0      version, 1
/// byte 1      when it was made, 8 bytes of seconds since 1970, highest first
/// byte 9      32 random bytes, which tell browsers apart
/// byte 41     code over all before, the name and when its admin was made, 32 bytes
/// ```
///
/// In base64url, 98 characters. It says nothing of whose it is, lets nobody in, and means nothing any more
/// once the admin is removed.
enum DeviceCookie {
    private static let version: UInt8 = 1
    private static let signedBytes = 41
    private static let textCount = 98

    /// The cookie for a browser that signed in.
    static func text(
        name: AccountName, createdAt: Int64, random: SecretBytes, key: SecretBytes, now: Instant
    ) -> [UInt8] {
        let signed = [version] + BigEndian.bytes(of: now.epochSeconds) + random.bytes
        return Base64URL.encode(signed + code(signed, name, createdAt, key).bytes)
    }

    /// What tells this browser apart; nil where the cookie is not of this admin, or too old.
    static func device(
        _ text: [UInt8], name: AccountName, createdAt: Int64, key: SecretBytes, now: Instant
    ) -> SHA256Digest? {
        guard text.count == textCount, let bytes = Base64URL.decode(text), bytes[0] == version else {
            return nil
        }
        let signed = Array(bytes[..<signedBytes])
        let age = now.epochSeconds - max(0, BigEndian.value(of: bytes[1..<9]))
        guard let shown = SHA256Digest(bytes[signedBytes...]),
            code(signed, name, createdAt, key).matches(shown),
            (-Limits.clockLeewaySeconds..<Limits.deviceSeconds).contains(age)
        else { return nil }
        return SHA256Digest(of: signed)
    }

    private static func code(
        _ signed: [UInt8], _ name: AccountName, _ createdAt: Int64, _ key: SecretBytes
    ) -> SHA256Digest {
        KeyPurpose.deviceCookie.code(of: signed + name.bytes + [0] + BigEndian.bytes(of: createdAt), key: key)
    }
}
