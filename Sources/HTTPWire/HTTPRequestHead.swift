/// A parsed request head: what the first line says, what follows from the fields, and the fields.
///
/// It borrows: every range is an offset into the bytes it was parsed from, which its lookups take again. One
/// value, made once, serves every request of a process.
public struct HTTPRequestHead: ~Copyable {
    /// The request's method.
    public internal(set) var method = HTTPMethod.get
    /// The protocol version.
    public internal(set) var version = HTTPVersion.http11
    /// The request target as it came.
    public internal(set) var target = HTTPRange.empty
    /// The target's path, still percent-encoded; begins with `/` except for `OPTIONS *` and `CONNECT`.
    public internal(set) var path = HTTPRange.empty
    /// What stands behind the target's `?`, still percent-encoded; nil without a `?`.
    public internal(set) var query: HTTPRange?
    /// Whom the request is for: the target's host if it names one, else Host (RFC 9112 section 3.2.2).
    public internal(set) var authority: HTTPAuthority?
    /// Where the request's body ends.
    public internal(set) var framing = HTTPBodyFraming.none
    /// Whether the client wants the connection to outlive this exchange.
    public internal(set) var isKeepAlive = true
    /// The field lines.
    public internal(set) var fields = HTTPFieldTable()

    /// Makes an empty head to parse into.
    public init() {}

    /// The bytes of the body that Content-Length declares; nil without one.
    public var contentLength: Int? {
        switch framing {
        case .length(let count): count
        case .none, .chunked, .untilClose: nil
        }
    }

    /// Whether a body follows.
    public var hasBody: Bool {
        switch framing {
        case .none: false
        case .length(let count): count > 0
        case .chunked, .untilClose: true
        }
    }

    /// Whether the request is for this machine by a name that can mean nothing else, or names no host in
    /// HTTP/1.0, where none is asked for (RFC 9112 section 3.2): no browser speaks that.
    public func isForLoopback(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let authority else { return version == .http10 }
        return unsafe authority.isLoopback(in: bytes)
    }

    /// Whether the request is for this machine by such a name, or for the server by its public one; `anyPort`
    /// takes whatever port stands behind that.
    public func isForServer(
        at publicURL: PublicURL?, anyPort: Bool = false, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        if unsafe isForLoopback(in: bytes) { return true }
        guard let publicURL, let authority else { return false }
        return unsafe anyPort
            ? publicURL.hasHost(of: authority, in: bytes) : publicURL.isNamed(by: authority, in: bytes)
    }

    /// Whether an Origin (RFC 6454 section 6.2) is that of pages at the very host and port that the request
    /// is for, over plain HTTP. What Host says is to be known to mean this server before.
    public func isForPages(
        ofOrigin origin: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        let scheme: StaticString = "http://"
        let count = scheme.utf8CodeUnitCount
        guard let authority, origin.count > count,
            unsafe UnsafeRawBufferPointer(rebasing: origin[..<count]).isEqualIgnoringCase(to: scheme),
            let other = try? unsafe HTTPAuthority(origin, from: count, to: origin.count),
            (other.port ?? 80) == (authority.port ?? 80)
        else { return false }
        let (own, named) = unsafe (authority.host.slice(of: bytes), other.host.slice(of: origin))
        return unsafe own.elementsEqual(named) { HTTPByte.lowercased($0) == HTTPByte.lowercased($1) }
    }

    /// The value of the query's first parameter called `name`, still percent-encoded; nil if there is none.
    public func queryValue(
        of name: StaticString, in bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard let query else { return nil }
        return unsafe HTTPQuery(query.slice(of: bytes)).value(of: name)
    }

    /// The same for a parameter that may come several times: `start`, 0 at first, is moved on behind the one
    /// whose value this is.
    public func queryValue(
        of name: StaticString, from start: inout Int, in bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        guard let query else { return nil }
        return unsafe HTTPQuery(query.slice(of: bytes)).value(of: name, from: &start)
    }

    mutating func reset() {
        method = .get
        version = .http11
        target = .empty
        path = .empty
        query = nil
        authority = nil
        framing = .none
        isKeepAlive = true
        fields.removeAll()
    }
}
