import AccessControl
import ByteCore
import HTTPWire
import PointerEvents
import PosixIO

/// What a request comes to, whoever carries it.
enum Outcome {
    case reply(Reply)
    /// An answer, and the end of the connection.
    case refusal(Reply)
    /// What is made once for many.
    case shared(SharedAnswer)
    /// The state of what is in scope.
    case scopedState(PageScope)
    case stream(StreamRequest)
    /// What comes next; the answer comes with it.
    case poll(StreamRequest)
    /// What a stream would begin with (HEAD).
    case streamHead
    /// What needs a hash, by its number; the answer comes later.
    case hash(UInt64)
}

extension ViewerGateway {
    /// Judges the request in `head`.
    func outcome(of asked: borrowing Asked, on seat: Connection.Seat, _ poller: borrowing Poller) -> Outcome {
        let request = unsafe asked.request
        if settings.requiresLoopbackHost, unsafe !head.isForServer(at: settings.publicURL, in: request) {
            counters.hostsRefused += 1
            return .refusal(misdirectedReply())
        }
        path.removeAll(shrinkingTo: 1024)
        let isReadable = unsafe path.appendPercentDecoded(head.path.slice(of: request))
        let route = isReadable ? takeRoute() : .notFound
        if seat == .refusal, !route.isAlwaysAnswered {
            return .refusal(Reply(.serviceUnavailable, line: Self.noSeat))
        }
        if gate != nil, route.changesSomething(by: head.method) { return change(route, asked, poller) }
        let grant: Grant?
        switch admission(to: route, asked) {
        case .answer(let outcome): return outcome
        case .pass(let found): grant = found
        }
        if route == .look, head.method == .post { return look(asked, grant) }
        if route == .filter, head.method == .post { return refilter(asked, grant) }
        if let refusal = refusal(of: route) { return .reply(refusal) }
        switch route {
        case .receive: return unsafe stream(request, grant, isPoll: false)
        case .poll: return unsafe stream(request, grant, isPoll: true)
        case .metrics: return shared(.metrics, ContentType.metrics)
        case .state: return grant?.scope.map { .scopedState($0) } ?? shared(.state, ContentType.json)
        case .session: return .reply(sessionReply(grant, asked))
        case .samplePage: return unsafe .reply(firstPage(grant, request))
        default: return unsafe .reply(reply(to: route, request))
        }
    }

    /// Finds where the path leads; the base path, which a proxy passes on or not, is taken off it where
    /// something is behind that.
    private func takeRoute() -> Route {
        isBelowBase = false
        if !basePath.isEmpty, unsafe path.readable.starts(with: basePath) {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: path.readable[basePath.count...])
            if unsafe rest.isEmpty { return .base }
            let route = unsafe Route.find(rest)
            if route != .notFound {
                path.consume(basePath.count)
                isBelowBase = true
                return route
            }
            let whole = unsafe Route.find(path.readable)
            isBelowBase = unsafe whole == .notFound && rest.first == UInt8(ascii: "/")
            return whole
        }
        return unsafe Route.find(path.readable)
    }

    /// The answer to a request that no route takes, or nil.
    private func refusal(of route: Route) -> Reply? {
        switch (head.method, route) {
        case (.other, _): return Reply(.notImplemented, line: "unknown method")
        case (_, .notFound): return Reply(.notFound, line: Self.nothing)
        case (_, .samples):
            return Reply(.notFound, line: "samples go to the ingest port: the proxy has to send them there")
        case (.get, .look), (.head, .look):
            return Reply(.methodNotAllowed, line: "whom somebody looks at is said by POST")
        case (.get, .filter), (.head, .filter):
            return Reply(.methodNotAllowed, line: "a stream's filter is changed by POST")
        case (.get, _), (.head, _): return nil
        case (_, .unnamed): return Reply(.notFound, line: Self.noName)
        case (_, .signIn), (_, .signOut), (_, .takeOver), (_, .firstAdmin):
            return gate == nil
                ? Reply(.notFound, line: Self.nothing)
                : Reply(.methodNotAllowed, line: "a form is sent by POST")
        case (_, _):
            var reply = Reply(.methodNotAllowed, line: "only GET and HEAD")
            reply.allowsReading = true
            return reply
        }
    }

    /// Who asks only for the head gets the length of the last one, where there was one: that costs nothing.
    private func shared(_ answer: SharedAnswer, _ contentType: StaticString) -> Outcome {
        guard head.method == .head, let length = demands[answer.rawValue].length else {
            return .shared(answer)
        }
        return .reply(Reply(.ok, contentType, body: .length(length)))
    }

    private func stream(_ request: UnsafeRawBufferPointer, _ grant: Grant?, isPoll: Bool) -> Outcome {
        var wanted: StreamRequest
        do throws(StreamRequest.Refusal) {
            wanted = try unsafe StreamRequest(head, in: request, isPoll: isPoll, scratch: &scratch)
        } catch {
            if case .filter(let refusal) = error { counters.count(FilterOutcome(refusal)) }
            return .reply(Reply(.badRequest, line: error.reason))
        }
        if head.method == .head { return isPoll ? .reply(Reply(.ok, ContentType.events)) : .streamHead }
        guard !head.hasBody else {
            return .refusal(Reply(.badRequest, line: "a stream is asked for without a body"))
        }
        guard stopDeadline == nil, viewerCount < settings.viewerLimit else {
            counters.viewersRefused += 1
            let reason: StaticString = stopDeadline == nil ? "too many viewers" : "stopping"
            return .refusal(Reply(.serviceUnavailable, line: reason))
        }
        if let grant, streams(of: grant.name) >= settings.viewerLimit / Limits.shareOfOneName {
            counters.viewersRefused += 1
            return .refusal(Reply(.serviceUnavailable, line: "too many streams under one name"))
        }
        wanted.grant = grant
        return isPoll ? .poll(wanted) : .stream(wanted)
    }

    /// The answer of a route that has one at hand.
    private func reply(to route: Route, _ request: UnsafeRawBufferPointer) -> Reply {
        switch route {
        case .samplePage: return unsafe samplePageReply(request)
        case .snippet: return unsafe snippetReply(request)
        case .dashboard:
            var reply = unsafe reply(with: files.find("dashboard/index.html"), request)
            reply.policy = .dashboard
            return reply
        case .asset: return unsafe assetReply(request)
        case .unnamed: return unsafe nameReply(request)
        case .base:
            var reply = Reply(.movedPermanently)
            reply.location = String(decoding: basePath, as: UTF8.self) + "/"
            return reply
        case .signIn: return unsafe gate == nil ? Reply(.notFound, line: Self.nothing) : signInReply(request)
        case .firstAdmin: return unsafe firstAdminReply(request)
        case .favicon:
            return Reply(.noContent)
        case .health:
            return Reply(.ok, line: "ok")
        case .readiness:
            return switch source?.readiness ?? .unready("stopping") {
            case .ready: Reply(.ok, line: "ready")
            case .unready(let reason): Reply(.serviceUnavailable, line: reason)
            }
        case .privacyControl:
            var reply = Reply(.ok, ContentType.json, body: .line(Self.privacyControl))
            reply.caching = .revalidated
            reply.isForEveryOrigin = true
            return reply
        case .receive, .filter, .poll, .metrics, .state, .look, .samples, .session, .signOut, .takeOver,
            .notFound:
            return Reply(.notFound, line: Self.nothing)
        }
    }

    /// Who asks not to be watched is not (the GPC specification, section 4); as of when that holds.
    private static let privacyControl: StaticString = "{\"gpc\":true,\"lastUpdate\":\"2026-11-29\"}"

    /// Puts a one-line answer into a connection's output that ends the connection.
    func refuse(
        _ connection: UnsafeMutablePointer<Connection>, _ status: HTTPStatus, _ reason: StaticString
    ) {
        unsafe connection.pointee.exchange.closesAfterOutput = true
        unsafe send(Reply(status, line: reason), connection, withBody: true)
    }

    /// Puts an answer into a connection's output.
    func send(_ reply: Reply, _ connection: UnsafeMutablePointer<Connection>, withBody: Bool) {
        counters.count(reply.status)
        unsafe connection.pointee.exchange.put(reply, withBody: withBody, &common)
    }
}
