import HTTPWire

/// Where a request goes.
enum Route: Equatable {
    /// The page with the snippet in it.
    case samplePage
    case favicon
    /// The dashboard of an admin.
    case dashboard
    /// The embed snippet, and the scripts that it loads.
    case snippet
    /// A file of the dashboard; its path below `client-js/` begins behind `/assets/`.
    case asset
    /// The event stream.
    case receive
    case metrics
    case health
    case readiness
    case state
    /// Whom a viewer looks at closely.
    case look
    /// Whom the viewer of an event stream wants to see from now on.
    case filter
    /// What comes next, to who cannot keep a stream.
    case poll
    /// Who is signed in; a program signs in and out there as well.
    case session
    /// The page for name and password, and what it sends.
    case signIn
    case signOut
    case takeOver
    /// Where the link for the first admin leads.
    case firstAdmin
    /// Where samples would be, had the proxy sent them to the ingest port.
    case samples
    /// The dashboard or the event stream of somebody who cannot be called that.
    case unnamed
    /// What the server makes of Global Privacy Control.
    case privacyControl
    /// The base path without the slash behind it.
    case base
    case notFound

    /// Finds the route of a percent-decoded path.
    static func find(_ path: UnsafeRawBufferPointer) -> Route {
        if unsafe path.isEqual(to: "/") { return .samplePage }
        if let name = unsafe tail(of: path, after: "/receive/") {
            if unsafe isFilter(name) { return .filter }
            return unsafe isName(name) ? .receive : unnamed(name)
        }
        if let name = unsafe tail(of: path, after: "/poll/") {
            return unsafe isName(name) ? .poll : unnamed(name)
        }
        if unsafe isScript(path) { return .snippet }
        if let name = unsafe tail(of: path, after: "/admin/") {
            return unsafe isName(name) ? .dashboard : unnamed(name)
        }
        if let file = unsafe tail(of: path, after: "/assets/") { return unsafe asset(file) }
        if unsafe path.isEqual(to: "/metrics") { return .metrics }
        if unsafe path.isEqual(to: "/healthz") { return .health }
        if unsafe path.isEqual(to: "/readyz") { return .readiness }
        if unsafe path.isEqual(to: "/api/state") { return .state }
        if unsafe path.isEqual(to: "/api/look") { return .look }
        if unsafe path.isEqual(to: "/api/session") { return .session }
        if unsafe path.isEqual(to: "/sign-in") { return .signIn }
        if unsafe path.isEqual(to: "/sign-out") { return .signOut }
        if unsafe path.isEqual(to: "/take-over") { return .takeOver }
        if unsafe path.isEqual(to: "/first-admin") { return .firstAdmin }
        if unsafe path.isEqual(to: "/favicon.ico") { return .favicon }
        if unsafe path.isEqual(to: "/.well-known/gpc.json") { return .privacyControl }
        if unsafe path.isEqual(to: "/ws") || path.isEqual(to: "/events") { return .samples }
        return .notFound
    }

    /// Whether what stands behind `/receive/` is a name with `/filter` behind it.
    private static func isFilter(_ rest: UnsafeRawBufferPointer) -> Bool {
        let ending: StaticString = "/filter"
        let count = rest.count - ending.utf8CodeUnitCount
        guard count > 0 else { return false }
        return unsafe UnsafeRawBufferPointer(rebasing: rest[count...]).isEqual(to: ending)
            && isName(UnsafeRawBufferPointer(rebasing: rest[..<count]))
    }

    private static func isScript(_ path: UnsafeRawBufferPointer) -> Bool {
        let names: [StaticString] = [
            "/pointerscope.js", "/pointerscope.mjs", "/pointerscope-live.js", "/pointerscope-options.js",
            "/pointerscope-fallback.js",
        ]
        return names.contains { unsafe path.isEqual(to: $0) }
    }

    /// Only what pages name: nothing else of the binary's files is the browser's business, and the pages
    /// themselves have routes of their own.
    private static func asset(_ path: UnsafeRawBufferPointer) -> Route {
        let ending = unsafe UnsafeRawBufferPointer(rebasing: path.suffix(5))
        guard unsafe !ending.isEqual(to: ".html") else { return .notFound }
        for folder: StaticString in ["dashboard/", "sample/", "pages/"]
        where unsafe tail(of: path, after: folder) != nil {
            return .asset
        }
        return .notFound
    }

    private static func unnamed(_ name: UnsafeRawBufferPointer) -> Route {
        unsafe name.contains(UInt8(ascii: "/")) ? .notFound : .unnamed
    }

    /// Whether it is answered also where there is no seat for who asks: how the server does can always be
    /// found out.
    var isAlwaysAnswered: Bool { self == .health || self == .readiness || self == .metrics }

    /// Whether a request is one of those that sign somebody in or out.
    func changesSomething(by method: HTTPMethod) -> Bool {
        switch self {
        case .signIn, .signOut, .takeOver, .firstAdmin: method == .post
        case .session: method == .post || method == .delete
        default: false
        }
    }

    /// Whether bytes are 1 to 64 unreserved characters (RFC 3986, section 2.3).
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard (1...Limits.nameBytes).contains(bytes.count) else { return false }
        return unsafe bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                true
            default: false
            }
        }
    }
}

/// What follows a prefix, or nil where the bytes begin otherwise.
func tail(of bytes: UnsafeRawBufferPointer, after prefix: StaticString) -> UnsafeRawBufferPointer? {
    let count = prefix.utf8CodeUnitCount
    guard bytes.count >= count else { return nil }
    guard unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count]).isEqual(to: prefix) else { return nil }
    return unsafe UnsafeRawBufferPointer(rebasing: bytes[count...])
}
