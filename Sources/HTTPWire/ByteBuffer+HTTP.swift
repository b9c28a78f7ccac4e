public import ByteCore

/// Writing heads.
extension ByteBuffer {
    /// Appends a request line of HTTP/1.1; `target` is already percent-encoded.
    public mutating func appendHTTPRequestLine(_ method: HTTPMethod, target: UnsafeRawBufferPointer) {
        append(method.name)
        append(HTTPByte.space)
        for index in target.indices {
            let byte = unsafe target[index]
            append(HTTPByte.isTarget(byte) ? byte : UInt8(ascii: "_"))
        }
        append(" HTTP/1.1\r\n")
    }

    /// Appends a field line with a literal value.
    public mutating func appendHTTPField(_ name: StaticString, _ value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Appends a field line; bytes that may not stand in a value become spaces, so nothing can break out of
    /// it.
    public mutating func appendHTTPField(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        append(name)
        append(": ")
        for index in value.indices {
            let byte = unsafe value[index]
            append(HTTPByte.isFieldValue(byte) ? byte : HTTPByte.space)
        }
        append("\r\n")
    }

    /// Appends a field line with a decimal value.
    public mutating func appendHTTPField(_ name: StaticString, number: Int) {
        append(name)
        append(": ")
        appendDecimal(number)
        append("\r\n")
    }

    /// Appends the empty line that ends a head.
    public mutating func appendHTTPHeadEnd() { append("\r\n") }
}
