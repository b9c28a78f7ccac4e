import ByteCore
import HTTPWire

/// An answer about to be written.
struct Reply {
    /// Where the body's bytes are.
    @safe enum Body {
        case none
        /// Nowhere, but so long: for an answer to HEAD.
        case length(Int)
        /// Made once for all who ask at the time.
        case shared(SharedBody)
        /// At a place that outlives the connection.
        case fixed(UnsafeRawBufferPointer)
        /// A literal and a line feed.
        case line(StaticString)
    }

    /// Who may keep it, and for how long (RFC 9111, section 5.2.2).
    enum Caching {
        /// As old as the moment it is read.
        case never
        /// Kept, but asked about each time: the entity tag makes that cheap.
        case revalidated
        /// The snippet is in every page of a site: not asked for again for five minutes.
        case briefly

        var value: StaticString {
            switch self {
            case .never: "no-store"
            case .revalidated: "no-cache"
            case .briefly: "public, max-age=300"
            }
        }
    }

    var status: HTTPStatus
    var contentType: StaticString?
    var body: Body
    var caching = Caching.never
    /// What it may load and talk to where a browser shows it.
    var policy = ContentPolicy.nothing
    /// Where else to go (3xx), a path.
    var location: String?
    /// Cookies to be set.
    var cookies: [CookieNames.Crumb] = []
    /// When to come again, in seconds.
    var retryAfter: Int?
    /// Says how to show who one is (401).
    var challenges = false
    var tag: EntityTag?
    /// How the body's bytes are written.
    var coding = ContentCoding.identity
    /// Who accepts other codings may get another body.
    var variesByCoding = false
    /// Pages of other origins may load it.
    var isForEveryOrigin = false
    /// Says which methods there are (405).
    var allowsReading = false
    /// Says that another try, in a second, may go better.
    var isWorthRetrying: Bool { status == .serviceUnavailable }

    init(_ status: HTTPStatus, _ contentType: StaticString? = nil, body: Body = .none) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// One line of text.
    init(_ status: HTTPStatus, line: StaticString) {
        self.init(status, ContentType.text, body: .line(line))
    }

    /// Bytes of the body; nil where the status has none.
    var contentLength: Int? {
        switch body {
        case .none: status.isBodiless ? nil : 0
        case .length(let count): count
        case .shared(let body): unsafe body.bytes.count
        case .fixed(let bytes): bytes.count
        case .line(let text): text.utf8CodeUnitCount + 1
        }
    }

    /// Appends the fields that are this port's own, and the empty line.
    func appendFields(to text: inout ByteBuffer, _ common: inout PortFields) {
        common.append(to: &text, policy)
        text.appendHTTPField("Cache-Control", caching.value)
        if let tag { unsafe tag.bytes.withUnsafeBytes { unsafe text.appendHTTPField("ETag", $0) } }
        if let name = coding.name { text.appendHTTPField("Content-Encoding", name) }
        if variesByCoding { text.appendHTTPField("Vary", "Accept-Encoding") }
        if var location { location.withUTF8 { unsafe text.appendHTTPField("Location", .init($0)) } }
        if isForEveryOrigin {
            text.appendHTTPField("Access-Control-Allow-Origin", "*")
            text.appendHTTPField("Cross-Origin-Resource-Policy", "cross-origin")
        } else {
            text.appendHTTPField("Cross-Origin-Resource-Policy", "same-origin")
        }
        if allowsReading { text.appendHTTPField("Allow", "GET, HEAD") }
        if challenges { text.appendHTTPField("WWW-Authenticate", "Bearer realm=\"pointerscope\"") }
        for crumb in cookies { common.cookies.append(crumb, to: &text) }
        if let retryAfter {
            text.appendHTTPField("Retry-After", number: retryAfter)
        } else if isWorthRetrying {
            text.appendHTTPField("Retry-After", "1")
        }
        text.appendHTTPHeadEnd()
    }
}
