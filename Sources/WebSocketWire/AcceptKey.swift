import ByteCore

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
        let digest = unsafe SHA1.digest(of: input.readable)
        unsafe digest.withUnsafeBytes { unsafe Base64.append($0, to: &buffer) }
    }
}
