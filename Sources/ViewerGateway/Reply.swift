import HTTPWire

/// An answer about to be written.
struct Reply {
    /// Where the body's bytes are.
    enum Body {
        case none
        /// In the gateway's shared body buffer; copied into the connection.
        case made
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

    /// What a page may load and talk to (Content Security Policy).
    enum Policy {
        case none
        /// The dashboard: its own files, and streams and sockets of its own host.
        case admin
        /// The sample page: one file with its style and script in it, whose snippet talks to the ingest port.
        case sample

        var value: StaticString? {
            switch self {
            case .none: nil
            case .admin: "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'"
            case .sample:
                """
                default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
                connect-src * ws: wss:
                """
            }
        }
    }

    var status: HTTPStatus
    var contentType: StaticString?
    var body: Body
    var caching = Caching.never
    var policy = Policy.none
    var tag: EntityTag?
    /// Pages of other origins may load it.
    var isForEveryOrigin = false
    /// Says which methods there are (405).
    var allowsReading = false

    init(_ status: HTTPStatus, _ contentType: StaticString? = nil, body: Body = .none) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// One line of text.
    init(_ status: HTTPStatus, line: StaticString) {
        self.init(status, ContentType.text, body: .line(line))
    }
}
