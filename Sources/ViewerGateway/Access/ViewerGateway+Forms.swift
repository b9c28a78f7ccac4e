import AccessControl
import ByteCore
import HTTPWire
import PosixIO
import ProxyWire

/// Forms and the like: whatever changes something.
extension ViewerGateway {
    /// The bytes of the form behind a request, empty where there is none to be looked at; nil while they are
    /// not all there.
    func form(
        of request: UnsafeRawBufferPointer, _ connection: UnsafeMutablePointer<Connection>
    ) -> UnsafeRawBufferPointer? {
        let none = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        let path = unsafe head.path.slice(of: request)
        let isFilter = unsafe isFilter(path)
        guard let count = head.contentLength, count > 0,
            count <= (isFilter ? Limits.filterBytes : Limits.formBytes),
            head.method == .post || head.method == .delete,
            unsafe gate != nil || isFilter || isLook(path)
        else { return unsafe none }
        return unsafe connection.pointee.exchange.body(of: request, count: count)
    }

    /// Answers what changes something, or begins to.
    func change(_ route: Route, _ asked: borrowing Asked, _ poller: borrowing Poller) -> Outcome {
        guard let gate else { return .reply(Reply(.notFound, line: Self.nothing)) }
        guard head.contentLength != nil || head.method == .delete && !head.hasBody else {
            return .refusal(Reply(.lengthRequired, line: "a form says how long it is: Content-Length"))
        }
        guard (head.contentLength ?? 0) <= Limits.formBytes else {
            return .refusal(Reply(.contentTooLarge, line: "a form has at most 8 KiB"))
        }
        let isJSON = route == .session
        guard hasType(isJSON ? "application/json" : "application/x-www-form-urlencoded", asked) else {
            return .refusal(Reply(.unsupportedMediaType, line: Self.wantedType(isJSON)))
        }
        guard unsafe comesFromHere(asked.request, mayBeUnnamed: isJSON) else {
            gate.counters[.forged] += 1
            gate.keeper?.note(.forged("origin", from: asked.source))
            return .refusal(Reply(.forbidden, line: "this comes from a page that is not of this server"))
        }
        let isEmpty = unsafe asked.form.isEmpty
        let parsed: SignInForm? =
            if isEmpty, head.method == .delete { SignInForm() } else if isJSON {
                unsafe SignInForm(json: asked.form)
            } else {
                unsafe SignInForm(urlEncoded: asked.form)
            }
        guard let form = parsed else {
            return .refusal(Reply(.badRequest, line: "the form cannot be read"))
        }
        let asker = asker(form, wantsJSON: isJSON, asked)
        switch (route, head.method) {
        case (.signIn, _): return signIn(form, asker, gate, asked, poller)
        case (.takeOver, _): return takeOver(form, asker, gate, asked)
        case (.firstAdmin, _): return makeFirstAdmin(form, asker, gate, asked, poller)
        case (.signOut, _): return unsafe signOut(form, asker, gate, asked.request)
        case (.session, .delete): return unsafe signOut(form, asker, gate, asked.request)
        default:
            return form.ticket.isEmpty
                ? signIn(form, asker, gate, asked, poller) : takeOver(form, asker, gate, asked)
        }
    }

    /// A request to sign out by DELETE needs no body and so no type of one.
    private func hasType(_ type: StaticString, _ asked: borrowing Asked) -> Bool {
        if head.method == .delete, !head.hasBody { return true }
        return unsafe head.fields.hasMediaType(type, in: asked.request)
    }

    private static func wantedType(_ isJSON: Bool) -> StaticString {
        isJSON ? "this takes application/json" : "a form is sent as application/x-www-form-urlencoded"
    }

    private func asker(_ form: SignInForm, wantsJSON: Bool, _ asked: borrowing Asked) -> Asker {
        let agent = unsafe head.fields.value(of: "user-agent", in: asked.request)
        let address = asked.source.peerAddress
        let client = unsafe agent.map { unsafe Client(address: address, agent: $0) }
        return Asker(
            source: asked.source, client: client ?? Client(address: address, agent: []),
            wantsJSON: wantsJSON,
            // What our own pages send along is below the base already, which may be called like a route.
            path: OwnPath(form.path, below: []), browser: unsafe formBrowser(asked.request))
    }

    /// Whether a request was sent by a page of ours; browsers name the page's origin with whatever is no GET
    /// (Fetch, section 3.2). It is compared with what we were told we are called, and where the request came
    /// under a loopback name with that and its port: another port of this machine is somebody else's. Host
    /// alone is not believed, as a page of another name could have made that point here. A program names
    /// none, and need not where no form of a browser could have sent this.
    func comesFromHere(_ request: UnsafeRawBufferPointer, mayBeUnnamed: Bool) -> Bool {
        switch unsafe head.fields.count(of: "origin", in: request) {
        case 0: return mayBeUnnamed
        case 1: break
        default: return false
        }
        guard let origin = unsafe head.fields.value(of: "origin", in: request) else { return false }
        if unsafe settings.publicURL?.isOrigin(origin) == true { return true }
        return unsafe head.isForLoopback(in: request) && head.isForPages(ofOrigin: origin, in: request)
    }
}
