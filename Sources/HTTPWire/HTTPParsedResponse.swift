/// A parsed response head, for clients; it borrows as `HTTPRequestHead` does.
public struct HTTPParsedResponse: ~Copyable {
    /// The protocol version.
    public internal(set) var version = HTTPVersion.http11
    /// The status code, 101 or 200 ... 599 behind a `.complete`.
    public internal(set) var status: UInt16 = 0
    /// The reason phrase; may be empty.
    public internal(set) var phrase = HTTPRange.empty
    /// Where the body ends, if the request was not HEAD (RFC 9112 section 6.3).
    public internal(set) var framing = HTTPBodyFraming.none
    /// Whether the server lets the connection outlive this exchange.
    public internal(set) var isKeepAlive = true
    /// The field lines.
    public internal(set) var fields = HTTPFieldTable()

    /// Makes an empty head to parse into.
    public init() {}

    /// Whether another head follows this one (RFC 9110 section 15.2).
    var isInterim: Bool { status < 200 && status != 101 }

    /// Reads `HTTP/1.x SP code SP phrase CR LF`; returns the offset behind it.
    mutating func parseStatusLine(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) -> Int {
        var lineEnd = 0
        while unsafe bytes[lineEnd] != HTTPByte.carriageReturn { lineEnd += 1 }
        // The space behind the code may be missing when there is no phrase; many servers leave it out.
        guard lineEnd >= 12, unsafe bytes[8] == HTTPByte.space,
            unsafe lineEnd == 12 || bytes[12] == HTTPByte.space
        else { throw .malformedStatusLine }
        version = try unsafe HTTPVersion(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<8]))
        var code: UInt16 = 0
        for index in 9..<12 {
            guard unsafe HTTPByte.isDigit(bytes[index]) else { throw .malformedStatusLine }
            code = unsafe code * 10 + UInt16(bytes[index] - UInt8(ascii: "0"))
        }
        guard (100...599).contains(code) else { throw .malformedStatusLine }
        status = code
        phrase = HTTPRange(min(13, lineEnd), lineEnd)
        return lineEnd + 2
    }

    mutating func parseFields(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) throws(HTTPRefusal) {
        try unsafe fields.parse(bytes, from: start, to: end)
        let declared = try unsafe fields.bodyFraming(in: bytes, version: version)
        switch declared {
        case _ where status < 200 || status == 204 || status == 304: framing = .none
        case .none: framing = .untilClose
        case .length, .chunked, .untilClose: framing = declared
        }
        isKeepAlive = unsafe framing != .untilClose && fields.isKeepAlive(in: bytes, version: version)
    }
}
