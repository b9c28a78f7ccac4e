import AccessControl
public import ByteCore
import HTTPWire
import PosixIO
public import ProxyWire

/// Whether a request is let in.
enum Admission {
    /// It is; who sent it is known unless everybody is let in.
    case pass(Grant?)
    /// It has its answer.
    case answer(Outcome)
}

/// A request with all that the gate looks at.
@safe struct Asked {
    /// The head's bytes.
    let request: UnsafeRawBufferPointer
    /// The form behind it.
    let form: UnsafeRawBufferPointer
    /// Whom its connection is from, and whom it is from.
    let peer: ClientAddress
    let source: ClientAddress
    let token: Token
    let now: Int64
}

/// What is open to whom.
extension ViewerGateway {
    /// What a route wants of who asks for it.
    private enum Need {
        /// Nothing: visitors' pages and whatever watches over the server have to reach it.
        case nothing
        /// A grant.
        case grant
        /// A grant for all pages.
        case wholeSite
    }

    /// Lets a request in, or answers it.
    func admission(to route: Route, _ asked: borrowing Asked) -> Admission {
        guard let gate else { return .pass(nil) }
        let need = need(of: route, gate)
        if need == .nothing { return .pass(nil) }
        let source = asked.source
        let identity = unsafe gate.identify(
            head, in: asked.request, cookie: common.cookies.session,
            isFromProxy: settings.trust.includes(asked.peer),
            refused: { gate.keeper?.note(.programRefused($0, from: source)) }, now: AccessGate.instant())
        switch identity {
        case .granted(let grant):
            if need == .wholeSite, grant.scope != nil {
                gate.counters[.rights] += 1
                return .answer(.reply(Reply(.forbidden, line: "your pages are not the whole site")))
            }
            return .pass(grant)
        case .later:
            var reply = Reply(.tooManyRequests, line: "too many tokens are being looked at")
            reply.retryAfter = 1
            return .answer(.reply(reply))
        case .nobody(let why, let end):
            return .answer(.reply(unsafe unauthorized(route, why, end, asked.request)))
        }
    }

    private func need(of route: Route, _ gate: AccessGate) -> Need {
        switch route {
        case .favicon, .snippet, .health, .readiness, .samples, .base, .signIn, .signOut, .takeOver,
            .firstAdmin, .privacyControl:
            return .nothing
        case .session: return head.method == .get || head.method == .head ? .grant : .nothing
        case .samplePage: return gate.settings.showsSamplePage ? .nothing : .grant
        case .asset: return isOpenAsset(gate) ? .nothing : .grant
        case .metrics: return .wholeSite
        case .dashboard, .receive, .filter, .poll, .state, .look, .unnamed, .notFound: return .grant
        }
    }

    /// The files of the pages that are shown to who is not signed in.
    private func isOpenAsset(_ gate: AccessGate) -> Bool {
        guard let file = unsafe tail(of: path.readable, after: "/assets/") else { return false }
        if unsafe tail(of: file, after: "pages/") != nil { return true }
        if unsafe tail(of: file, after: "sample/") != nil { return gate.settings.showsSamplePage }
        return unsafe file.isEqual(to: "dashboard/theme.css") || file.isEqual(to: "dashboard/icon.svg")
    }

    /// The sign-in page for who asks for a page, JSON where that is what is spoken, else one line.
    private func unauthorized(
        _ route: Route, _ why: StaticString, _ end: Ended.Reason?, _ request: UnsafeRawBufferPointer
    ) -> Reply {
        if route == .session {
            var reply = json(.unauthorized) { Self.append(end, to: &$0) }
            reply.challenges = true
            return reply
        }
        let isPage = route == .dashboard || route == .samplePage || route == .unnamed || route == .notFound
        let asksForPage = head.method == .get || head.method == .head
        if isPage, asksForPage, unsafe acceptsPages(request) {
            let base = isBelowBase ? basePath : []
            let target = unsafe OwnPath(head.target.slice(of: request), below: base)
            return signInPage(
                .unauthorized, path: target, error: end.map(Self.words) ?? "",
                browser: unsafe formBrowser(request), base: unsafe wayUp(request))
        }
        var reply = Reply(.unauthorized, line: why)
        reply.challenges = true
        return reply
    }

    /// What leads from the page that is asked for to the top: `../` for each folder on the way, as the
    /// browser sees them.
    private func wayUp(_ request: UnsafeRawBufferPointer) -> String {
        let asked = unsafe head.path.slice(of: request)
        let slashes = unsafe asked.count { $0 == UInt8(ascii: "/") }
        let below = isBelowBase ? basePath.count { $0 == UInt8(ascii: "/") } : 0
        return "./" + String(repeating: "../", count: max(0, slashes - below - 1))
    }

    /// Appends `{"why":"taken-over","by":"192.0.2.1"}`.
    static func append(_ end: Ended.Reason?, to text: inout ByteBuffer) {
        text.append("{\"why\":\"")
        text.append(end?.word ?? "signed-out")
        text.append("\"")
        if case .takenOver(let by)? = end, let by {
            text.append(",\"by\":\"")
            text.append(text: by.words)
            text.append("\"")
        }
        text.append("}")
    }

    private static func words(of end: Ended.Reason) -> String {
        switch end {
        case .expired: "Your session has come to its end."
        case .idle: "You have not been here for a long time."
        case .signedOut: "You have signed out."
        case .takenOver(let by):
            "You have signed in elsewhere\(by.map { ", at \($0.words)" } ?? "")."
        case .removed: "There is no admin of this name any more."
        case .changed, .revoked: "What you may see has changed."
        }
    }

    /// A small object of JSON.
    func json(_ status: HTTPStatus, _ write: (inout ByteBuffer) -> Void) -> Reply {
        made(status, ContentType.json, capacity: 512) { text in
            write(&text)
            text.append("\n")
        }
    }

    /// An answer made for one who asks; 503 where there is no memory for it.
    func made(
        _ status: HTTPStatus, _ contentType: StaticString, capacity: Int, _ write: (inout ByteBuffer) -> Void
    ) -> Reply {
        var text = ByteBuffer(capacity: capacity)
        write(&text)
        guard let body = SharedBody(text, answerBudget) else {
            counters.answersRefused += 1
            return Reply(.serviceUnavailable, line: "too many answers are waiting to be read")
        }
        return Reply(status, contentType, body: .shared(body))
    }
}

extension PeerAddress {
    /// As people write it.
    public var words: String {
        switch self {
        case .ip(let address): address.text
        case .unixSocket: "unix"
        }
    }
}

extension ClientAddress {
    /// As people and programs that read logs write it.
    public var words: String {
        switch self {
        case .peer(let peer): peer.words
        case .named(let address): address.text
        case .unnamed: "unnamed"
        }
    }

    /// For whoever keeps it: nil where nobody knows.
    var peerAddress: PeerAddress? {
        switch self {
        case .peer(let peer): peer
        case .named(let address): .ip(address)
        case .unnamed: nil
        }
    }
}
