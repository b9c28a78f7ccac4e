import ByteCore
import Glibc
import HTTPWire
import PosixIO

/// Requests: from bytes to an answer.
extension ViewerGateway {
    /// Reads once, then answers what is whole.
    func read(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        guard let connection = connections.find(token) else { return }
        switch connection.pointee.stream.read(into: readRoom) {
        case .bytes(let count):
            if connection.pointee.input.isEmpty { connection.pointee.since = now }
            connection.pointee.input.append(UnsafeRawBufferPointer(rebasing: readRoom[..<count]))
        case .wouldBlock: return
        case .endOfFile: connection.pointee.hasEnded = true
        case .failed: return close(token, .gone, poller)
        }
        proceed(token, poller, now: now)
    }

    /// Writes what is pending, then answers the next requests one at a time, while each answer is taken.
    func proceed(_ token: Token, _ poller: borrowing Poller, now: Int64) {
        var cost = 0
        while cost < Limits.requestsPerTurn {
            guard let connection = connections.find(token), connection.pointee.phase == .requests else {
                return
            }
            guard flush(token, poller, now: now) else { return }
            if connection.pointee.closesAfterOutput { return linger(token, poller, now: now) }
            guard answerNext(token, poller, now: now) else { return }
            cost += 1 + connection.pointee.output.count / Limits.bytesPerRequest
        }
        // More may stand in the buffer: the next turn's writable event goes on from here.
        watch(token, for: .writable, poller)
    }

    /// Writes a connection's own output; false when some is left or the connection has gone.
    private func flush(_ token: Token, _ poller: borrowing Poller, now: Int64) -> Bool {
        guard let connection = connections.find(token) else { return false }
        while connection.pointee.hasOutput {
            runs[0] = run(connection.pointee.output.readable)
            runs[1] = run(connection.pointee.fixedOutput)
            switch connection.pointee.stream.write(UnsafeMutableBufferPointer(rebasing: runs[..<2])) {
            case .bytes(let count):
                counters.bytesSent &+= UInt64(count)
                _ = took(count, connection)
                connection.pointee.progress = now
            case .wouldBlock:
                watch(token, for: .writable, poller)
                return false
            case .endOfFile, .failed:
                close(token, .failed, poller)
                return false
            }
        }
        connection.pointee.progress = now
        return true
    }

    /// Answers the next request of the buffer; false when none is whole or the connection is a stream now.
    private func answerNext(_ token: Token, _ poller: borrowing Poller, now: Int64) -> Bool {
        guard let connection = connections.find(token) else { return false }
        let bytes = connection.pointee.input.readable
        let outcome =
            bytes.isEmpty ? HTTPParseOutcome.incomplete : connection.pointee.parser.parse(bytes, into: &head)
        switch outcome {
        case .incomplete:
            if connection.pointee.hasEnded {
                close(token, .gone, poller)
            } else {
                if bytes.isEmpty { connection.pointee.input.removeAll(shrinkingTo: Limits.keptBytes) }
                watch(token, for: .readable, poller)
            }
            return false
        case .refused(let refusal):
            refuse(connection, refusal.status, refusal.reason)
            return true
        case .complete(let consumed):
            let request = UnsafeRawBufferPointer(rebasing: bytes[..<consumed])
            let isStream = answer(connection, request, token, poller, now: now)
            // The bytes were borrowed from here until now.
            guard let connection = connections.find(token) else { return false }
            connection.pointee.input.consume(consumed)
            connection.pointee.since = now
            connection.pointee.hasBeenAnswered = true
            if isStream { connection.pointee.input.removeAll(shrinkingTo: Limits.keptBytes) }
            return !isStream
        }
    }

    /// Answers one request; true when the connection has become an event stream.
    private func answer(
        _ connection: UnsafeMutablePointer<Connection>, _ request: UnsafeRawBufferPointer, _ token: Token,
        _ poller: borrowing Poller, now: Int64
    ) -> Bool {
        // A body is never read here: the connection ends with the answer, so nothing in it can pass for a
        // request.
        if head.hasBody || !head.isKeepAlive || stopDeadline != nil {
            connection.pointee.closesAfterOutput = true
        }
        let withBody = head.method != .head
        if connection.pointee.isSurplus {
            refuse(connection, .serviceUnavailable, "too many connections", withBody: withBody)
            return false
        }
        if settings.requiresLoopbackHost, !head.isForLoopback(in: request) {
            let reason: StaticString = "only loopback names are answered here"
            refuse(connection, .misdirectedRequest, reason, withBody: withBody)
            return false
        }
        path.removeAll(shrinkingTo: 1024)
        let route =
            path.appendPercentDecoded(head.path.slice(of: request)) ? Route.find(path.readable) : .notFound
        if let reply = judge(route) {
            send(reply, connection, withBody: withBody)
        } else if route == .receive {
            return receive(connection, request, token, poller, now: now)
        } else {
            send(reply(to: route, request, now: now), connection, withBody: withBody)
        }
        return false
    }

    /// The answer to a request that no route takes, or nil.
    private func judge(_ route: Route) -> Reply? {
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
}

/// A piece of a write.
func run(_ bytes: UnsafeRawBufferPointer) -> iovec {
    iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
}
