/// A host with an optional port, as Host and an absolute target carry it (RFC 9110 section 7.2).
public struct HTTPAuthority: Sendable, BitwiseCopyable, Equatable {
    /// The host's name or address; an IPv6 address with its brackets. May be empty.
    public let host: HTTPRange
    /// The port, if one was written.
    public let port: UInt16?

    /// Reads the bytes from `start` to `end` of a head; user information is refused (RFC 9110 section 4.2.4).
    init(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) throws(HTTPRefusal) {
        var hostEnd = start
        if start < end, unsafe bytes[start] == UInt8(ascii: "[") {
            hostEnd = try unsafe Self.endOfAddress(bytes, from: start + 1, to: end)
        } else {
            while hostEnd < end, unsafe HTTPByte.isHostName(bytes[hostEnd]) { hostEnd += 1 }
        }
        host = HTTPRange(start, hostEnd)
        guard hostEnd < end else {
            port = nil
            return
        }
        guard unsafe bytes[hostEnd] == HTTPByte.colon else { throw .malformedHost }
        var number: UInt32?
        for index in (hostEnd + 1)..<end {
            guard unsafe HTTPByte.isDigit(bytes[index]) else { throw .malformedHost }
            let next = unsafe (number ?? 0) * 10 + UInt32(bytes[index] - UInt8(ascii: "0"))
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
        while index < end, unsafe bytes[index] != UInt8(ascii: "]") {
            let byte = unsafe bytes[index]
            guard HTTPByte.hexValue(byte) != nil || byte == HTTPByte.colon || byte == UInt8(ascii: ".")
            else { throw .malformedHost }
            index += 1
        }
        guard index < end, index > start + 1 else { throw .malformedHost }
        return index + 1
    }
}
