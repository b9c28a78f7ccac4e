import Glibc
import PosixIO
public import TLSClient

/// `pointerscope top`: a session fed by a server's event stream.
final class TopProcess {
    private enum Kind {
        static let signal: UInt8 = 1
        static let server: UInt8 = 2
        static let session: UInt8 = 3
    }

    private let settings: TopSettings
    private let poller: Poller
    private let signals: SignalSource
    private let session: MonitorSession
    private let server: RemoteServer
    private var now = MonotonicClock.now()
    /// When an answer that was asked for once is given up; nil where the picture goes on.
    private var patience: Int64?
    private var ending: (status: ExitCode, complaint: String?)?

    /// How the watching ended.
    enum Outcome {
        case over(ExitCode)
        /// The server wants somebody to sign in, or says that nobody is any more.
        case signInWanted(StreamFailure)
    }

    init(
        _ settings: TopSettings, trusting trust: TLSTrust?, credential: Credential,
        environment: [String: String]
    ) throws(SystemError) {
        self.settings = settings
        ChildProcess.closeInheritedOnExec()
        SignalSource.ignore(SIGPIPE)
        signals = try SignalSource(MonitorSession.signals)
        poller = try Poller(capacity: 16)
        try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        session = MonitorSession(
            MonitorSession.Plan(
                drawing: settings.drawing, output: settings.output,
                hasTerminal: isatty(STDOUT_FILENO) == 1,
                url: settings.server.text, settingsFile: SettingsFile(environment: environment)),
            kind: Kind.session)
        let user = environment["USER"] ?? environment["LOGNAME"]
        server = RemoteServer(
            settings.server, trusting: trust,
            viewerName: WatchRequest.viewerName(user: user, host: WatchRequest.hostName()),
            rate: WatchRequest.rate(for: settings.drawing.picturesPerSecond), credential: credential,
            kind: Kind.server)
        if case .once = settings.output { patience = now + TopLimits.nanoseconds(TopLimits.onceSeconds) }
    }

    /// Shows the server until somebody has seen enough, or it wants to know who looks.
    func run() -> Outcome {
        server.start(session, poller, now: now)
        while true {
            if let failure = server.finalFailure, failure.isForWantOfAccess {
                _ = finish(.success, nil)
                signals.release(MonitorSession.signals)
                return .signInWanted(failure)
            }
            check()
            if let ending { return finish(ending.status, ending.complaint) }
            do throws(SystemError) {
                let ready = try poller.wait(timeoutMilliseconds: timeoutMilliseconds())
                now = MonotonicClock.now()
                for index in 0..<ready { dispatch(poller.event(at: index)) }
            } catch {
                return finish(.system, error.text)
            }
            server.tick(session, poller, now: now)
            obey(session.tick(poller, now: now))
            // Whoever reads the answer may take their time.
            if session.hasAnswer { patience = nil }
        }
    }

    private func timeoutMilliseconds() -> Int32 {
        let next = [server.nextDeadline, session.nextDeadline, patience].compactMap { $0 }.min()
        guard let next, next < .max else { return -1 }
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    private func dispatch(_ event: ReadyEvent) {
        switch event.token.kind {
        case Kind.signal:
            while let signal = signals.next() { obey(session.take(signal, poller, now: now)) }
        case Kind.server: server.handle(event, session, poller, now: now)
        case Kind.session: obey(session.handle(event, poller, now: now))
        default: break
        }
    }

    private func obey(_ wish: SessionWish) {
        switch wish {
        // Nobody can detach from a server that never was attached.
        case .none, .detach, .suspend: break
        case .close: ending = ending ?? (.success, nil)
        case .fail(let why): ending = ending ?? (.inputOutput, why)
        }
    }

    private func check() {
        let name = settings.server.text
        if let failure = server.finalFailure {
            ending = ending ?? (.unavailable, "\(name) \(failure.text)")
        } else if let patience, now >= patience {
            ending =
                ending ?? (
                    .unavailable,
                    "\(name) told too little for a picture within \(TopLimits.onceSeconds) s: is it a Pointerscope server?"
                )
        }
    }

    /// The terminal comes first, then what there is to say.
    private func finish(_ status: ExitCode, _ complaint: String?) -> Outcome {
        let last = session.close()
        for text in [complaint, last].compactMap({ $0 }) { complain(text) }
        return .over(status)
    }
}

/// Watches a server that runs elsewhere; returns the exit status.
public func watch(_ settings: TopSettings, environment: [String: String]) -> Int32 {
    let trust: TLSTrust?
    do throws(TLSFailure) {
        trust = settings.server.isSecure ? try TLSTrust(authorities: settings.authorities) : nil
    } catch {
        return refuse(error, of: settings.server.text)
    }
    do throws(SystemError) {
        let access = ServerAccess(
            to: settings.server, trusting: trust, token: settings.token, environment: environment)
        while true {
            let process = try TopProcess(
                settings, trusting: trust, credential: access.credential, environment: environment)
            switch process.run() {
            case .over(let status): return status.rawValue
            case .signInWanted(let why):
                if let status = access.renew(after: why) { return status.rawValue }
            }
        }
    } catch {
        complain(error.text)
        return ExitCode.system.rawValue
    }
}

/// Says why there can be no TLS with a server before one was asked; returns the exit status.
public func refuse(_ failure: TLSFailure, of server: String) -> Int32 {
    if case .badAuthorities(let why) = failure {
        complain("--ca-file \(why)")
        return ExitCode.noInput.rawValue
    }
    complain("\(server) \(failure.text)")
    return ExitCode.unavailable.rawValue
}
