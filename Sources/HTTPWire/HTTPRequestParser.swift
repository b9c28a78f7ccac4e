/// Reads request heads strictly (RFC 9112 sections 2, 3, 5 and 6), resuming where it stopped.
///
/// ```
/// GET /path?query HTTP/1.1 CR LF      request line, single spaces
/// name ":" OWS value OWS CR LF        up to HTTPLimits.fields field lines
/// CR LF                               the empty line
/// ```
/// Two bytes of state a connection. Between calls the caller keeps the bytes from the head's first on; a head
/// is accepted or refused by its bytes alone, however they were cut.
public struct HTTPRequestParser: Sendable, BitwiseCopyable {
    private var scanner = HeadScanner()

    /// Makes a parser that stands before a head.
    public init() {}

    /// Looks at `bytes`, which begin with the head; fills `head` when the outcome is `.complete`.
    ///
    /// After `.complete` the parser stands before the next head.
    public mutating func parse(
        _ bytes: UnsafeRawBufferPointer, into head: inout HTTPRequestHead
    ) -> HTTPParseOutcome {
        switch unsafe scanner.scan(bytes) {
        case .incomplete: return .incomplete
        case .refused(let refusal): return .refused(refusal)
        case .ended(let end):
            scanner = HeadScanner()
            do throws(HTTPRefusal) {
                try unsafe Self.parseWhole(bytes, end, into: &head)
                return .complete(consumed: end)
            } catch {
                return .refused(error)
            }
        }
    }

    /// The same for bytes that are looked at once.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, into head: inout HTTPRequestHead
    ) -> HTTPParseOutcome {
        var parser = HTTPRequestParser()
        return unsafe parser.parse(bytes, into: &head)
    }

    private static func parseWhole(
        _ bytes: UnsafeRawBufferPointer, _ end: Int, into head: inout HTTPRequestHead
    ) throws(HTTPRefusal) {
        head.reset()
        var index = unsafe bytes[0] == HTTPByte.carriageReturn ? 2 : 0
        index = try unsafe head.parseRequestLine(bytes, from: index)
        try unsafe head.fields.parse(bytes, from: index, to: end)
        try unsafe head.parseHost(bytes)
        head.framing = try unsafe head.fields.bodyFraming(in: bytes, version: head.version)
        head.isKeepAlive = unsafe head.fields.isKeepAlive(in: bytes, version: head.version)
    }
}
