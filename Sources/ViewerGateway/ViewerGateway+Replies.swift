import ByteCore
import HTTPWire
import PosixIO

/// Answers with an end.
extension ViewerGateway {
    /// Makes the answer of a route that is neither missing nor a stream.
    func reply(to route: Route, _ request: UnsafeRawBufferPointer, now: Int64) -> Reply {
        switch route {
        case .samplePage:
            var reply = file(madeSamplePage(), request)
            reply.policy = .sample
            return reply
        case .snippet:
            var reply = file(files.find("snippet/pointerscope.js"), request)
            reply.isForEveryOrigin = true
            reply.caching = .briefly
            return reply
        case .dashboard:
            var reply = file(files.find("dashboard/index.html"), request)
            reply.policy = .admin
            return reply
        case .asset:
            return file(tail(of: path.readable, after: "/assets/").flatMap { files.find($0) }, request)
        case .favicon:
            return Reply(.noContent)
        case .metrics:
            return made(ContentType.metrics) { source?.appendMetrics(to: &$0) }
        case .state:
            return made(ContentType.json) { appendState(to: &$0, now: now) }
        case .health:
            return Reply(.ok, line: "ok")
        case .readiness:
            return switch source?.readiness ?? .unready("stopping") {
            case .ready: Reply(.ok, line: "ready")
            case .unready(let reason): Reply(.serviceUnavailable, line: reason)
            }
        case .receive, .notFound:
            return Reply(.notFound, line: "there is nothing here")
        }
    }

    private func file(_ file: StaticFile?, _ request: UnsafeRawBufferPointer) -> Reply {
        guard let file else { return Reply(.notFound, line: "there is nothing here") }
        var reply = Reply(.ok, file.contentType, body: .fixed(file.bytes))
        if file.tag.isNamed(by: head.fields, in: request) { reply = Reply(.notModified) }
        reply.tag = file.tag
        reply.caching = .revalidated
        return reply
    }

    private func made(_ contentType: StaticString, _ make: (inout ByteBuffer) -> Void) -> Reply {
        guard heldBytes <= Limits.heldBytes else {
            return Reply(.serviceUnavailable, line: "too many answers are waiting to be read")
        }
        body.removeAll(shrinkingTo: 64 * 1024)
        make(&body)
        return Reply(.ok, contentType, body: .made)
    }

    /// The sample page with `{{INGEST}}` replaced; made once, since responses may still point into it.
    private func madeSamplePage() -> StaticFile? {
        if let samplePage { return samplePage }
        guard let page = files.find("sample/index.html"), let source else { return nil }
        var text = ByteBuffer(capacity: page.bytes.count + 64)
        var rest = page.bytes
        while let first = rest.first {
            if let behind = tail(of: rest, after: "{{INGEST}}") {
                text.append(text: source.ingestAddress)
                rest = behind
            } else {
                text.append(first)
                rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            }
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        copy.copyMemory(from: text.readable)
        samplePage = StaticFile(path: page.path, bytes: UnsafeRawBufferPointer(copy))
        return samplePage
    }

    /// Puts a one-line answer into a connection's output that ends the connection.
    func refuse(
        _ connection: UnsafeMutablePointer<Connection>, _ status: HTTPStatus, _ reason: StaticString,
        withBody: Bool = true
    ) {
        connection.pointee.closesAfterOutput = true
        send(Reply(status, line: reason), connection, withBody: withBody)
    }

    /// Puts an answer into a connection's output; to HEAD, `withBody: false`, only the head.
    func send(_ reply: Reply, _ connection: UnsafeMutablePointer<Connection>, withBody: Bool = true) {
        counters.count(reply.status)
        let before = connection.pointee.output.count
        let length: Int? =
            switch reply.body {
            case .none: reply.status.isBodiless ? nil : 0
            case .made: body.count
            case .fixed(let bytes): bytes.count
            case .line(let text): text.utf8CodeUnitCount + 1
            }
        let ending: HTTPResponseHead.Connection = connection.pointee.closesAfterOutput ? .close : .keepAlive
        HTTPResponseHead(
            reply.status, contentType: reply.contentType, contentLength: length, connection: ending
        ).appendOpen(to: &connection.pointee.output)
        Self.appendFields(of: reply, to: &connection.pointee.output)
        defer { heldBytes += connection.pointee.output.count - before }
        guard withBody else { return }
        switch reply.body {
        case .none: break
        case .made: connection.pointee.output.append(body.readable)
        case .fixed(let bytes): connection.pointee.fixedOutput = bytes
        case .line(let text):
            connection.pointee.output.append(text)
            connection.pointee.output.append(UInt8(ascii: "\n"))
        }
    }

    private static func appendFields(of reply: Reply, to output: inout ByteBuffer) {
        output.appendHTTPField("Cache-Control", reply.caching.value)
        output.appendHTTPField("X-Content-Type-Options", "nosniff")
        if let tag = reply.tag {
            tag.bytes.withUnsafeBytes { output.appendHTTPField("ETag", $0) }
        }
        if let policy = reply.policy.value {
            output.appendHTTPField("Content-Security-Policy", policy)
            output.appendHTTPField("Referrer-Policy", "no-referrer")
        }
        if reply.isForEveryOrigin {
            output.appendHTTPField("Access-Control-Allow-Origin", "*")
            output.appendHTTPField("Cross-Origin-Resource-Policy", "cross-origin")
        } else {
            output.appendHTTPField("Cross-Origin-Resource-Policy", "same-origin")
        }
        if reply.allowsReading { output.appendHTTPField("Allow", "GET, HEAD") }
        output.appendHTTPHeadEnd()
    }
}
