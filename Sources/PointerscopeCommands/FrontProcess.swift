import ByteCore
import Glibc
import LiveModel
import PosixIO
import SSEWire
import TerminalGraph

/// The process on the operator's terminal: it starts the headless master and draws what the master tells it.
///
/// A stalled terminal delays pictures and nothing else; the master's end, however it comes, ends with the
/// terminal as it was found.
final class FrontProcess {
    private enum Kind {
        static let signal: UInt8 = 1
        static let master: UInt8 = 2
        static let stream: UInt8 = 3
        static let errors: UInt8 = 4
        static let terminal: UInt8 = 5
    }

    /// Where the front's life stands.
    private enum Life: Equatable {
        case running
        /// The master was told to stop; it is killed at the deadline, nanoseconds.
        case stopping(deadline: Int64)
    }

    /// Ten pictures a second.
    private static let framePeriod: Int64 = 100_000_000
    /// A signal has to end everything within 5 s; the master's own deadlines add up to 4.5 s.
    private static let stopDeadline: Int64 = 4_700_000_000
    /// How long the terminal may take to accept its restoration.
    private static let restoreMilliseconds = 200
    /// What is kept of the master's standard error, to be shown when it is gone.
    private static let errorBytes = 8192

    private let poller: Poller
    private let signals: SignalSource
    private let master: ChildProcess
    private let stream: ByteStream
    private let errors: ByteStream
    private var parser = EventStreamParser()
    private var model = LiveModel()
    private var monitor = Monitor(.servingHere)
    private var screen: TerminalScreen?
    private var canvas = CellCanvas(columns: 80, rows: 24, glyphs: .ascii)
    private var errorText: [UInt8] = []
    private var life = Life.running
    private var now = MonotonicClock.now()
    private var nextFrame: Int64 = 0
    private var isWatchedForWriting = false
    private var hasTriedScreen = false
    /// Why there is no picture, until that was said.
    private var screenComplaint: String?
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 8)

    /// Starts the master with the same arguments.
    init(arguments: [String]) throws(SystemError) {
        ChildProcess.closeInheritedOnExec()
        SignalSource.ignore(SIGPIPE)
        SignalSource.restoreDefault(SIGCHLD)
        // Suspending would leave the shell a terminal it cannot use.
        SignalSource.ignore(SIGTSTP)
        let signals = try SignalSource([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH])
        let poller = try Poller(capacity: 16)
        let frames = try SocketPair()
        let messages = try SocketPair()
        let null = try Descriptor.opening("/dev/null", flags: O_RDWR)
        let master = try ChildProcess(
            executable: try ChildProcess.ownExecutable(),
            arguments: ["pointerscope", Role.master.rawValue, String(InheritedDescriptor.front)] + arguments,
            inherited: [
                .init(null.raw, as: 0), .init(null.raw, as: 1), .init(messages.second.raw, as: 2),
                .init(frames.second.raw, as: InheritedDescriptor.front),
            ], newSession: true)
        try poller.add(signals.raw, for: .readable, token: Token(kind: Kind.signal))
        try poller.add(master.raw, for: .readable, token: Token(kind: Kind.master))
        try poller.add(frames.first.raw, for: .readable, token: Token(kind: Kind.stream))
        try poller.add(messages.first.raw, for: .readable, token: Token(kind: Kind.errors))
        self.signals = signals
        self.poller = poller
        self.master = master
        stream = ByteStream(frames.first)
        errors = ByteStream(messages.first)
    }

    deinit { room.deallocate() }

    /// Draws until the master is gone; returns the exit status.
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
            if case .stopping(let deadline) = life, now >= deadline { master.signal(SIGKILL) }
            drawIfDue()
        }
    }

    private func timeoutMilliseconds() -> Int32 {
        var next = Int64.max
        if screen != nil { next = nextFrame }
        if case .stopping(let deadline) = life { next = min(next, deadline) }
        guard next < .max else { return -1 }
        return Int32(clamping: max(0, (next - MonotonicClock.now() + 999_999) / 1_000_000))
    }

    private func dispatch(_ event: ReadyEvent) {
        switch event.token.kind {
        case Kind.signal:
            while let signal = signals.next() {
                if signal == SIGWINCH { resize() } else { stop() }
            }
        case Kind.stream: readStream()
        case Kind.errors: readErrors()
        case Kind.terminal:
            if event.isReadable { readKeys() }
            if event.isWritable { pump() }
        default: break
        }
    }

    // MARK: The master

    private func stop() {
        guard life == .running else { return }
        life = .stopping(deadline: now + Self.stopDeadline)
        master.signal(SIGTERM)
    }

    private func readStream() {
        guard case .bytes(let count) = stream.read(into: room) else {
            // Its exit is reported by its own descriptor.
            return poller.remove(stream.raw)
        }
        let bytes = UnsafeRawBufferPointer(rebasing: room[..<count])
        var offset = 0
        do throws(EventStreamError) {
            while let message = try parser.next(bytes, offset: &offset) {
                model.link = .live
                _ = model.apply(event: message.event, data: message.data, now: now)
            }
        } catch {
            poller.remove(stream.raw)
        }
        if model.link == .live, !hasTriedScreen { openScreen() }
        complainOfScreen()
    }

    private func readErrors() {
        guard case .bytes(let count) = errors.read(into: room) else { return poller.remove(errors.raw) }
        errorText += room[..<count]
        if errorText.count > Self.errorBytes { errorText.removeFirst(errorText.count - Self.errorBytes) }
    }

    /// The master is gone: the terminal comes first, then what there is to say.
    private func finish(_ status: ExitStatus) -> Int32 {
        readErrors()
        screen?.restore(withinMilliseconds: Self.restoreMilliseconds)
        let isOrdered = life != .running
        switch status {
        case .exited(0) where isOrdered:
            return ExitCode.success.rawValue
        case .exited(let code) where !hasTriedScreen:
            say(errorText)
            return code == 0 ? ExitCode.software.rawValue : code
        case .exited, .signaled:
            say(errorText)
            say(Array("pointerscope: the server ended unexpectedly: \(status.text)\n".utf8))
            return ExitCode.software.rawValue
        }
    }

    /// Writes to standard error as far as a terminal that may be stalled takes it.
    private func say(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var poll = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard Glibc.poll(&poll, 1, 100) == 1, poll.revents & Int16(POLLOUT) != 0 else { return }
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    // MARK: The terminal

    /// Says why there is no picture, once it can be said where the server is.
    private func complainOfScreen() {
        guard let reason = screenComplaint, !model.status.ingestAddress.isEmpty else { return }
        screenComplaint = nil
        let addresses = "ingest \(model.status.ingestAddress), http \(model.status.httpAddress)"
        complain("no graph on this terminal: \(reason); serving all the same (\(addresses))")
    }

    private func openScreen() {
        hasTriedScreen = true
        setlocale(LC_ALL, "")
        do throws(TerminalError) {
            let screen = try TerminalScreen(descriptor: STDIN_FILENO)
            self.screen = screen
            canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
            do throws(SystemError) {
                try poller.add(screen.descriptor, for: .readable, token: Token(kind: Kind.terminal))
            } catch { stop() }
            nextFrame = now
        } catch {
            screenComplaint = error.reason
        }
    }

    private func readKeys() {
        guard let screen else { return }
        let result = screen.readInput(now: now) { input in
            switch monitor.receive(input, &model, now: now) {
            case .none, .settingsChanged, .detach, .suspend: break
            case .quit: stop()
            case .redraw: screen.redraw()
            }
            nextFrame = now
        }
        if result == .closed {
            poller.remove(screen.descriptor)
            stop()
        }
    }

    private func resize() {
        guard let screen, screen.resize() else { return }
        canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
        nextFrame = now
    }

    private func drawIfDue() {
        guard let screen, now >= nextFrame else { return }
        // An ESC that nothing followed is a key by now.
        if screen.awaitsKey { readKeys() }
        nextFrame = now + Self.framePeriod
        pump()
        guard screen.canDraw else { return }
        monitor.draw(&model, on: &canvas, now: now)
        screen.draw(canvas)
        pump()
    }

    private func pump() {
        guard let screen else { return }
        switch screen.pump() {
        case .idle: watchTerminal(forWriting: false)
        case .pending: watchTerminal(forWriting: true)
        case .failed:
            poller.remove(screen.descriptor)
            stop()
        }
    }

    private func watchTerminal(forWriting: Bool) {
        guard let screen, forWriting != isWatchedForWriting else { return }
        isWatchedForWriting = forWriting
        let interest: Interest = forWriting ? [.readable, .writable] : .readable
        try? poller.modify(screen.descriptor, for: interest, token: Token(kind: Kind.terminal))
    }
}

extension Monitor.Configuration {
    /// For the front of a server that ends with it.
    fileprivate static var servingHere: Self {
        var configuration = Self()
        configuration.quitting = .stopsServer
        return configuration
    }
}

/// Runs the server behind this terminal.
func serveWithFront(_ settings: ServeSettings, arguments: [String]) -> Int32 {
    do throws(SystemError) {
        return try FrontProcess(arguments: arguments).run()
    } catch {
        complain(error.text)
        return ExitCode.system.rawValue
    }
}
