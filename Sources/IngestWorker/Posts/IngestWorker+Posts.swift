import ByteCore
import HTTPWire
import PosixIO
import RelayWire
import Telemetry
import WebSocketWire

/// `POST /events`: what visitors' pages send where a WebSocket cannot be had.
extension IngestWorker {
    // MARK: Reading

    /// Answers the head of a request about events, or begins to read its body; false where nothing more of
    /// the connection will count. `bytes` begin with the head.
    mutating func openPost(
        _ bytes: UnsafeRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        let mostBytes = limits.message.messageBytes
        switch unsafe PostRequest.evaluate(head, bytes, policy: policy, mostBytes: mostBytes) {
        case .refuse(let refusal, let answer):
            if refusal.counter == .postsRefusedOrigin {
                unsafe reportOrigin(head.fields.value(of: "origin", in: bytes))
            }
            refusePost(token, refusal, answer)
            return false
        case .preflight(let answer):
            var reply = ByteBuffer(capacity: 256)
            answer.appendPreflight(to: &reply)
            return unsafe endExchange(reply.readable, answer, token, connection)
        case .read(let request):
            unsafe connection.pointee.exchange = PostExchange(request, mostBytes: mostBytes)
            unsafe connection.pointee.phase = .body
            unsafe connection.pointee.sinceSeconds = nowSeconds
            if request.awaitsContinue {
                var interim = ByteBuffer(capacity: 32)
                interim.append("HTTP/1.1 100 Continue\r\n\r\n")
                unsafe connection.pointee.queue(interim.readable)
            }
            return true
        }
    }

    /// Takes what has come of a body; returns its length once it is whole.
    mutating func takeBody(
        _ bytes: UnsafeRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Int? {
        guard let exchange = unsafe connection.pointee.exchange else {
            preconditionFailure("a body belongs to a request")
        }
        let (consumed, step) = unsafe exchange.take(bytes)
        switch step {
        case .needMore:
            // All of it is with the exchange.
            unsafe connection.pointee.forgetSpill()
            account(for: token)
            return nil
        case .refused(let refusal):
            refusePost(token, refusal)
            return nil
        case .whole(let body):
            guard unsafe takeEvents(body, token, connection) else { return nil }
            var reply = ByteBuffer(capacity: 256)
            exchange.answer.appendTaken(
                intervalMilliseconds: wantedPostIntervalMilliseconds, to: &reply)
            return unsafe endExchange(reply.readable, exchange.answer, token, connection) ? consumed : nil
        }
    }

    /// Takes a whole body's events; false where they were refused.
    private mutating func takeEvents(
        _ body: UnsafeRawBufferPointer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        counters.add(.messagesReceived)
        guard unsafe UTF8Validator.isValid(body) else {
            refusePost(token, .notUTF8)
            return false
        }
        let unfoldable = intake.queue.unfoldableBytes
        let outcome = unsafe intake.receivePost(
            body, nowSeconds: nowSeconds, receivedNanoseconds: now, counters: counters)
        if case .refused(let code, let reason) = outcome {
            refusePost(token, PostRefusal(closeCode: code, reason: reason, event: intake.faultyEvent))
            return false
        }
        if intake.queue.unfoldableBytes > unfoldable { unsafe connection.pointee.bringsUnfoldable = true }
        counters.add(.postsAccepted)
        return true
    }

    /// What a page is to wait before it posts again.
    private var wantedPostIntervalMilliseconds: Int {
        let byNumber = Int(intake.leases.count) * 1000 / WorkerLimits.postsPerSecond
        let wanted = max(postIntervalMilliseconds, byNumber)
        return min(
            intake.queue.isOverUnfoldableLimit ? 2 * wanted : wanted,
            WorkerLimits.longestPostIntervalMilliseconds)
    }

    // MARK: Answering

    /// Answers a request; false where the connection ends with that.
    private mutating func endExchange(
        _ reply: UnsafeRawBufferPointer, _ answer: PostAnswer, _ token: Token,
        _ connection: UnsafeMutablePointer<VisitorConnection>
    ) -> Bool {
        unsafe connection.pointee.queue(reply)
        guard answer.isKeptAlive, life == .running else {
            guard handOn(before: token) else { return false }
            flush(token)
            endWriting(token)
            return false
        }
        unsafe connection.pointee.exchange = nil
        unsafe connection.pointee.phase = .keptAlive
        unsafe connection.pointee.sinceSeconds = nowSeconds
        return true
    }

    /// Sends all answers of a read at once; false where nothing more of the connection will count.
    mutating func sendAnswers(_ token: Token) -> Bool {
        guard let connection = unsafe connections.find(token), unsafe connection.pointee.phase.isHeard else {
            return false
        }
        guard unsafe connection.pointee.outbound != nil else { return true }
        guard handOn(before: token) else { return false }
        flush(token)
        return unsafe connections.find(token) != nil
    }

    /// Refuses a request: who sent it is told why, and the connection ends, whatever stands behind it.
    ///
    /// Without an `answer` it is that of the request whose body is on its way.
    mutating func refusePost(_ token: Token, _ refusal: PostRefusal, _ answer: PostAnswer? = nil) {
        counters.add(refusal.counter)
        guard let connection = unsafe connections.find(token) else { return }
        let answer = unsafe answer ?? connection.pointee.exchange?.answer ?? PostAnswer(isKeptAlive: false)
        guard handOn(before: token) else { return }
        let publicURL = policy.publicURL
        self.answer(token) { answer.append(refusal, publicURL: publicURL, to: &$0) }
        endWriting(token)
    }
}
