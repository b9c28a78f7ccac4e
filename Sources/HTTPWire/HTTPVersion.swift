/// The protocol versions spoken here; a later minor version is spoken to as 1.1 (RFC 9110 section 2.5).
public enum HTTPVersion: UInt8, Sendable, BitwiseCopyable {
    case http10, http11
}

extension HTTPVersion {
    /// Reads `HTTP/1.0` or `HTTP/1.1` (RFC 9112 section 2.3); the name is case-sensitive.
    init(parsing bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) {
        guard bytes.count == 8, unsafe UnsafeRawBufferPointer(rebasing: bytes[..<5]).isEqual(to: "HTTP/"),
            unsafe HTTPByte.isDigit(bytes[5]), unsafe bytes[6] == UInt8(ascii: "."),
            unsafe HTTPByte.isDigit(bytes[7])
        else { throw .malformedVersion }
        guard unsafe bytes[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        self = unsafe bytes[7] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
