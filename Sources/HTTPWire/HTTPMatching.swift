/// Comparing borrowed bytes with literals.
extension UnsafeRawBufferPointer {
    /// Whether these bytes are a token (RFC 9110 section 5.6.2): at least one, and each of its class.
    public var isHTTPToken: Bool {
        unsafe !isEmpty && allSatisfy { HTTPByte.isToken($0) }
    }

    /// Whether these bytes are exactly those of `literal`.
    public func isEqual(to literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count where unsafe self[index] != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether these bytes are those of `literal`, ASCII letters compared without case.
    public func isEqualIgnoringCase(to literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count
        where unsafe HTTPByte.lowercased(self[index]) != HTTPByte.lowercased(literal.utf8Start[index]) {
            return false
        }
        return true
    }
}
