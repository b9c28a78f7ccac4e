public import ByteCore

/// What a program shows a server instead of a name and a password: `Authorization: Bearer ps_ID_SECRET`
/// (RFC 6750, section 2.1).
///
/// ```
/// token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="        at most 4 KiB
/// ```
/// It is no text on purpose: nothing that is printed or logged takes one.
public struct BearerToken: Equatable, Sendable {
    private let bytes: [UInt8]

    /// Reads the token of a file or a variable; white space around it does not count. Nil where there is
    /// none.
    public init?(parsing text: some BidirectionalCollection<UInt8>) {
        let start = text.firstIndex { !Self.isSpace($0) } ?? text.endIndex
        let end = text.lastIndex { !Self.isSpace($0) }.map { text.index(after: $0) } ?? start
        let token = text[start..<end]
        let name = token.prefix { $0 != UInt8(ascii: "=") }
        guard (1...HTTPLimits.tokenBytes).contains(token.count), !name.isEmpty,
            name.allSatisfy(Self.isTokenByte),
            token.dropFirst(name.count).allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        bytes = Array(token)
    }

    /// Appends the field that shows it.
    public func append(to text: inout ByteBuffer) {
        let scheme: StaticString = "Bearer "
        unsafe withUnsafeTemporaryAllocation(byteCount: 7 + bytes.count, alignment: 1) { value in
            unsafe value.copyMemory(from: UnsafeRawBufferPointer(start: scheme.utf8Start, count: 7))
            for (index, byte) in bytes.enumerated() { unsafe value[7 + index] = byte }
            unsafe text.appendHTTPField("Authorization", UnsafeRawBufferPointer(value))
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~+/".utf8.contains(byte)
        }
    }
}
