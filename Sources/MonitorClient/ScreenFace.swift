import ByteCore
import Glibc
import LiveModel
import PosixIO
import TerminalGraph

/// The picture on a terminal, and the hands of whoever sits at it.
///
/// A picture is made when something changed or a second passed, never faster than was asked for, and never
/// while the terminal still owes us the one before.
final class ScreenFace {
    private enum Presence {
        case shown
        /// The terminal is the shell's, or another job's, until we are its foreground again; `wasGivenBack`
        /// where nobody stopped us behind our back.
        case away(wasGivenBack: Bool)
    }

    /// How long the terminal may take to accept its restoration.
    private static let restoreMilliseconds = 200
    /// How long a word stays, and one that may explain how everything looks.
    private static let noticeSeconds: Int64 = 5
    private static let remarkNanoseconds = 10 * second
    /// How long such a word stays whatever hands do: they may have been at it before it could be read.
    private static let leastRemarkNanoseconds = 2 * second
    /// The least time between two pictures: shorter than an eye sees, and a flood of keys costs no more.
    private static let handlePeriod: Int64 = 12_000_000
    /// Ages and silence tick by the second; so does the look for the foreground while we are away.
    private static let second: Int64 = 1_000_000_000

    private let screen: TerminalScreen
    private let token: Token
    private var monitor: Monitor
    private var canvas: CellCanvas
    private var keeper: SettingsKeeper
    private let drawing: DrawingSettings
    /// The theme that is drawn with; nil for the one that was asked for.
    private var theme: String?
    private var presence = Presence.shown
    private var hasNews = true
    /// Whether a hand moved since the last picture: the next one does not wait for its time.
    private var isHandled = false
    private var drawnAt: Int64 = 0
    /// How long the last picture's bytes are to last.
    private var bytesLast: Int64 = 0
    private var checkedAt: Int64 = 0
    private var isWatchedForWriting = false
    private var isShowing = false
    /// A word of ours on the last row, until when, and from when on a hand takes it away.
    private var notice: (text: String, until: Int64, goesByHandFrom: Int64)?
    /// What the server is to do, confirmed, until the owner takes it up.
    var deed: OperatorDeed?

    /// Takes over the terminal on standard output and shows nothing yet; `token` marks its events, `remark`
    /// is said with the first picture.
    init(
        _ drawing: DrawingSettings, _ configuration: Monitor.Configuration, _ file: SettingsFile?,
        remark: String?, token: Token, _ poller: borrowing Poller
    ) throws(TerminalError) {
        screen = try TerminalScreen(descriptor: STDOUT_FILENO, traits: drawing.traits)
        canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
        monitor = Monitor(configuration)
        keeper = SettingsKeeper(file: file)
        self.drawing = drawing
        self.token = token
        try? poller.add(screen.descriptor, for: .readable, token: token)
        guardTerminal()
        // A job in the background looks first; this is for the moment between the look and the act.
        SignalSource.ignore(SIGTTOU)
        adoptTheme()
        let remarks = [screen.remark, remark].compactMap { $0 }
        if !remarks.isEmpty {
            let (now, text) = (MonotonicClock.now(), remarks.joined(separator: "; "))
            notice = (text, now + Self.remarkNanoseconds, now + Self.leastRemarkNanoseconds)
        }
    }

    /// When `tick` has something to do next.
    var nextDeadline: Int64 {
        guard case .shown = presence else { return checkedAt + Self.second }
        return min(drawnAt + wait, keeper.deadline ?? .max, screen.keyDeadline ?? .max)
    }

    /// How long the picture of now stays: what a hand did is seen at once, what the server says in its time.
    private var wait: Int64 {
        let period = Self.second / Int64(max(monitor.picturesPerSecond, 1))
        return isHandled
            ? min(period, Self.handlePeriod) : hasNews ? max(period, bytesLast) : Self.second
    }

    /// Takes in that the model is another one now.
    func noteNews() { hasNews = true }

    /// Shows `text` on the last row for a moment.
    func say(_ text: String, now: Int64) {
        notice = (text, now + Self.noticeSeconds * Self.second, now)
        isHandled = true
    }

    // MARK: Hands

    /// Takes what the poller found.
    func handle(
        _ event: ReadyEvent, _ model: inout LiveModel, _ poller: borrowing Poller, now: Int64
    ) -> SessionWish {
        guard case .shown = presence else { return .none }
        var wish = SessionWish.none
        if event.isReadable { wish = readInput(&model, poller, now: now) }
        if event.isWritable, !pump(&model, poller, now: now) { return .close }
        return wish
    }

    private func readInput(
        _ model: inout LiveModel, _ poller: borrowing Poller, now: Int64
    ) -> SessionWish {
        var commands: [Monitor.Command] = []
        let result = screen.readInput(now: now) { input in
            if input.isByHand, let said = notice, now >= said.goesByHandFrom { notice = nil }
            commands.append(monitor.receive(input, &model, now: now))
            isHandled = true
        }
        adoptTheme()
        var wish = SessionWish.none
        for command in commands {
            switch command {
            case .none: break
            case .quit: wish = .close
            // Who confirmed that the server is to stop means it, whatever was typed behind.
            case .detach where wish != .close: wish = .detach
            case .suspend where wish != .close: wish = .suspend
            case .detach, .suspend: break
            case .redraw: screen.redraw()
            case .operate(let confirmed): deed = confirmed
            case .settingsChanged: keeper.changed(now: now)
            case .copy(let text):
                say(
                    screen.copy(text)
                        ? "copied, if this terminal may: \(text)" : "this terminal has no clipboard: \(text)",
                    now: now)
            case .write(let format, let name): say(write(format, name, &model, now: now), now: now)
            }
        }
        guard result == .open else {
            poller.remove(screen.descriptor)
            return .close
        }
        return wish
    }

    // MARK: Pictures

    /// Does what is due.
    func tick(_ model: inout LiveModel, _ poller: borrowing Poller, now: Int64) -> SessionWish {
        keeper.writeIfDue(now: now) { monitor.settings.text }
        guard case .shown = presence else {
            if now >= checkedAt + Self.second { comeBack(poller, now: now) }
            return .none
        }
        // An ESC that nothing followed is a key by now.
        var wish = SessionWish.none
        if let due = screen.keyDeadline, now >= due { wish = readInput(&model, poller, now: now) }
        guard now >= drawnAt + wait else { return wish }
        guard JobControl.isInForeground(screen.descriptor) else {
            leave(poller, now: now)
            return wish
        }
        guard pump(&model, poller, now: now) else { return .close }
        // Looked at again after a whole period, or the loop would spin on a terminal that is behind.
        drawnAt = now
        guard screen.canDraw else {
            // It is drawn once the terminal takes more, in its time.
            hasNews = hasNews || isHandled
            isHandled = false
            return wish
        }
        monitor.draw(&model, on: &canvas, now: now)
        if let notice, now < notice.until, !monitor.needsLastRow { canvas.writeNotice(notice.text) }
        screen.draw(canvas)
        bytesLast = Pace.nanoseconds(
            bytes: screen.pendingBytes, columns: canvas.columns, rows: canvas.rows)
        // Behind the picture: one that waits lets no other in front of it.
        if monitor.takeBell() { screen.ring() }
        hasNews = false
        isHandled = false
        isShowing = true
        return pump(&model, poller, now: now) ? wish : .close
    }

    private func adoptTheme() {
        guard theme != monitor.theme else { return }
        theme = monitor.theme
        screen.adopt(shownTheme)
    }

    private var shownTheme: Theme { theme.flatMap { Theme.named($0) } ?? drawing.theme }

    /// Puts what is seen into a file; returns what is to be said of it.
    private func write(_ format: PictureFormat, _ name: String, _ model: inout LiveModel, now: Int64)
        -> String
    {
        monitor.draw(&model, on: &canvas, now: now)
        var file = PictureFile(format, view: monitor.settings.view.rawValue, name: name)
        switch format {
        case .text: file.take(canvas)
        case .svg: file.text.append(text: CanvasSVG.text(of: canvas, theme: shownTheme))
        case .csv: file.text.append(text: monitor.table(&model))
        case .json: PictureReport.append(&model, url: nil, FirstLook(), now: now, to: &file.text)
        }
        return file.write()
    }

    /// Writes what is pending; false when the terminal is gone.
    private func pump(_ model: inout LiveModel, _ poller: borrowing Poller, now: Int64) -> Bool {
        switch screen.pump() {
        case .idle:
            if isShowing { model.noteShown(now: MonotonicClock.now()) }
            isShowing = false
            watch(forWriting: false, poller)
        case .pending: watch(forWriting: true, poller)
        case .failed:
            poller.remove(screen.descriptor)
            return false
        }
        return true
    }

    private func watch(forWriting: Bool, _ poller: borrowing Poller) {
        guard forWriting != isWatchedForWriting else { return }
        isWatchedForWriting = forWriting
        let interest: Interest = forWriting ? [.readable, .writable] : .readable
        try? poller.modify(screen.descriptor, for: interest, token: token)
    }

    /// Takes the window's size of now.
    func resize() {
        guard case .shown = presence, screen.resize() else { return }
        adoptSize()
    }

    private func adoptSize() {
        canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: screen.glyphs)
        hasNews = true
        drawnAt = 0
    }

    // MARK: Coming and going

    /// Gives the terminal back for the time being and stops this process until the shell wants it again.
    func suspend(wholeJob: Bool, _ poller: borrowing Poller) {
        leave(poller, now: MonotonicClock.now())
        if wholeJob { JobControl.stopJob() } else { JobControl.stopProcess() }
        comeBack(poller, now: MonotonicClock.now())
    }

    /// Takes in SIGCONT: where somebody stopped us without a word, the terminal has other modes by now.
    func resumed(_ poller: borrowing Poller, now: Int64) {
        leave(poller, now: now)
        comeBack(poller, now: now)
    }

    private func leave(_ poller: borrowing Poller, now: Int64) {
        guard case .shown = presence else { return }
        // In the background its modes are another's, and not to be touched.
        let isOurs = JobControl.isInForeground(screen.descriptor)
        CrashGuard.disarm()
        if isOurs { screen.suspend(withinMilliseconds: Self.restoreMilliseconds) }
        presence = .away(wasGivenBack: isOurs)
        checkedAt = now
        // Reading from the background would stop us, or fail for good.
        poller.remove(screen.descriptor)
    }

    private func comeBack(_ poller: borrowing Poller, now: Int64) {
        checkedAt = now
        guard case .away(let wasGivenBack) = presence, JobControl.isInForeground(screen.descriptor) else {
            return
        }
        if !wasGivenBack { screen.suspend(withinMilliseconds: Self.restoreMilliseconds) }
        presence = .shown
        screen.resume()
        guardTerminal()
        isWatchedForWriting = false
        try? poller.add(screen.descriptor, for: .readable, token: token)
        adoptSize()
    }

    private func guardTerminal() {
        let ending = screen.emergency
        CrashGuard.arm(descriptor: screen.descriptor, modes: ending.modes, bytes: ending.bytes)
    }

    /// Gives the terminal back for good and returns what is to be said then.
    func close() -> String? {
        CrashGuard.disarm()
        if case .shown = presence { screen.restore(withinMilliseconds: Self.restoreMilliseconds) }
        keeper.writeIfDue { monitor.settings.text }
        return keeper.complaint
    }
}
