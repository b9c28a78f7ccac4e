import ByteCore
import HTTPWire
import PosixIO

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
        guard let connection = connections.find(token), !connection.pointee.isQueued else { return }
        connection.pointee.isQueued = true
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
        guard let connection = connections.find(token) else { return 0 }
        connection.pointee.isQueued = false
        guard connection.pointee.phase == .requests, connection.pointee.exchange.awaited == nil else {
            return 0
        }
        var cost = 1
        var mayRead = true
        var turn = Turn.unfinished
        while cost <= Limits.requestsPerConnection, turn == .unfinished {
            turn = step(connection, token, &mayRead, &cost, poller, now: now)
            guard connections.find(token) != nil else { return cost }
        }
        // What was read stands in a place that the next one reads into.
        makeMemory(for: connection.pointee.exchange.neededBytes, in: requestBudget, poller, now: now)
        guard connections.find(token) != nil else { return cost }
        if !connection.pointee.exchange.settle(), connection.pointee.phase == .requests {
            counters.connectionsStarved += 1
            refuse(connection, .serviceUnavailable, "no memory for so long a request")
            turn = .unfinished
        }
        if turn == .unfinished, connection.pointee.phase == .requests {
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
        if !connection.pointee.exchange.outgoing.isEmpty {
            return flush(connection, token, &cost, poller, now: now)
        }
        connection.pointee.progress = now
        if connection.pointee.exchange.closesAfterOutput {
            linger(token, poller, now: now)
            return .over
        }
        switch connection.pointee.exchange.next(into: &head) {
        case .refused(let refusal):
            refuse(connection, refusal.status, refusal.reason)
            return .unfinished
        case .request(let request):
            cost += 1
            let turn = respond(to: request, connection, token, poller, now: now)
            guard connections.find(token) != nil else { return .over }
            // The bytes were borrowed from here until now.
            connection.pointee.exchange.consume(request)
            connection.pointee.since = now
            connection.pointee.exchange.hasBeenAnswered = true
            if connection.pointee.phase == .stream { connection.pointee.exchange.dropInput() }
            return turn
        case .incomplete:
            return mayRead
                ? read(connection, token, &mayRead, poller, now: now) : rest(connection, token, poller)
        }
    }

    /// Writes one piece of a connection's output.
    private func flush(
        _ connection: UnsafeMutablePointer<Connection>, _ token: Token, _ cost: inout Int,
        _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        let offered = connection.pointee.exchange.outgoing.fill(runs, limit: Limits.answerBytesPerWrite)
        switch connection.pointee.transport.write(.init(rebasing: runs[..<offered.runs])) {
        case .bytes(let count):
            counters.bytesSent &+= UInt64(count)
            _ = connection.pointee.exchange.outgoing.took(count)
            connection.pointee.progress = now
            noteActivity(connection, token, now: now)
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
        if connection.pointee.exchange.hasEnded {
            close(token, .gone, poller)
            return .over
        }
        switch connection.pointee.transport.read(into: readRoom) {
        case .bytes(let count):
            connection.pointee.readAwaits = .readable
            if connection.pointee.exchange.isBetweenRequests { connection.pointee.since = now }
            connection.pointee.exchange.receive(UnsafeRawBufferPointer(rebasing: readRoom[..<count]))
            return .unfinished
        case .wouldBlock(let interest):
            connection.pointee.readAwaits = interest
            return rest(connection, token, poller)
        case .endOfFile:
            connection.pointee.exchange.hasEnded = true
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
        watch(token, for: connection.pointee.readAwaits, poller)
        return .over
    }

    /// Answers one request, or sees to it that it will be answered.
    private func respond(
        to request: UnsafeRawBufferPointer, _ connection: UnsafeMutablePointer<Connection>, _ token: Token,
        _ poller: borrowing Poller, now: Int64
    ) -> Turn {
        noteActivity(connection, token, now: now)
        let withBody = head.method != .head
        // A body is never read here: the connection ends with the answer, so nothing in it can pass for a
        // request.
        if head.hasBody || !head.isKeepAlive || stopDeadline != nil || connection.pointee.seat == .refusal {
            connection.pointee.exchange.closesAfterOutput = true
        }
        switch outcome(of: request, on: connection.pointee.seat) {
        case .refusal(let status, let reason):
            connection.pointee.exchange.closesAfterOutput = true
            send(Reply(status, line: reason), connection, withBody: withBody)
        case .reply(let reply):
            send(reply, connection, withBody: withBody)
        case .shared(let answer):
            wait(connection, token, for: answer, withBody: withBody)
            watch(token, for: [], poller)
            return .over
        case .streamHead:
            connection.pointee.exchange.closesAfterOutput = true
            connection.pointee.exchange.outgoing.setBody(fixed: streamHead)
            counters.count(.ok)
        case .stream(let wanted):
            begin(wanted, connection, token, poller, now: now)
            return .over
        }
        return .unfinished
    }
}
