import func COpenSSL.EVP_sha256
import func COpenSSL.HMAC

/// Codes that only the holder of a key can make: HMAC with SHA-256 (RFC 2104, RFC 6234).
public enum HMACSHA256 {
    /// The code of `message` under `key`, which may have any length.
    public static func code(of message: some Collection<UInt8>, key: some Collection<UInt8>) -> SHA256Digest {
        let message = Array(message)
        let key = Array(key)
        var code = [UInt8](repeating: 0, count: SHA256Digest.count)
        var count: UInt32 = 0
        _ = unsafe HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count)
        precondition(count == UInt32(SHA256Digest.count), "HMAC with SHA-256 is not to be had")
        return SHA256Digest(exactly: code)
    }
}
