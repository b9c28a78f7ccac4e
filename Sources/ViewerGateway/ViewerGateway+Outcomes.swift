import ByteCore
import HTTPWire
import PosixIO

/// What a request comes to, whoever carries it.
enum Outcome {
    case reply(Reply)
    /// One line, and the end of the connection.
    case refusal(HTTPStatus, StaticString)
    /// What is made once for many.
    case shared(SharedAnswer)
    case stream(StreamRequest)
    /// What a stream would begin with (HEAD).
    case streamHead
}

extension ViewerGateway {
    /// Judges the request in `head`, whose bytes are `request`.
    func outcome(of request: UnsafeRawBufferPointer, on seat: Connection.Seat) -> Outcome {
        if settings.requiresLoopbackHost, unsafe !head.isForLoopback(in: request) {
            return .refusal(.misdirectedRequest, "only loopback names are answered here")
        }
        path.removeAll(shrinkingTo: 1024)
        let route =
            unsafe path.appendPercentDecoded(head.path.slice(of: request))
            ? Route.find(path.readable) : .notFound
        if seat == .refusal, !route.isAlwaysAnswered { return .refusal(.serviceUnavailable, Self.noSeat) }
        if let refusal = refusal(of: route) { return .reply(refusal) }
        switch route {
        case .receive: return unsafe stream(request)
        case .metrics: return shared(.metrics, ContentType.metrics)
        case .state: return shared(.state, ContentType.json)
        default: return unsafe .reply(reply(to: route, request))
        }
    }

    /// The answer to a request that no route takes, or nil.
    private func refusal(of route: Route) -> Reply? {
        switch (head.method, route) {
        case (.other, _): return Reply(.notImplemented, line: "unknown method")
        case (_, .notFound): return Reply(.notFound, line: "there is nothing here")
        case (.get, _), (.head, _): return nil
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

    private func stream(_ request: UnsafeRawBufferPointer) -> Outcome {
        let wanted: StreamRequest
        do throws(StreamRequest.Refusal) {
            wanted = try unsafe StreamRequest(head, in: request, scratch: &scratch)
        } catch {
            return .reply(Reply(.badRequest, line: error.reason))
        }
        if head.method == .head { return .streamHead }
        guard !head.hasBody else { return .refusal(.badRequest, "a stream is asked for without a body") }
        guard stopDeadline == nil, viewerCount < settings.viewerLimit else {
            counters.viewersRefused += 1
            return .refusal(.serviceUnavailable, stopDeadline == nil ? "too many viewers" : "stopping")
        }
        return .stream(wanted)
    }

    /// The answer of a route that has one at hand.
    private func reply(to route: Route, _ request: UnsafeRawBufferPointer) -> Reply {
        switch route {
        case .samplePage:
            let page = madeSamplePage()
            var reply = unsafe file(page?.file, request)
            reply.policy = page?.policy
            return reply
        case .snippet:
            var reply = unsafe file(files.find("snippet/pointerscope.js"), request)
            reply.isForEveryOrigin = true
            reply.caching = .briefly
            return reply
        case .dashboard:
            var reply = unsafe file(files.find("dashboard/index.html"), request)
            reply.policy = .dashboard
            return reply
        case .asset:
            return unsafe file(
                tail(of: path.readable, after: "/assets/").flatMap { unsafe files.find($0) }, unsafe request)
        case .favicon:
            return Reply(.noContent)
        case .health:
            return Reply(.ok, line: "ok")
        case .readiness:
            return switch source?.readiness ?? .unready("stopping") {
            case .ready: Reply(.ok, line: "ready")
            case .unready(let reason): Reply(.serviceUnavailable, line: reason)
            }
        case .receive, .metrics, .state, .notFound:
            return Reply(.notFound, line: "there is nothing here")
        }
    }

    private func file(_ file: StaticFile?, _ request: UnsafeRawBufferPointer) -> Reply {
        guard let file else { return Reply(.notFound, line: "there is nothing here") }
        var reply = unsafe Reply(.ok, file.contentType, body: .fixed(file.bytes))
        if unsafe file.tag.isNamed(by: head.fields, in: request) { reply = Reply(.notModified) }
        reply.tag = file.tag
        reply.caching = .revalidated
        return reply
    }

    /// The sample page with `{{INGEST}}` replaced; made once, since responses may still point into it.
    private func madeSamplePage() -> SamplePage? {
        if let samplePage { return samplePage }
        guard let page = files.find("sample/index.html"), let source else { return nil }
        samplePage = SamplePage(page, ingest: source.ingestAuthority)
        return samplePage
    }

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
        unsafe connection.pointee.exchange.put(reply, withBody: withBody)
    }
}
