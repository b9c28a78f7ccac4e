import ByteCore
import HTTPWire
import PosixIO
import ProxyWire
import RelayWire
import Tables
import Telemetry
import WebSocketWire

/// The ways a connection ends, and the timers that see to it.
extension IngestWorker {
    /// Refuses what a peer sent: it is told why, and nothing it says counts any more.
    mutating func refuse(_ token: Token, _ code: CloseCode, _ reason: StaticString) {
        counters.add(Self.counter(of: code))
        guard let connection = unsafe connections.find(token) else { return }
        unsafe intake.leave(&connection.pointee)
        guard handOn(before: token) else { return }
        answer(token) { _ = unsafe connection.pointee.socket.fail(code, reason: reason, into: &$0) }
        endWriting(token)
    }

    /// Counts which bound it was, where a message was larger than it may be.
    func noteLimit(_ code: CloseCode, of connection: UnsafeMutablePointer<VisitorConnection>) {
        guard code == .messageTooBig else { return }
        counters.add(
            unsafe connection.pointee.socket.isAtMostFragments ? .messagesInFragments : .messagesTooLong)
    }

    private static func counter(of code: CloseCode) -> WorkerCounter {
        switch code {
        case .unsupportedData: .messagesRefused1003
        case .invalidPayload: .messagesRefused1007
        case .policyViolation: .messagesRefused1008
        case .messageTooBig: .messagesRefused1009
        case .tryAgainLater: .messagesRefused1013
        case .privacy: .privacyRefused
        case .identityInUse: .identitiesRefused
        default: .messagesRefused1002
        }
    }

    /// Answers the peer's close frame.
    mutating func finishPeerClose(_ token: Token, _ code: CloseCode?) {
        guard let connection = unsafe connections.find(token) else { return }
        // Firefox closes a page's connections with this code when it begins to load the next page, before
        // the one that is left could say goodbye (RFC 6455 section 7.4.1).
        let mayReturn = unsafe code == .goingAway && connection.pointee.codec == .wire
        unsafe intake.leave(&connection.pointee, mayReturn: mayReturn)
        guard handOn(before: token) else { return }
        answer(token) { _ = unsafe connection.pointee.socket.answerClose(into: &$0) }
        endWriting(token)
    }

    /// Writes to the master what a connection said before it is answered; false where that was its end.
    ///
    /// Who reads the answer and comes back through another worker would otherwise be there before it left.
    mutating func handOn(before token: Token) -> Bool {
        flushChannels()
        // The master may have been found gone, which closes every connection.
        return unsafe connections.find(token)?.pointee.phase.isHeard ?? false
    }

    /// Begins to close in good order from this side.
    mutating func beginClose(_ token: Token, _ code: CloseCode, _ reason: StaticString) {
        guard let connection = unsafe connections.find(token) else { return }
        switch unsafe connection.pointee.phase {
        case .closing: return
        case .proxyHeader, .handshake, .keptAlive: return drop(token)
        case .body: return turnAway(token)
        case .open: break
        }
        unsafe intake.leave(&connection.pointee)
        answer(token) { _ = unsafe connection.pointee.socket.close(code, reason: reason, into: &$0) }
        endWriting(token)
    }

    /// Answers a connection that was on its way when this worker began to stop.
    mutating func turnAway(_ token: Token) {
        answer(token) { reply in
            let head = HTTPResponseHead(.serviceUnavailable, contentLength: 0, connection: .close)
            head.appendOpen(to: &reply)
            reply.appendHTTPField("Retry-After", "1")
            reply.appendHTTPHeadEnd()
        }
        endWriting(token)
    }

    /// Nothing more will be said: shut the sending side once all is written, then read until the peer is
    /// done.
    ///
    /// Closing at once would let the kernel reset the connection over unread bytes, and the peer might never
    /// see the last of what was sent (RFC 9112, section 9.6; RFC 6455, section 7.1.1).
    mutating func endWriting(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        unsafe intake.leave(&connection.pointee)
        unsafe connection.pointee.phase = .closing
        unsafe connection.pointee.sinceSeconds = nowSeconds
        unsafe connection.pointee.wait = .none
        unsafe connection.pointee.forgetUnfinished()
        if unsafe connection.pointee.outbound == nil { unsafe connection.pointee.stream.endWriting() }
        watch(token)
        account(for: token)
    }

    /// Reads and drops what a peer sends behind the end.
    mutating func drain(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        switch unsafe connection.pointee.stream.read(into: receiveBuffer) {
        case .bytes, .wouldBlock: return
        case .endOfFile, .failed: drop(token)
        }
    }

    /// Ends a connection: its leaves stand behind its last sample, its `closed` behind its leaves.
    mutating func drop(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        unsafe intake.leave(&connection.pointee)
        unsafe intake.queue.appendClosed(connection: connection.pointee.number)
        held.set(token.index, to: 0, isFresh: false, in: connections)
        if let visitor = unsafe connection.pointee.wire?.contents, unsafe visitor.pointee.isKnown {
            unsafe visitorsByNumber.remove(connection.pointee.number, slot: token.index)
        }
        // The descriptor closes with the value, which also ends its registration.
        _ = connections.remove(token.index)
        counters.add(.connectionsClosed)
        counters.set(.connectionsOpen, UInt64(connections.count))
    }

    /// Once a second: late handshakes and messages, silent peers, closes without an answer, memory.
    mutating func sweep() {
        nextSweep = now + 1_000_000_000
        defer { releaseFree() }
        intake.expireLeases(nowSeconds: nowSeconds, counters: counters)
        intake.forgetUnsaidTexts(atSecond: nowSeconds)
        forEachConnection { $0.sweep($1) }
    }

    private mutating func sweep(_ token: Token) {
        guard let connection = unsafe connections.find(token) else { return }
        let silent = unsafe nowSeconds - connection.pointee.sinceSeconds
        // Who is not read cannot be heard.
        guard unsafe connection.pointee.wait == .none else { return }
        switch unsafe connection.pointee.phase {
        case .proxyHeader:
            guard unsafe isProxyHeaderLate(connection) else { return }
            closeUnheard(token, .late)
        case .handshake:
            guard silent >= limits.handshakeSeconds else { return }
            counters.add(.handshakeTimeouts)
            drop(token)
        case .body:
            if silent >= limits.messageSeconds { refusePost(token, .late(limits)) }
        case .keptAlive:
            if silent >= WorkerLimits.keptAliveSeconds { drop(token) }
        case .open:
            unsafe sweepOpen(token, connection, silent)
        case .closing:
            if silent >= WorkerLimits.closeTimeoutSeconds { drop(token) }
        }
    }

    private mutating func sweepOpen(
        _ token: Token, _ connection: UnsafeMutablePointer<VisitorConnection>, _ silent: Int64
    ) {
        if unsafe endWithoutHello(token, connection) { return }
        let unfinished = unsafe connection.pointee.unfinishedSinceSeconds
        if unfinished != VisitorConnection.never,
            nowSeconds - unfinished >= limits.messageSeconds
        {
            counters.add(.messageTimeouts)
            refuse(
                token, .policyViolation,
                limits.messageSeconds == IngestLimits().messageSeconds
                    ? "a message must be whole 30 s after its first byte"
                    : "a message was not whole in the time that this server gives it (--message-timeout)")
        } else if silent >= Int64(limits.idleSeconds) + limits.pongSeconds {
            counters.add(.idleTimeouts)
            beginClose(token, .goingAway, "silent for too long")
        } else if silent >= limits.idleSeconds, unsafe !connection.pointee.isPinged {
            unsafe connection.pointee.isPinged = true
            counters.add(.pingsSent)
            answer(token) { unsafe $0.appendFrame(.ping, UnsafeRawBufferPointer(start: nil, count: 0)) }
        }
    }
}
