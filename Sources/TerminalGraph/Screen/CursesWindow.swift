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
@safe final class CursesWindow {
    /// The file ncurses writes to, and what it writes through.
    private let file: Int32
    private let stream: UnsafeMutablePointer<FILE>
    private let screen: OpaquePointer
    /// What the terminal is drawn as, where terminfo does not know it.
    let substitute: String?
    /// Whether a terminal of this kind may have a mouse.
    let hasMouse: Bool
    /// How each style looks, and after that how it looks in the row that is chosen.
    private var inks: [CursesInk]
    /// Which of them a blank can have as well as any other: they differ in the sign's colour alone.
    private var isBare: [Bool] = []
    /// The ink of the sign that was given last.
    private var lastInk = 0
    private let depth: ColorDepth
    /// Puts true colours into the output, where there are any.
    private var filter: TrueColorFilter?
    /// What ncurses was given last, as a canvas has it; none where every cell has to be painted.
    private var shown: [Cell] = []

    /// Opens a terminal of the kind that terminfo knows by `traits.name`, of that size.
    init(traits: TerminalTraits, columns: Int, rows: Int) throws(TerminalError) {
        guard let name = traits.terminfoNames.last else { throw .noName }
        file = unsafe ps_memory_file("pointerscope-screen")
        guard file >= 0 else { throw .system(operation: "memfd_create", errno: errno) }
        guard let stream = unsafe fdopen(file, "w+") else {
            let error = TerminalError.system(operation: "fdopen", errno: errno)
            close(file)
            throw error
        }
        unsafe self.stream = stream
        var substitute: String?
        let known = unsafe Self.keepingSignals {
            unsafe Self.sized(columns: columns, rows: rows) {
                for name in traits.terminfoNames {
                    if let screen = unsafe newterm(name, stream, stream) { return unsafe screen }
                }
                for name in traits.terminfoSubstitutes {
                    guard let screen = unsafe newterm(name, stream, stream) else { continue }
                    substitute = name
                    return unsafe screen
                }
                return nil
            }
        }
        self.substitute = substitute
        guard let screen = unsafe known else {
            unsafe fclose(stream)
            throw .unknown(name: name)
        }
        unsafe self.screen = screen
        guard unsafe ps_has_capability("cup") != 0, unsafe ps_has_capability("clear") != 0 else {
            unsafe delscreen(screen)
            unsafe fclose(stream)
            throw .tooSimple(name: name)
        }
        hasMouse = unsafe ps_has_capability("kmous") != 0
        // Else ncurses stops painting when it thinks that a key was pressed.
        typeahead(-1)
        curs_set(0)
        unsafe leaveok(ps_standard_window(), true)
        depth = CursesInk.depth(atMost: traits.deepestColor)
        inks = []
        adopt(traits.theme)
    }

    /// Draws with these colours from the next picture on, which is painted whole.
    func adopt(_ theme: Theme) {
        unsafe set_term(screen)
        let palette = Palette(theme: theme, depth: depth)
        inks = CursesInk.make(of: palette, hasColors: depth != .none)
        isBare = (palette.inks + palette.highlighted).map { ink in
            ink.background == palette.inks[0].background && !ink.isReversed && !ink.isUnderlined
        }
        if depth == .trueColor { filter = TrueColorFilter(colors: palette.exact) }
        repaint()
    }

    /// What shows the shell's screen again, in as few bytes as it takes and without a state to look at: for a
    /// process about to die. The waits that old terminals ask for (`$<5>`) are left out.
    func emergencyEnding() -> [UInt8] {
        unsafe set_term(screen)
        var bytes: [UInt8] = []
        for name in ["sgr0", "cnorm", "rmcup"] where unsafe ps_has_capability(name) != 0 {
            var isWait = false
            for byte in unsafe String(cString: tigetstr(name)).utf8 {
                if byte == UInt8(ascii: "$") { isWait = true }
                if !isWait { bytes.append(byte) }
                if byte == UInt8(ascii: ">") { isWait = false }
            }
        }
        return bytes
    }

    /// newterm puts handlers of its own in the place of default ones; signals are the owner's.
    private static func keepingSignals(_ body: () -> OpaquePointer?) -> OpaquePointer? {
        let signals = [SIGINT, SIGTERM, SIGTSTP, SIGWINCH]
        var actions = Array(repeating: sigaction(), count: signals.count)
        for (index, signal) in signals.enumerated() { unsafe sigaction(signal, nil, &actions[index]) }
        defer {
            for (index, signal) in signals.enumerated() { unsafe sigaction(signal, &actions[index], nil) }
        }
        return unsafe body()
    }

    /// newterm makes as many lines scroll as the terminal has, for good, and learns that number from the
    /// environment, from its descriptor, which is a file in memory here, or from terminfo, which says 24.
    private static func sized(columns: Int, rows: Int, _ body: () -> OpaquePointer?) -> OpaquePointer? {
        let sizes = [("COLUMNS", columns), ("LINES", rows)]
        let before = sizes.map { name, _ in unsafe getenv(name).map { unsafe String(cString: $0) } }
        for (name, size) in sizes { unsafe setenv(name, String(size), 1) }
        defer {
            for (index, (name, _)) in sizes.enumerated() {
                if let value = before[index] { unsafe setenv(name, value, 1) } else { unsafe unsetenv(name) }
            }
        }
        return unsafe body()
    }

    deinit {
        unsafe delscreen(screen)
        unsafe fclose(stream)
    }

    /// Takes another size; the next picture is painted whole.
    func resize(columns: Int, rows: Int) {
        unsafe set_term(screen)
        resizeterm(Int32(rows), Int32(columns))
        repaint()
    }

    /// Paints every cell with the next picture.
    func repaint() {
        unsafe set_term(screen)
        shown.removeAll(keepingCapacity: true)
        unsafe wclear(ps_standard_window())
    }

    /// Gives ncurses the picture, which has this window's size; what it makes of it is taken with
    /// `takeOutput`.
    func show(_ canvas: CellCanvas) {
        unsafe set_term(screen)
        let columns = canvas.columns
        let window = unsafe ps_standard_window()
        let isWhole = shown.isEmpty
        // Noise that no canvas has: every cell is another one.
        if isWhole {
            shown = Array(repeating: Cell(scalar: 0, width: 0xFF, style: .plain), count: canvas.cells.count)
        }
        unsafe canvas.cells.withUnsafeBufferPointer { cells in
            unsafe shown.withUnsafeMutableBufferPointer { shown in
                for row in 0..<canvas.rows {
                    let range = row * columns..<(row + 1) * columns
                    unsafe put(
                        UnsafeBufferPointer(rebasing: cells[range]),
                        over: UnsafeMutableBufferPointer(rebasing: shown[range]),
                        window, row: Int32(row))
                }
            }
        }
        unsafe wnoutrefresh(window)
        doupdate()
    }

    /// Makes ncurses say how the terminal is put back into its usual state.
    func end() {
        unsafe set_term(screen)
        endwin()
    }

    /// Moves what ncurses wrote since the last time to the end of `output`.
    func takeOutput(into output: inout ByteBuffer) {
        let end = Int(lseek(file, 0, SEEK_CUR))
        guard end > 0 else { return }
        unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { chunk in
            var offset = 0
            while offset < end {
                let count = unsafe pread(
                    file, chunk.baseAddress, min(chunk.count, end - offset), off_t(offset))
                guard count > 0 else { break }
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: chunk[..<count])
                if unsafe filter?.pass(bytes, into: &output) == nil { unsafe output.append(bytes) }
                offset += count
            }
        }
        ftruncate(file, 0)
        lseek(file, 0, SEEK_SET)
    }

    /// Puts the cells of a row that are not as they were.
    private func put(
        _ cells: UnsafeBufferPointer<Cell>, over shown: UnsafeMutableBufferPointer<Cell>,
        _ window: UnsafeMutablePointer<WINDOW>?, row: Int32
    ) {
        guard let source = cells.baseAddress, let target = shown.baseAddress else { return }
        let byteCount = cells.count * MemoryLayout<Cell>.stride
        // Most rows are as they were. A cell has an unused byte, so that a row may seem to be another one;
        // then the loop finds nothing.
        guard unsafe memcmp(source, target, byteCount) != 0 else { return }
        unsafe withUnsafeTemporaryAllocation(of: cchar_t.self, capacity: cells.count) { signs in
            var column = 0
            while column < cells.count {
                guard unsafe cells[column] != shown[column] else {
                    column += 1
                    continue
                }
                let start = column
                var count = 0
                while column < cells.count, unsafe cells[column] != shown[column] {
                    // A right half changes only together with the left one, which ncurses widens by itself.
                    if unsafe cells[column].width > 0 {
                        unsafe signs.initializeElement(at: count, to: character(of: cells[column]))
                        count += 1
                    }
                    column += 1
                }
                let isRightHalf = unsafe cells[start].width == 0
                _ = unsafe mvwadd_wchnstr(
                    window, row, Int32(isRightHalf ? start + 1 : start), signs.baseAddress, Int32(count))
            }
        }
        unsafe memcpy(target, source, byteCount)
    }

    /// A blank goes with the sign before it, be that in another row: to set colours back for it, and then
    /// those of the next sign, takes thirty bytes.
    private func character(of cell: Cell) -> cchar_t {
        let ink = Int(cell.style.rawValue) + (cell.isHighlighted ? inks.count / 2 : 0)
        if cell.scalar == 0x20, cell.firstMark == 0, isBare[ink], isBare[lastInk] {
            return inks[lastInk].character(of: cell)
        }
        lastInk = ink
        return inks[ink].character(of: cell)
    }
}
