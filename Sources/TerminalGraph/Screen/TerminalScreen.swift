import ByteCore
import Glibc

/// A terminal taken over for a full-screen picture, and given back as it was found.
///
/// Nothing here ever waits, except `restore`, which does so for a time that is given. The picture's bytes go
/// the way of
/// ```
/// canvas ─▶ ncurses ─▶ file in memory ─▶ pending ─▶ terminal
///  draw(_:), when nothing is pending       pump(), when it can be written to
/// ```
/// so that a terminal that is not read delays the next picture and nothing else.
public final class TerminalScreen {
    /// How far `pump` got.
    public enum PumpResult: Sendable, Equatable {
        /// Everything is written.
        case idle
        /// The terminal takes no more now; go on when it can be written to.
        case pending
        /// The terminal is gone.
        case failed
    }

    /// How reading input ended.
    public enum InputResult: Sendable, Equatable {
        case open
        /// The terminal is gone.
        case closed
    }

    /// What the person should know of how this is drawn; nil where there is nothing.
    public let remark: String?
    /// The signs that may be drawn.
    public let glyphs: Glyphs
    /// Columns and rows of the terminal, cut to what a canvas can have; 80x24 where it does not know.
    public private(set) var columns = 80
    public private(set) var rows = 24

    /// Whose the terminal is.
    enum Life {
        case taken
        /// The shell's for a while.
        case suspended
        /// The shell's for good.
        case restored
    }

    let line: TerminalLine
    var modes: TerminalModes
    let curses: CursesWindow
    let reports: TerminalReports
    var pending = ByteBuffer(capacity: 16 * 1024)
    var decoder = InputDecoder()
    var hasDrawn = false
    var hasFailed = false
    var life = Life.taken
    /// When the last byte was read.
    private var readNanoseconds: Int64 = 0

    /// Takes over the terminal that `descriptor` is open on; the descriptor stays the caller's.
    ///
    /// `TerminalTraits.adoptLocale` must have been called.
    public convenience init(
        descriptor: Int32, traits: TerminalTraits = .current()
    ) throws(TerminalError) {
        try self.init(line: TerminalLine(descriptor), traits: traits)
    }

    init(line: consuming TerminalLine, traits: TerminalTraits) throws(TerminalError) {
        glyphs = traits.glyphs
        modes = try TerminalModes(of: line.descriptor)
        let size = line.size ?? (columns, rows)
        // Before the modes, because this one can say no.
        curses = try CursesWindow(traits: traits, columns: size.columns, rows: size.rows)
        remark = curses.substitute.map { "TERM=\(traits.name ?? "") is unknown here: drawn as \($0)" }
        try modes.enterFullScreen(line.descriptor)
        self.line = line
        reports = TerminalReports(traits: traits, hasMouse: curses.hasMouse)
        adopt(columns: size.columns, rows: size.rows)
    }

    deinit { restore(withinMilliseconds: 0) }

    /// To be watched for input, and for room while `pump` says `.pending`.
    public var descriptor: Int32 { line.descriptor }

    /// Bytes that the terminal has not taken yet: behind `draw`, those of the picture.
    public var pendingBytes: Int { unsafe pending.readable.count }

    /// Whether a picture drawn now would not have to wait behind another.
    public var canDraw: Bool { pending.isEmpty && !hasFailed && life == .taken }

    /// Turns `canvas`, which has this screen's size, into bytes for `pump`; a picture too many is left out.
    public func draw(_ canvas: CellCanvas) {
        guard canDraw, canvas.columns == columns, canvas.rows == rows else { return }
        if !hasDrawn { pending.append(text: reports.start) }
        hasDrawn = true
        curses.show(canvas)
        curses.takeOutput(into: &pending)
    }

    /// Paints every cell with the next picture.
    public func redraw() {
        guard life == .taken else { return }
        curses.repaint()
    }

    /// Draws with these colours from the next picture on.
    public func adopt(_ theme: Theme) { curses.adopt(theme) }

    /// Puts a text on the clipboard of whoever sits at the terminal; false where it cannot have one.
    ///
    /// Most terminals do as they are told, some ask first, and some do nothing (xterm's ctlseqs, OSC 52).
    public func copy(_ text: String) -> Bool {
        guard life == .taken, !hasFailed, reports.hasClipboard else { return false }
        pending.append(text: "\u{1B}]52;c;\(Base64.text(of: text.utf8))\u{7}")
        return true
    }

    /// Rings the bell, behind whatever was drawn.
    public func ring() {
        guard life == .taken, !hasFailed else { return }
        pending.append(text: "\u{7}")
    }

    /// Takes the terminal's size of now, to be called after SIGWINCH, and says whether it is another.
    @discardableResult
    public func resize() -> Bool {
        guard life == .taken, let size = line.size else { return false }
        let before = (columns, rows)
        guard size != before else { return false }
        adopt(columns: size.columns, rows: size.rows)
        return (columns, rows) != before
    }

    func adopt(columns: Int, rows: Int) {
        self.columns = min(columns, Limits.canvasColumns)
        self.rows = min(rows, Limits.canvasRows)
        curses.resize(columns: self.columns, rows: self.rows)
    }

    /// Writes what is pending, as far as the terminal takes it.
    public func pump() -> PumpResult {
        guard !hasFailed else { return .failed }
        var budget = Limits.writeBytes
        while !pending.isEmpty {
            guard budget > 0 else { return .pending }
            let piece = unsafe UnsafeRawBufferPointer(rebasing: pending.readable.prefix(budget))
            switch unsafe line.write(piece) {
            case .moved(let count):
                pending.consume(count)
                budget -= count
            case .blocked: return .pending
            case .gone:
                hasFailed = true
                return .failed
            }
        }
        return .idle
    }

    /// Reads what was typed, clicked and pasted and hands it to `body`; `now` is in monotonic nanoseconds.
    ///
    /// To be called when the terminal can be read, and once more at `keyDeadline`.
    public func readInput(now: Int64, _ body: (TerminalInput) -> Void) -> InputResult {
        switch life {
        case .taken: break
        case .suspended: return .open
        case .restored: return .closed
        }
        return unsafe withUnsafeTemporaryAllocation(byteCount: Limits.readBytes, alignment: 1) { bytes in
            switch unsafe line.read(into: bytes) {
            case .moved(let count):
                // What comes so late after an ESC does not belong to it.
                expireEscape(now: now, body)
                for index in 0..<count {
                    let byte = unsafe bytes[index]
                    decoder.consume(byte).map(body)
                }
                readNanoseconds = now
                return .open
            case .blocked:
                expireEscape(now: now, body)
                return .open
            case .gone:
                return .closed
            }
        }
    }

    private func expireEscape(now: Int64, _ body: (TerminalInput) -> Void) {
        guard let deadline = keyDeadline, now >= deadline else { return }
        decoder.expire().map(body)
    }

    /// When an ESC that was read is the key of that name, and an answer that stands still has broken off, in
    /// monotonic nanoseconds; nil where there is neither.
    public var keyDeadline: Int64? {
        guard life == .taken, let patience = decoder.patienceNanoseconds else { return nil }
        return readNanoseconds + patience
    }
}
