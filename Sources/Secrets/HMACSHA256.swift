import func COpenSSL.ps_hmac_sha256

/// Codes that only the holder of a key can make: HMAC with SHA-256 (RFC 2104, RFC 6234).
public enum HMACSHA256 {
    /// The code of `message` under `key`, which may have any length.
    public static func code(of message: some Collection<UInt8>, key: some Collection<UInt8>) -> SHA256Digest {
        let message = Array(message)
        let key = Array(key)
        var code = [UInt8](repeating: 0, count: SHA256Digest.count)
        unsafe ps_hmac_sha256(key, key.count, message, message.count, &code)
        return SHA256Digest(exactly: code)
    }
}
