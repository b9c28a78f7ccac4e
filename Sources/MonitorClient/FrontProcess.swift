import Glibc
import PosixIO
import TerminalGraph

/// The process on the operator's terminal: it starts the headless master and shows what the master tells it.
///
/// A stalled terminal delays pictures and nothing else; the master's end, however it comes, ends with the
/// terminal as it was found.
@safe final class FrontProcess {
    private enum Kind {
        static let signal: UInt8 = 1
        static let master: UInt8 = 2
        static let stream: UInt8 = 3
        static let errors: UInt8 = 4
        static let session: UInt8 = 5
        static let operators: UInt8 = 6
    }

    /// Where the front's life stands; deadlines in nanoseconds.
    private enum Life: Equatable {
        case running
        /// The master was asked to go on alone and has not said that it will.
        case detaching(deadline: Int64)
        /// The master was told to stop; it is killed at the deadline.
        case stopping(deadline: Int64)
    }

    /// A signal has to end everything within 5 s; the master's own deadlines add up to 4.5 s.
    private static let stopDeadline: Int64 = 4_700_000_000
    /// What is kept of the master's standard error, to be shown when it is gone.
    private static let errorBytes = 8192

    private let poller: Poller
    private let signals: SignalSource
    private let master: ChildProcess
    private let stream: ByteStream
    private let errors: ByteStream
    private let session: MonitorSession
    private let operators: OperatorLine
    private var errorText: [UInt8] = []
    private lazy var errorOutput = NonblockingOutput(sharing: STDERR_FILENO)
    private var isTerminalStalled = false
    private var life = Life.running
    /// Whom the master was told that somebody looks at, and when it may be told of another.
    private var saidLook: [UInt8] = []
    private var looksAgainAt: Int64 = .min
    private var now = MonotonicClock.now()
    private let room = UnsafeMutableRawBufferPointer.allocate(
        byteCount: TopLimits.readBytes, alignment: 8)

    /// Starts the master with `arguments`, behind the name of the program.
    init(
        _ drawing: DrawingSettings, master arguments: [String], environment: [String: String]
    ) throws(SystemError) {
        ChildProcess.closeInheritedOnExec()
        SignalSource.ignore(SIGPIPE)
        SignalSource.restoreDefault(SIGCHLD)
        let signals = try SignalSource(MonitorSession.signals)
        let poller = try Poller(capacity: 16)
        let frames = try SocketPair()
        let messages = try SocketPair()
        let requests = try SocketPair()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        try poller.add(frames.first.raw, for: .readable, token: Token(kind: Kind.stream))
        try poller.add(messages.first.raw, for: .readable, token: Token(kind: Kind.errors))
        try poller.add(requests.first.raw, for: .readable, token: Token(kind: Kind.operators))
        let master = try ChildProcess(
            executable: try ChildProcess.ownExecutable(),
            arguments: [ProgramName.argument] + arguments,
            inherited: [
                .init(null.raw, as: 0), .init(null.raw, as: 1), .init(messages.second.raw, as: 2),
                .init(frames.second.raw, as: InheritedDescriptor.front),
                .init(requests.second.raw, as: InheritedDescriptor.frontControl),
            ], newSession: true)
        do throws(SystemError) {
            try poller.add(master.raw, for: .readable, token: Token(kind: Kind.master))
        } catch {
            // Nobody would hear of its end.
            master.killAndReap()
            throw error
        }
        self.signals = signals
        self.poller = poller
        self.master = master
        stream = ByteStream(frames.first)
        errors = ByteStream(messages.first)
        operators = OperatorLine(requests.first)
        session = MonitorSession(
            MonitorSession.Plan(
                drawing: drawing, hasTerminal: true, canDetach: true, operates: true,
                settingsFile: SettingsFile(environment: environment)), kind: Kind.session)
    }

    deinit { unsafe room.deallocate() }

    /// Shows the server until the master is gone or goes on alone; returns the exit status.
    func run() -> Int32 {
        while true {
            let ready: Int
            do throws(SystemError) {
                ready = try poller.wait(timeoutMilliseconds: timeoutMilliseconds())
            } catch {
                stop()
                continue
            }
            now = MonotonicClock.now()
            for index in 0..<ready {
                let event = poller.event(at: index)
                if event.token.kind == Kind.master, let status = master.reap() { return finish(status) }
                dispatch(event)
            }
            if session.isDetached { return finishDetached() }
            operate()
            obey(session.tick(poller, now: now))
            sayLook()
            expire()
        }
    }

    private func timeoutMilliseconds() -> Int32 {
        var next = session.nextDeadline ?? .max
        switch life {
        case .running: break
        case .detaching(let deadline), .stopping(let deadline): next = min(next, deadline)
        }
        if let deadline = operators.deadline { next = min(next, deadline) }
        guard next < .max else { return -1 }
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    private func dispatch(_ event: ReadyEvent) {
        switch event.token.kind {
        case Kind.signal:
            while let signal = signals.next() { obey(session.take(signal, poller, now: now)) }
        case Kind.stream: readStream()
        case Kind.errors: readErrors()
        case Kind.operators:
            session.learn(operators.read(), now: now)
            if operators.hasEnded { poller.remove(operators.raw) }
        case Kind.session: obey(session.handle(event, poller, now: now))
        default: break
        }
    }

    private func obey(_ wish: SessionWish) {
        switch wish {
        case .none, .suspend: break
        case .close, .fail: stop()
        case .detach: detach()
        }
    }

    private func expire() {
        switch life {
        case .running: break
        case .detaching(let deadline):
            guard now >= deadline else { return }
            life = .running
            session.say("the server has not answered yet; it is left when it does", now: now)
        case .stopping(let deadline):
            if now >= deadline { master.signal(SIGKILL) }
        }
    }

    // MARK: The master

    private func stop() {
        if case .stopping = life { return }
        life = .stopping(deadline: now + Self.stopDeadline)
        master.signal(SIGTERM)
    }

    /// Asks the master to go on without us.
    private func detach() {
        guard life == .running else { return }
        life = .detaching(deadline: now + TopLimits.nanoseconds(TopLimits.detachSeconds))
        let line: StaticString = "detach\n"
        // What else is ever written is short and seldom, so that there is room for it.
        _ = unsafe stream.write(UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount))
    }

    /// Tells the master whom somebody looks at, where that is somebody else than before.
    private func sayLook() {
        let id = session.lookedAt
        guard id != saidLook, now >= looksAgainAt, life == .running else { return }
        looksAgainAt = now + TopLimits.lookNanoseconds
        let line = Array("look".utf8) + (id.isEmpty ? [] : [UInt8(ascii: " ")] + id) + [UInt8(ascii: "\n")]
        // So few bytes are taken whole or not at all; and where there is no room they are said later.
        if case .bytes = unsafe line.withUnsafeBytes({ unsafe stream.write($0) }) { saidLook = id }
    }

    /// Hands on what somebody asked for here, one thing at a time.
    private func operate() {
        if let late = operators.takeLate(now: now) {
            session.say("\(late.words): the server has not answered yet", now: now)
        }
        guard let deed = session.takeDeed(), life == .running else { return }
        if let why = operators.ask(deed, now: now) {
            session.say(why, now: now)
        } else {
            session.begin(deed, now: now)
        }
    }

    private func readStream() {
        guard case .bytes(let count) = unsafe stream.read(into: room) else {
            // Its exit is reported by its own descriptor.
            return poller.remove(stream.raw)
        }
        if unsafe session.hear(UnsafeRawBufferPointer(rebasing: room[..<count]), now: now) != nil {
            poller.remove(stream.raw)
        }
    }

    private func readErrors() {
        guard case .bytes(let count) = unsafe errors.read(into: room) else {
            return poller.remove(errors.raw)
        }
        unsafe errorText += room[..<count]
        if errorText.count > Self.errorBytes { errorText.removeFirst(errorText.count - Self.errorBytes) }
    }

    // MARK: The end

    /// The master is gone: the terminal comes first, then what there is to say.
    private func finish(_ status: ExitStatus) -> Int32 {
        readErrors()
        closeSession()
        if case .stopping = life, status == .exited(0) { return ExitCode.success.rawValue }
        sayAsIs(String(decoding: errorText, as: UTF8.self))
        if case .exited(let code) = status, !session.hasEverSpoken {
            return code == 0 ? ExitCode.software.rawValue : code
        }
        switch (life, status) {
        case (.stopping, .signaled(SIGKILL)): say("the server did not stop in time and was killed")
        case (_, .exited(0)):
            say("the server was stopped")
            return ExitCode.success.rawValue
        default: say("the server ended unexpectedly: \(status.text)")
        }
        return ExitCode.software.rawValue
    }

    /// The master goes on alone: the shell gets its prompt, and a word on how to come back.
    private func finishDetached() -> Int32 {
        closeSession()
        let address = session.httpAddress
        let url = shellQuoted(address.hasPrefix("unix:") ? address : "http://\(address)")
        say(
            "the server goes on as process \(master.pid); \"\(ProgramName.shell) top \(url)\" shows it again, "
                + "\"kill \(master.pid)\" stops it")
        return ExitCode.success.rawValue
    }

    private func closeSession() {
        if let last = session.close() { say(last) }
    }

    private func say(_ text: String) { sayAsIs("pointerscope: \(oneLine(text))\n") }

    /// How long a terminal may take nothing before the last words are given up, milliseconds.
    ///
    /// A stop has its own time to keep.
    private var patience: Int32 {
        if isTerminalStalled { return 0 }
        if case .stopping = life { return 100 }
        return 1000
    }

    /// Writes to standard error as far as a terminal that may be stalled takes it.
    private func sayAsIs(_ text: String) {
        guard !text.isEmpty else { return }
        errorOutput.append(text: text)
        isTerminalStalled = errorOutput.finish(withinMilliseconds: patience) == .pending
    }
}

/// Runs the server behind this terminal; `master` is what starts it, behind the name of the program. Returns
/// the exit status.
public func serveWithFront(
    _ drawing: DrawingSettings, master arguments: [String], environment: [String: String]
) -> Int32 {
    do throws(SystemError) {
        return try FrontProcess(drawing, master: arguments, environment: environment).run()
    } catch {
        complain(error.text)
        return ExitCode.system.rawValue
    }
}
