import ByteCore
import HTTPWire
import PosixIO
import ProxyWire

/// Requests: from bytes to an answer, as much in one turn of the loop as leaves room for the samples.
extension ViewerGateway {
    /// What a connection may come to in its turn.
    private enum Turn {
        /// It waits: for its peer, for a shared answer, for nothing any more.
        case over
        /// It could go on.
        case unfinished
    }

    /// Has a connection go on when its turn has come.
    func enqueue(_ token: Token) {
        guard let connection = unsafe connections.find(token), unsafe !connection.pointee.isQueued else {
            return
        }
        unsafe connection.pointee.isQueued = true
        queue.append(token)
    }

    /// Goes on with the requests of those who can, one after the other, until the turn's share is used up.
    func serveRequests(_ poller: borrowing Poller, now: Int64) {
        var share = Limits.requestsPerTurn
        var served = 0
        while share > 0, served < queue.count {
            share -= advance(queue[served], poller, now: now)
            served += 1
        }
        queue.removeFirst(served)
        muted = max(0, muted - served)
        // Who must wait is known to be ready: being told again and again would keep others from being heard.
        for token in queue[muted...] { watch(token, for: [], poller) }
        muted = queue.count
    }

    /// Writes what is pending and answers the next requests, one at a time, each when the one before was
    /// taken; returns what it cost, in requests.
    func advance(_ token: Token, _ poller: borrowing Poller, now: Int64) -> Int {
        guard let connection = unsafe connections.find(token) else { return 0 }
        unsafe connection.pointee.isQueued = false
        guard unsafe connection.pointee.phase == .requests, unsafe !connection.pointee.exchange.isWaiting
        else {
            return 0
        }
        var cost = 1
        var mayRead = true
        var turn = Turn.unfinished
        while cost <= Limits.requestsPerConnection, turn == .unfinished {
            turn = unsafe step(connection, token, &mayRead, &cost, poller, now: now)
            guard unsafe connections.find(token) != nil else { return cost }
        }
        // What was read stands in a place that the next one reads into.
        unsafe makeMemory(for: connection.pointee.exchange.neededBytes, in: requestBudget, poller, now: now)
        guard unsafe connections.find(token) != nil else { return cost }
        if unsafe !connection.pointee.exchange.settle(), unsafe connection.pointee.phase == .requests {
            counters.connectionsStarved += 1
            unsafe refuse(connection, .serviceUnavailable, "no memory for so long a request")
            turn = .unfinished
        }
        if turn == .unfinished, unsafe connection.pointee.phase == .requests {
            watch(token, for: [], poller)
            enqueue(token)
        }
        return cost
    }

    /// One thing after the other: write, answer, read.
    private func step(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ mayRead: inout Bool,
        _ cost: inout Int, _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        if unsafe !connection.pointee.exchange.outgoing.isEmpty {
            return unsafe flush(connection, token, &cost, poller, now: now)
        }
        unsafe connection.pointee.progress = now
        if unsafe connection.pointee.exchange.closesAfterOutput {
            linger(token, poller, now: now)
            return .over
        }
        if unsafe connection.pointee.awaitsProxyHeader {
            guard unsafe takeProxyHeader(connection, now: now) else {
                close(token, .gone, poller)
                return .over
            }
            if unsafe connection.pointee.awaitsProxyHeader {
                if unsafe connection.pointee.exchange.hasEnded
                    && !connection.pointee.exchange.isBetweenRequests
                {
                    counters.count(ProxyHeaderFault.malformed)
                }
                return unsafe mayRead
                    ? read(connection, token, &mayRead, poller, now: now) : rest(connection, token, poller)
            }
        }
        switch unsafe connection.pointee.exchange.next(into: &head) {
        case .refused(let refusal):
            unsafe refuse(connection, refusal.status, refusal.reason)
            return .unfinished
        case .request(let request):
            guard let body = unsafe form(of: request, connection) else {
                return unsafe mayRead
                    ? read(connection, token, &mayRead, poller, now: now) : rest(connection, token, poller)
            }
            cost += 1
            let turn = unsafe respond(to: request, body, connection, token, poller, now: now)
            guard unsafe connections.find(token) != nil else { return .over }
            // The bytes were borrowed from here until now.
            unsafe connection.pointee.exchange.consume(request)
            unsafe connection.pointee.since = now
            unsafe connection.pointee.exchange.hasBeenAnswered = true
            if unsafe connection.pointee.phase == .stream { unsafe connection.pointee.exchange.dropInput() }
            return turn
        case .incomplete:
            return unsafe mayRead
                ? read(connection, token, &mayRead, poller, now: now) : rest(connection, token, poller)
        }
    }

    /// Writes one piece of a connection's output.
    private func flush(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ cost: inout Int,
        _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        let offered = unsafe connection.pointee.exchange.outgoing.fill(
            runs, limit: Limits.answerBytesPerWrite)
        switch unsafe connection.pointee.transport.write(.init(rebasing: runs[..<offered.runs])) {
        case .bytes(let count):
            counters.bytesSent &+= UInt64(count)
            _ = unsafe connection.pointee.exchange.outgoing.took(count)
            unsafe connection.pointee.progress = now
            unsafe noteActivity(connection, token, now: now)
            cost += count / Limits.bytesPerRequest
            // Where not all was taken the next write says what it waits for.
            return .unfinished
        case .wouldBlock(let interest):
            watch(token, for: interest, poller)
            return .over
        case .endOfFile, .failed:
            close(token, .failed, poller)
            return .over
        }
    }

    /// Reads once.
    private func read(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ mayRead: inout Bool,
        _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        mayRead = false
        if unsafe connection.pointee.exchange.hasEnded {
            close(token, .gone, poller)
            return .over
        }
        switch unsafe connection.pointee.transport.read(into: readRoom) {
        case .bytes(let count):
            unsafe connection.pointee.readAwaits = .readable
            if unsafe connection.pointee.exchange.isBetweenRequests && !connection.pointee.awaitsProxyHeader {
                unsafe connection.pointee.since = now
            }
            unsafe connection.pointee.exchange.receive(UnsafeRawBufferPointer(rebasing: readRoom[..<count]))
            return .unfinished
        case .wouldBlock(let interest):
            unsafe connection.pointee.readAwaits = interest
            return unsafe rest(connection, token, poller)
        case .endOfFile:
            unsafe connection.pointee.exchange.hasEnded = true
            // What it said before is still answered.
            mayRead = true
            return .unfinished
        case .failed:
            close(token, .gone, poller)
            return .over
        }
    }

    /// Waits for more of a request.
    private func rest(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ poller: borrowing Poller
    ) -> Turn {
        unsafe watch(token, for: connection.pointee.readAwaits, poller)
        return .over
    }

    /// Answers one request, or sees to it that it will be answered.
    private func respond(
        to request: UnsafeRawBufferPointer, _ form: UnsafeRawBufferPointer,
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        unsafe noteActivity(connection, token, now: now)
        client = unsafe client(of: request, connection)
        let withBody = head.method != .head
        // A body is never read here: the connection ends with the answer, so nothing in it can pass for a
        // request.
        if unsafe head.hasBody || !head.isKeepAlive || stopDeadline != nil
            || connection.pointee.seat == .refusal
        {
            unsafe connection.pointee.exchange.closesAfterOutput = true
        }
        let asked = unsafe Asked(
            request: request, form: form, peer: connection.pointee.source, source: client, token: token,
            now: now)
        switch unsafe outcome(of: asked, on: connection.pointee.seat, poller) {
        case .refusal(let reply):
            unsafe connection.pointee.exchange.closesAfterOutput = true
            unsafe send(reply, connection, withBody: withBody)
        case .reply(let reply):
            unsafe send(reply, connection, withBody: withBody)
        case .shared(let answer):
            unsafe wait(connection, token, for: answer, withBody: withBody)
            watch(token, for: [], poller)
            return .over
        case .scopedState(let scope):
            unsafe wait(connection, token, forStateWithin: scope, withBody: withBody)
            watch(token, for: [], poller)
            return .over
        case .hash(let id):
            unsafe connection.pointee.exchange.awaitedHash = id
            watch(token, for: [], poller)
            return .over
        case .streamHead:
            unsafe connection.pointee.exchange.closesAfterOutput = true
            unsafe appendStreamHead(to: &connection.pointee.exchange.outgoing.text)
            counters.count(.ok)
        case .stream(let wanted):
            return unsafe begin(wanted, connection, token, poller, now: now) ? .over : .unfinished
        case .poll(let wanted):
            return unsafe wait(connection, token, for: wanted, poller, now: now) ? .over : .unfinished
        }
        return .unfinished
    }
}
