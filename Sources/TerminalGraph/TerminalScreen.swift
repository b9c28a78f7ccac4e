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

    /// How reading keys ended.
    public enum KeyResult: Sendable, Equatable {
        case open
        /// The terminal is gone.
        case closed
    }

    /// The signs that may be drawn.
    public let glyphs: Glyphs
    /// Columns and rows of the terminal, cut to what a canvas can have; 80x24 where it does not know.
    public private(set) var columns = 80
    public private(set) var rows = 24

    private let line: TerminalLine
    private let modes: TerminalModes
    private let curses: CursesWindow
    private var pending = ByteBuffer(capacity: 16 * 1024)
    private var decoder = KeyDecoder()
    private var escapeNanoseconds: Int64 = 0
    private let setsExplicitBidi: Bool
    private var hasDrawn = false
    private var hasFailed = false
    private var isRestored = false

    /// How long a terminal may take from ESC to the rest of a key.
    private static let escapeWaitNanoseconds: Int64 = 50_000_000

    /// Takes over the terminal that `descriptor` is open on; the descriptor stays the caller's.
    ///
    /// `setlocale(LC_ALL, "")` must have been called.
    public convenience init(
        descriptor: Int32, traits: TerminalTraits = .current()
    ) throws(TerminalError) {
        try self.init(line: TerminalLine(descriptor), traits: traits)
    }

    init(line: consuming TerminalLine, traits: TerminalTraits) throws(TerminalError) {
        glyphs = traits.glyphs
        modes = try TerminalModes(of: line.descriptor)
        // Before the modes, because this one can say no.
        curses = try CursesWindow(traits: traits)
        try modes.enterFullScreen(line.descriptor)
        self.line = line
        // Every cell has its place already: a terminal that orders right-to-left text by itself would move
        // the figures next to it (ECMA-48, mode BDSM; those who do not know it pass it over).
        setsExplicitBidi = traits.glyphs.isUnicode && traits.name?.hasPrefix("xterm") == true
        let size = self.line.size
        adopt(columns: size?.columns ?? columns, rows: size?.rows ?? rows)
    }

    deinit { restore(withinMilliseconds: 0) }

    /// To be watched for keys, and for room while `pump` says `.pending`.
    public var descriptor: Int32 { line.descriptor }

    /// Whether a picture drawn now would not have to wait behind another.
    public var canDraw: Bool { pending.isEmpty && !hasFailed && !isRestored }

    /// Turns `canvas`, which has this screen's size, into bytes for `pump`; a picture too many is left out.
    public func draw(_ canvas: CellCanvas) {
        guard canDraw, canvas.columns == columns, canvas.rows == rows else { return }
        if !hasDrawn, setsExplicitBidi { pending.append("\u{1B}[8l") }
        hasDrawn = true
        curses.show(canvas)
        curses.takeOutput { pending.append($0) }
    }

    /// Paints every cell with the next picture.
    public func redraw() {
        guard !isRestored else { return }
        curses.repaint()
    }

    /// Takes the terminal's size of now, to be called after SIGWINCH, and says whether it is another.
    @discardableResult
    public func resize() -> Bool {
        guard !isRestored, let size = line.size else { return false }
        let before = (columns, rows)
        guard size != before else { return false }
        adopt(columns: size.columns, rows: size.rows)
        return (columns, rows) != before
    }

    private func adopt(columns: Int, rows: Int) {
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
            let piece = UnsafeRawBufferPointer(rebasing: pending.readable.prefix(budget))
            switch line.write(piece) {
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

    /// Reads what was typed and hands every key to `body`; `now` is in monotonic nanoseconds.
    ///
    /// To be called when the terminal can be read, and once more a moment later while `awaitsKey`.
    public func readKeys(now: Int64, _ body: (Key) -> Void) -> KeyResult {
        guard !isRestored else { return .closed }
        return withUnsafeTemporaryAllocation(byteCount: Limits.readBytes, alignment: 1) { bytes in
            switch line.read(into: bytes) {
            case .moved(let count):
                for byte in bytes[..<count] { decoder.consume(byte).map(body) }
                escapeNanoseconds = now
                return .open
            case .blocked:
                if awaitsKey, now - escapeNanoseconds >= Self.escapeWaitNanoseconds {
                    decoder.expireEscape().map(body)
                }
                return .open
            case .gone:
                return .closed
            }
        }
    }

    /// Whether an ESC was read that may be the key of that name or the start of another.
    public var awaitsKey: Bool { decoder.isAwaitingMore }

    /// Gives the terminal back as it was found, waiting at most `limit` milliseconds for it to take bytes.
    ///
    /// A terminal that takes none has what it was sent thrown away, so that the last bytes, which show the
    /// shell's screen again, find room. Does nothing the second time.
    public func restore(withinMilliseconds limit: Int) {
        guard !isRestored else { return }
        isRestored = true
        TerminalModes.withoutBeingStopped { giveBack(withinMilliseconds: limit) }
    }

    private func giveBack(withinMilliseconds limit: Int) {
        // In the order of importance: a shell can live with a strange picture, but not without echo.
        modes.restore(line.descriptor)
        // What was never changed is not changed back: that would move the cursor.
        guard hasDrawn else { return }
        var ending = ByteBuffer(capacity: 256)
        curses.end()
        curses.takeOutput { ending.append($0) }
        if setsExplicitBidi { ending.append("\u{1B}[8h") }
        pending.append(ending.readable)
        let deadline = Self.milliseconds() + limit
        while pump() == .pending, Self.milliseconds() < deadline {
            line.awaitRoom(milliseconds: Int32(clamping: min(deadline - Self.milliseconds(), 50)))
        }
        guard !pending.isEmpty, !hasFailed else { return }
        line.discardOutput()
        pending.removeAll()
        // CAN ends an escape sequence that was cut off (ECMA-48, 8.3.6, and every terminal since the VT100).
        pending.append(0x18)
        pending.append(ending.readable)
        _ = pump()
    }

    private static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
