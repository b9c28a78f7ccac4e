import LiveModel
import PosixIO
import TLSClient

/// The server that `top` watches: gets its event stream, and gets it again when it is lost.
///
/// ```
///  resolving ──▶ attempting ──failure──▶ waiting ──2 s, 4 s, 8 s, 10 s──▶ resolving
/// ```
/// A failure before the server has said anything is the end: then it is no server, or not this one. So is one
/// that only somebody who signs in can mend.
@safe final class RemoteServer {
    private enum State {
        case idle
        case resolving(NameLookup, deadline: Int64)
        case attempting(StreamAttempt)
        case waiting(until: Int64)
    }

    private enum Index {
        static let lookup: UInt32 = 0
        static let stream: UInt32 = 1
    }

    private let url: ServerURL
    private let trust: TLSTrust?
    private let viewerName: String
    private let rate: Int
    private let credential: Credential
    private let kind: UInt8
    private var state = State.idle
    private var policy = RetryPolicy()
    private let room = UnsafeMutableRawBufferPointer.allocate(
        byteCount: TopLimits.readBytes, alignment: 8)
    /// Why there has never been a stream, or will be none any more.
    private(set) var finalFailure: StreamFailure?

    /// Watches `url` as `viewerName`, under TLS where there is `trust`, showing it `credential`; `kind` marks
    /// this object's events in the poller.
    init(
        _ url: ServerURL, trusting trust: TLSTrust?, viewerName: String, rate: Int, credential: Credential,
        kind: UInt8
    ) {
        self.url = url
        self.trust = trust
        self.viewerName = viewerName
        self.rate = rate
        self.credential = credential
        self.kind = kind
    }

    deinit { unsafe room.deallocate() }

    /// When `tick` has something to do next; nil for never.
    var nextDeadline: Int64? {
        switch state {
        case .idle: nil
        case .resolving(_, let deadline): deadline
        case .attempting(let attempt): attempt.deadline
        case .waiting(let until): until
        }
    }

    /// Begins to connect.
    func start(_ session: MonitorSession, _ poller: borrowing Poller, now: Int64) {
        let literals = url.literalAddresses
        guard literals.isEmpty else { return attempt(literals, session, poller, now: now) }
        do throws(SystemError) {
            let lookup = try NameLookup.start(host: url.host, port: url.port)
            try poller.add(lookup.raw, for: .readable, token: Token(kind: kind, index: Index.lookup))
            state = .resolving(lookup, deadline: now + TopLimits.nanoseconds(TopLimits.resolveSeconds))
        } catch {
            failed(.system(error.text), session, poller, now: now)
        }
    }

    private func attempt(
        _ addresses: [SocketAddress], _ session: MonitorSession, _ poller: borrowing Poller, now: Int64
    ) {
        session.beginStream()
        let request = WatchRequest.bytes(
            for: url, name: viewerName, rate: rate, lastEventID: session.lastEventID,
            credential: credential)
        do throws(StreamRefusal) {
            state = .attempting(
                try StreamAttempt(
                    to: addresses, StreamAttempt.Reach(host: url.host, trust: trust), request: request,
                    token: Token(kind: kind, index: Index.stream), poller, now: now))
        } catch {
            failed(error.failure, session, poller, now: now)
        }
    }

    /// Takes what the poller found.
    func handle(_ event: ReadyEvent, _ session: MonitorSession, _ poller: borrowing Poller, now: Int64) {
        switch state {
        case .resolving(let lookup, _) where event.token.index == Index.lookup:
            guard let outcome = lookup.outcome else { return }
            poller.remove(lookup.raw)
            switch outcome {
            case .addresses(let addresses): attempt(addresses, session, poller, now: now)
            case .failed(let why): failed(.unknownHost(why), session, poller, now: now)
            }
        case .attempting(let attempt) where event.token.index == Index.stream:
            let failure = unsafe attempt.handle(event, poller, room: room, now: now) { bytes in
                unsafe session.hear(bytes, now: now)
            }
            if session.hasStream {
                attempt.spoke(now: now)
                policy.heard(now: now)
            }
            if let end = session.signedOut {
                failed(.signedOut(end), session, poller, now: now)
            } else if let failure {
                failed(failure, session, poller, now: now)
            }
        default: break
        }
    }

    /// Does what is due.
    func tick(_ session: MonitorSession, _ poller: borrowing Poller, now: Int64) {
        switch state {
        case .idle: break
        case .resolving(let lookup, let deadline):
            guard now >= deadline else { return }
            poller.remove(lookup.raw)
            failed(.unknownHost("no answer from the resolver"), session, poller, now: now)
        case .attempting(let attempt):
            if let failure = attempt.expire(poller, now: now) { failed(failure, session, poller, now: now) }
        case .waiting(let until):
            if now >= until { start(session, poller, now: now) }
        }
    }

    private func failed(
        _ failure: StreamFailure, _ session: MonitorSession, _ poller: borrowing Poller, now: Int64
    ) {
        if case .attempting(let attempt) = state { attempt.unwatch(poller) }
        guard session.hasEverSpoken, !failure.isForWantOfAccess else {
            state = .idle
            finalFailure = failure
            return
        }
        let wait = policy.failed(
            baseMilliseconds: session.retryMilliseconds, chance: .random(in: 0..<1))
        state = .waiting(until: now + wait)
        session.lostStream(
            attempt: policy.failures, ConnectionLoss(why: failure.text, retryNanoseconds: now + wait),
            now: now)
    }
}
