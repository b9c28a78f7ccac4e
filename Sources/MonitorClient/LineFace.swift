import ByteCore
import Glibc
import LiveModel
import PosixIO
import TerminalGraph

/// Text on standard output instead of a picture: a line a second, or one answer.
final class LineFace {
    enum Format {
        /// A summary a second.
        case summary
        /// A JSON object a second.
        case json
        /// What `--once` prints, as soon as the picture is whole.
        case once(isJSON: Bool)
    }

    private let format: Format
    private let url: String?
    private let drawing: DrawingSettings
    private let output = NonblockingOutput(sharing: STDOUT_FILENO)
    private let token: Token
    private var summary: SummaryLine
    private var nextLine: Int64 = 0
    private var isDone = false
    private var isWatchedForWriting = false

    private static let period: Int64 = 1_000_000_000

    /// Writes in `format`; `greeting` is a line in front of all others. `token` marks this object's events.
    init(
        _ format: Format, url: String?, _ drawing: DrawingSettings, greeting: String? = nil, token: Token,
        _ poller: borrowing Poller
    ) {
        self.format = format
        self.url = url
        self.drawing = drawing
        self.token = token
        summary = SummaryLine(glyphs: drawing.traits.glyphs)
        if let greeting { output.append { $0.append(text: greeting + "\n") } }
        // Without any interest it is still told when whoever reads has gone.
        if let descriptor = output.descriptor { try? poller.add(descriptor, for: [], token: token) }
    }

    /// When `tick` has something to do next; nil for with the next message.
    var nextDeadline: Int64? {
        if case .once = format { return nil }
        return nextLine
    }

    /// Takes what the poller found.
    func handle(_ event: ReadyEvent, _ poller: borrowing Poller) -> SessionWish {
        if event.isReadable { output.readerIsGone() }
        return pump(poller)
    }

    /// Writes what is due; a line that nobody took yet lets the next one wait.
    func tick(_ model: inout LiveModel, _ poller: borrowing Poller, now: Int64) -> SessionWish {
        guard now >= nextLine, !isDone else { return .none }
        nextLine = now + Self.period
        guard output.isIdle else { return pump(poller) }
        switch format {
        case .summary:
            let time = SummaryLine.timeOfDay(epochNanoseconds: MonotonicClock.wallClock())
            let line = summary.text(&model, now: now, time: time)
            output.append { $0.append(text: line + "\n") }
        case .json:
            output.append { PictureReport.append(&model, url: url, drawing.firstLook, now: now, to: &$0) }
        case .once(let isJSON):
            isDone = true
            if isJSON {
                output.append { PictureReport.append(&model, url: url, drawing.firstLook, now: now, to: &$0) }
            } else {
                output.append { OncePicture.append(&model, url: url, drawing, now: now, to: &$0) }
            }
        }
        return pump(poller)
    }

    /// Ends the line in which a terminal shows `^C`, so that the shell's prompt does not stand behind it.
    func interrupted(_ poller: borrowing Poller) {
        guard isatty(STDOUT_FILENO) == 1, output.isIdle else { return }
        output.append { $0.append("\n") }
        _ = pump(poller)
    }

    private func pump(_ poller: borrowing Poller) -> SessionWish {
        switch output.pump() {
        case .idle:
            watch(forWriting: false, poller)
            return isDone ? .close : .none
        case .pending:
            watch(forWriting: true, poller)
            return .none
        case .closed: return .close
        case .failed(let code): return .fail(SystemError("write", code: code).text)
        }
    }

    private func watch(forWriting: Bool, _ poller: borrowing Poller) {
        guard forWriting != isWatchedForWriting, let descriptor = output.descriptor else { return }
        isWatchedForWriting = forWriting
        try? poller.modify(descriptor, for: forWriting ? .writable : [], token: token)
    }
}
