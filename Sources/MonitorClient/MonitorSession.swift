import Glibc
import LiveModel
import PosixIO
import TerminalGraph

/// What a person, a signal or the end of a reader asks of the process that shows the picture.
enum SessionWish: Equatable {
    case none
    /// Be done: somebody quit, or nobody is there any more.
    case close
    /// Leave the server running without a terminal.
    case detach
    /// Stop as a shell's job; the session does that itself.
    case suspend
    /// Standard output cannot be written to, and why.
    case fail(String)
}

/// The picture of a server, and how it is shown: everything that `top` and the front of `serve` share. What
/// the server says comes from their two transports.
final class MonitorSession {
    /// What the owner decides at the start.
    struct Plan {
        var drawing: DrawingSettings
        var output = TopSettings.Output.live
        /// Whether there is a terminal to draw on and to read keys from.
        var hasTerminal: Bool
        /// Nil for the server behind this terminal.
        var url: String?
        var canDetach = false
        /// Whether the owner can ask the server for something.
        var operates = false
        var settingsFile: SettingsFile?
    }

    private enum Face {
        case none
        case screen(ScreenFace)
        case lines(LineFace)
    }

    /// What a process with a session takes from its loop instead of by default.
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT]

    private let plan: Plan
    private let token: Token
    private var model = LiveModel(seed: .random(in: .min ... .max))
    private var reader = FrameReader()
    private var face = Face.none
    /// What is to be said of a locale that could not be had.
    private let localeRemark: String?
    /// Why there is a line a second although a picture was wanted.
    private var screenComplaint: String?
    /// The number of the incident that tells what was asked for, while the server has not answered.
    private var request: Int?

    /// Prepares a session; `kind` marks its events in the poller. Nothing is shown before the server has
    /// spoken.
    init(_ plan: Plan, kind: UInt8) {
        self.plan = plan
        token = Token(kind: kind)
        localeRemark = TerminalTraits.adoptLocale(for: plan.drawing.glyphs)
    }

    /// When `tick` has something to do next; nil for never.
    var nextDeadline: Int64? {
        switch face {
        case .none: nil
        case .screen(let screen): screen.nextDeadline
        case .lines(let lines): lines.nextDeadline
        }
    }

    // MARK: The server

    /// Whether the stream that is open has said anything yet.
    var hasStream: Bool { reader.hasSpoken }
    /// Whether any stream ever has.
    var hasEverSpoken: Bool { reader.hasEverSpoken }
    /// The server's last word before this stream, to go on from.
    var lastEventID: [UInt8] { reader.lastEventID }
    /// How long the server wants to be left alone before somebody connects again.
    var retryMilliseconds: Int { reader.retryMilliseconds }
    /// Why the stream that was open has ended, where nobody is signed in on it any more.
    var signedOut: SignedOut? { reader.signedOut }
    /// Whether the server said that it goes on without us.
    var isDetached: Bool { reader.isDetached }
    /// Whether what was asked for once is known, and on its way out as fast as it is read.
    var hasAnswer: Bool {
        if case .lines = face { true } else { false }
    }
    /// The visitor that somebody looks at, by id; empty for nobody, also where they have left.
    var lookedAt: [UInt8] {
        guard case .screen = face, let followed = model.followed, !followed.hasLeft else { return [] }
        return Array(followed.id.utf8)
    }
    /// Where the server can be watched, as it says itself.
    var httpAddress: String { model.status.httpAddress }

    /// Takes in that another stream begins.
    func beginStream() {
        reader.begin()
        model.connectionLost()
    }

    /// Takes in what a stream says; returns why it cannot be read on, if it cannot.
    func hear(_ bytes: UnsafeRawBufferPointer, now: Int64) -> StreamFailure? {
        let failure = unsafe reader.read(bytes, into: &model, now: now)
        if reader.hasSpoken { model.connectionHeld(now: now) }
        noteNews()
        return failure
    }

    /// Takes in that there is no stream, and that `attempt` tries have failed, the last as `loss` says.
    func lostStream(attempt: Int, _ loss: ConnectionLoss, now: Int64) {
        model.lostConnection(attempt: attempt, loss, now: now)
        noteNews()
    }

    private func noteNews() {
        if case .screen(let screen) = face { screen.noteNews() }
    }

    // MARK: The loop

    /// Takes what the poller found.
    func handle(_ event: ReadyEvent, _ poller: borrowing Poller, now: Int64) -> SessionWish {
        switch face {
        case .none: return .none
        case .screen(let screen):
            return obey(screen.handle(event, &model, poller, now: now), poller, wholeJob: true)
        case .lines(let lines): return lines.handle(event, poller)
        }
    }

    /// Takes a signal.
    func take(_ signal: Int32, _ poller: borrowing Poller, now: Int64) -> SessionWish {
        switch signal {
        case SIGTSTP: return obey(.suspend, poller, wholeJob: false)
        case SIGCONT:
            if case .screen(let screen) = face { screen.resumed(poller, now: now) }
        case SIGWINCH:
            if case .screen(let screen) = face { screen.resize() }
        default:
            if signal == SIGINT, case .lines(let lines) = face { lines.interrupted(poller) }
            return .close
        }
        return .none
    }

    /// Does what is due.
    func tick(_ poller: borrowing Poller, now: Int64) -> SessionWish {
        if case .none = face, reader.hasEverSpoken { openFace(poller, now: now) }
        switch face {
        case .none: return .none
        case .screen(let screen):
            return obey(screen.tick(&model, poller, now: now), poller, wholeJob: true)
        case .lines(let lines): return lines.tick(&model, poller, now: now)
        }
    }

    private func obey(_ wish: SessionWish, _ poller: borrowing Poller, wholeJob: Bool) -> SessionWish {
        guard wish == .suspend else { return wish }
        if case .screen(let screen) = face {
            screen.suspend(wholeJob: wholeJob, poller)
        } else {
            JobControl.stopProcess()
        }
        return .none
    }

    /// Shows `text` for a moment, where there is a picture to show it in.
    func say(_ text: String, now: Int64) {
        if case .screen(let screen) = face { screen.say(text, now: now) }
    }

    // MARK: What is asked of the server

    /// What somebody here wants the server to do, once.
    func takeDeed() -> OperatorDeed? {
        guard case .screen(let screen) = face else { return nil }
        return screen.deed.take()
    }

    /// Takes in that the server was asked.
    func begin(_ deed: OperatorDeed, now: Int64) {
        request = model.asked(deed.words, now: now)
        say("\(deed.words): asked for", now: now)
    }

    /// Takes in what came of it.
    func learn(_ outcome: OperatorOutcome?, now: Int64) {
        guard let outcome, let request else { return }
        self.request = nil
        model.answered(request, outcome.words, isDone: outcome.isDone, pid: outcome.deed.pid)
        say("\(outcome.deed.words): \(oneLine(outcome.words))", now: now)
    }

    /// Gives the terminal back, keeps the settings, and returns what is to be said then.
    func close() -> String? {
        switch face {
        case .none: return nil
        case .screen(let screen): return screen.close()
        case .lines:
            NonblockingOutput.settle(withinMilliseconds: TopLimits.settleMilliseconds)
            return nil
        }
    }

    // MARK: The face

    private func openFace(_ poller: borrowing Poller, now: Int64) {
        let wantsScreen = plan.output == .live && plan.hasTerminal && !plan.drawing.isPlain
        if wantsScreen, screenComplaint == nil {
            // A job in the background has to wait for the terminal; the next message looks again.
            guard JobControl.isInForeground(STDOUT_FILENO) else { return }
            do throws(TerminalError) {
                face = .screen(try openScreen(poller))
                return
            } catch {
                screenComplaint = error.reason
            }
        }
        openLines(poller)
    }

    private func openScreen(_ poller: borrowing Poller) throws(TerminalError) -> ScreenFace {
        var configuration = Monitor.Configuration()
        configuration.quitting = plan.url == nil ? .stopsServer : .leaves
        configuration.canDetach = plan.canDetach
        configuration.operates = plan.operates
        configuration.title = plan.url
        configuration.theme = plan.drawing.themeName
        configuration.isThemeGiven = plan.drawing.isThemeGiven
        configuration.picturesPerSecond = plan.drawing.picturesPerSecond
        configuration.isRateGiven = plan.drawing.isRateGiven
        configuration.settingsPath = plan.settingsFile?.path
        if let file = plan.settingsFile { configuration.settings = MonitorSettings(parsing: file.read()) }
        plan.drawing.firstLook.adopt(into: &configuration)
        return try ScreenFace(
            plan.drawing, configuration, plan.settingsFile, remark: localeRemark, token: token, poller)
    }

    private func openLines(_ poller: borrowing Poller) {
        let format: LineFace.Format
        switch plan.output {
        case .once(let isJSON): format = .once(isJSON: isJSON)
        case .jsonLines: format = .json
        case .live: format = .summary
        }
        guard model.hasWholePicture, model.hasStatus else { return }
        var greeting: String?
        let reason = screenComplaint.map {
            "no graph on this terminal: \(oneLine($0)); a line a second instead"
        }
        if plan.url == nil {
            let publicURL = model.status.publicURL
            let addresses =
                "ingest \(model.status.ingestAddress), http \(model.status.httpAddress)"
                + (publicURL.isEmpty ? "" : ", \(publicURL)")
            greeting = "pointerscope: \(reason.map { "\($0); " } ?? "")\(addresses)"
        } else if let reason {
            complain(reason)
        }
        face = .lines(
            LineFace(format, url: plan.url, plan.drawing, greeting: greeting, token: token, poller))
    }
}
