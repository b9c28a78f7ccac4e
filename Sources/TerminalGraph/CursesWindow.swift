import ByteCore
import CNCurses
import Glibc

/// ncurses, which turns a canvas into the fewest bytes and never sees the terminal.
///
/// It writes into a file in memory, so that neither a terminal that nobody reads nor a pipe that is full can
/// hold it up, and whoever owns this takes the bytes from there. Its terminal modes are not used either: it
/// would set them with TCSADRAIN, which waits for a terminal that may never come round.
///
/// ncurses keeps its state in globals, so there is one of these at a time.
final class CursesWindow {
    /// The file ncurses writes to, and what it writes through.
    private let file: Int32
    private let stream: UnsafeMutablePointer<FILE>
    private let screen: OpaquePointer
    /// Whether a terminal of this kind may have a mouse.
    let hasMouse: Bool
    /// How each style looks, and after that how it looks in the row that is chosen.
    private let inks: [CursesInk]
    /// Puts true colours into the output, where there are any.
    private var filter: TrueColorFilter?
    /// What ncurses was given last; nil where it has to paint every cell.
    private var shown: CellCanvas?

    /// Opens a terminal of the kind that terminfo knows by `traits.name`.
    init(traits: TerminalTraits) throws(TerminalError) {
        let names = traits.terminfoNames
        guard let name = names.last else { throw .noName }
        file = ps_memory_file("pointerscope-screen")
        guard file >= 0 else { throw .system(operation: "memfd_create", errno: errno) }
        guard let stream = fdopen(file, "w+") else {
            let error = TerminalError.system(operation: "fdopen", errno: errno)
            close(file)
            throw error
        }
        self.stream = stream
        let known = Self.keepingSignals {
            for name in names { if let screen = newterm(name, stream, stream) { return screen } }
            return nil
        }
        guard let screen = known else {
            fclose(stream)
            throw .unknown(name: name)
        }
        self.screen = screen
        guard ps_has_capability("cup") != 0, ps_has_capability("clear") != 0 else {
            delscreen(screen)
            fclose(stream)
            throw .tooSimple(name: name)
        }
        hasMouse = ps_has_capability("kmous") != 0
        // Else ncurses stops painting when it thinks that a key was pressed.
        typeahead(-1)
        curs_set(0)
        leaveok(ps_standard_window(), true)
        let depth = CursesInk.depth(atMost: traits.deepestColor)
        let palette = Palette(theme: traits.theme, depth: depth)
        inks = CursesInk.make(of: palette, hasColors: depth != .none)
        if depth == .trueColor { filter = TrueColorFilter(colors: palette.exact) }
    }

    /// newterm puts handlers of its own in the place of default ones; signals are the owner's.
    private static func keepingSignals(_ body: () -> OpaquePointer?) -> OpaquePointer? {
        let signals = [SIGINT, SIGTERM, SIGTSTP, SIGWINCH]
        var actions = Array(repeating: sigaction(), count: signals.count)
        for (index, signal) in signals.enumerated() { sigaction(signal, nil, &actions[index]) }
        defer { for (index, signal) in signals.enumerated() { sigaction(signal, &actions[index], nil) } }
        return body()
    }

    deinit {
        delscreen(screen)
        fclose(stream)
    }

    /// Takes another size; the next picture is painted whole.
    func resize(columns: Int, rows: Int) {
        set_term(screen)
        resizeterm(Int32(rows), Int32(columns))
        repaint()
    }

    /// Paints every cell with the next picture.
    func repaint() {
        set_term(screen)
        shown = nil
        wclear(ps_standard_window())
    }

    /// Gives ncurses the picture; what it makes of it is taken with `takeOutput`.
    func show(_ canvas: CellCanvas) {
        set_term(screen)
        let window = ps_standard_window()
        for row in 0..<canvas.rows {
            guard let changed = changedColumns(of: canvas, row: row) else { continue }
            for column in changed { put(canvas[row, column], window, row: row, column: column) }
        }
        wnoutrefresh(window)
        doupdate()
        shown = canvas
    }

    /// Makes ncurses say how the terminal is put back into its usual state.
    func end() {
        set_term(screen)
        endwin()
    }

    /// Moves what ncurses wrote since the last time to the end of `output`.
    func takeOutput(into output: inout ByteBuffer) {
        let end = Int(lseek(file, 0, SEEK_CUR))
        guard end > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { chunk in
            var offset = 0
            while offset < end {
                let count = pread(file, chunk.baseAddress, min(chunk.count, end - offset), off_t(offset))
                guard count > 0 else { break }
                let bytes = UnsafeRawBufferPointer(rebasing: chunk[..<count])
                if filter?.pass(bytes, into: &output) == nil { output.append(bytes) }
                offset += count
            }
        }
        ftruncate(file, 0)
        lseek(file, 0, SEEK_SET)
    }

    /// From the first to the last cell of a row that is not as it was; ncurses compares them once more.
    private func changedColumns(of canvas: CellCanvas, row: Int) -> Range<Int>? {
        guard let shown, shown.columns == canvas.columns, shown.rows == canvas.rows else {
            return 0..<canvas.columns
        }
        guard let first = (0..<canvas.columns).first(where: { shown[row, $0] != canvas[row, $0] }) else {
            return nil
        }
        let last = (first..<canvas.columns).last { shown[row, $0] != canvas[row, $0] } ?? first
        // No range begins with the right half of a wide sign: it changes only together with the left one.
        return first..<last + 1
    }

    private func put(_ cell: Cell, _ window: UnsafeMutablePointer<WINDOW>?, row: Int, column: Int) {
        guard cell.width > 0 else { return }
        let ink = inks[Int(cell.style.rawValue) + (cell.isHighlighted ? inks.count / 2 : 0)]
        var wide = cchar_t()
        withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: 4) { text in
            text[0] = wchar_t(bitPattern: cell.scalar)
            text[1] = wchar_t(bitPattern: cell.firstMark)
            text[2] = wchar_t(bitPattern: cell.secondMark)
            text[3] = 0
            _ = setcchar(&wide, text.baseAddress, ink.attributes, ink.pair, nil)
        }
        // In the last place of a window this reports an error, because the cursor cannot go on from there.
        _ = mvwadd_wch(window, Int32(row), Int32(column), &wide)
    }
}
