/// A host with an optional port, as Host and an absolute target carry it (RFC 9110 section 7.2).
public struct HTTPAuthority: Sendable, BitwiseCopyable, Equatable {
    /// The host's name or address; an IPv6 address with its brackets. May be empty.
    public let host: HTTPRange
    /// The port, if one was written.
    public let port: UInt16?

    /// Reads the bytes from `start` to `end` of a head; user information is refused (RFC 9110 section 4.2.4).
    init(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) throws(HTTPRefusal) {
        var hostEnd = start
        if start < end, bytes[start] == UInt8(ascii: "[") {
            hostEnd = try Self.endOfAddress(bytes, from: start + 1, to: end)
        } else {
            while hostEnd < end, HTTPByte.isHostName(bytes[hostEnd]) { hostEnd += 1 }
        }
        host = HTTPRange(start, hostEnd)
        guard hostEnd < end else {
            port = nil
            return
        }
        guard bytes[hostEnd] == HTTPByte.colon else { throw .malformedHost }
        var number: UInt32?
        for index in (hostEnd + 1)..<end {
            guard HTTPByte.isDigit(bytes[index]) else { throw .malformedHost }
            let next = (number ?? 0) * 10 + UInt32(bytes[index] - UInt8(ascii: "0"))
            guard next <= 65535 else { throw .malformedHost }
            number = next
        }
        port = number.map { UInt16($0) }
    }

    /// The offset behind the `]` of an IPv6 address whose `[` stands before `start`.
    private static func endOfAddress(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) throws(HTTPRefusal) -> Int {
        var index = start
        while index < end, bytes[index] != UInt8(ascii: "]") {
            let byte = bytes[index]
            guard HTTPByte.hexValue(byte) != nil || byte == HTTPByte.colon || byte == UInt8(ascii: ".")
            else { throw .malformedHost }
            index += 1
        }
        guard index < end, index > start + 1 else { throw .malformedHost }
        return index + 1
    }

    /// Whether the host can only mean this machine: `localhost`, a name under it, 127.0.0.0/8 or `[::1]`.
    ///
    /// A page of another site that had its name pointed here (DNS rebinding) still sends its own name.
    public func isLoopback(in bytes: UnsafeRawBufferPointer) -> Bool {
        let name = host.slice(of: bytes)
        if name.isEqualIgnoringCase(to: "localhost") || name.isEqual(to: "[::1]") { return true }
        let suffix = 10  // ".localhost"
        if name.count > suffix {
            let end = UnsafeRawBufferPointer(rebasing: name[(name.count - suffix)...])
            if end.isEqualIgnoringCase(to: ".localhost") { return true }
        }
        return Self.isLoopbackAddress(name)
    }

    /// The same for a host and port that stand alone, as in an Origin; false for anything else.
    public static func isLoopback(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let authority = try? HTTPAuthority(bytes, from: 0, to: bytes.count) else { return false }
        return authority.isLoopback(in: bytes)
    }

    /// Whether `name` is a dotted quad that begins with 127.
    private static func isLoopbackAddress(_ name: UnsafeRawBufferPointer) -> Bool {
        var parts = 0
        var digits = 0
        var part = 0
        for byte in name {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, parts > 0 || part == 127 else { return false }
                parts += 1
                digits = 0
                part = 0
            } else {
                guard HTTPByte.isDigit(byte), digits < 3 else { return false }
                part = part * 10 + Int(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 255 else { return false }
            }
        }
        return parts == 3 && digits > 0
    }
}
