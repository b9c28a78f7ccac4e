import ByteCore

import func COpenSSL.SHA1
import var COpenSSL.SHA_DIGEST_LENGTH

/// What a server answers a handshake's key with: base64(SHA-1(key + GUID)) (RFC 6455 section 4.2.2).
enum AcceptKey {
    /// Bytes of a key and of its answer on the wire.
    static let keyBytes = 24
    static let answerBytes = 28

    private static let identifier: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Appends the answer to `key`.
    static func append(answerTo key: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        var input = ByteBuffer(capacity: 64)
        unsafe input.append(key)
        input.append(identifier)
        unsafe withUnsafeTemporaryAllocation(byteCount: Int(SHA_DIGEST_LENGTH), alignment: 8) { digest in
            let source = unsafe input.readable
            unsafe SHA1(
                source.baseAddress?.assumingMemoryBound(to: UInt8.self), source.count,
                digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe Base64.append(UnsafeRawBufferPointer(digest), to: &buffer)
        }
    }
}
