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
    private let pairs: [Int16]
    private let attributes: [attr_t]
    /// What ncurses was given last; nil where it has to paint every cell.
    private var shown: CellCanvas?

    /// Opens a terminal of the kind that terminfo knows by `traits.name`.
    init(traits: TerminalTraits) throws(TerminalError) {
        guard let name = traits.name else { throw .noName }
        file = ps_memory_file("pointerscope-screen")
        guard file >= 0 else { throw .system(operation: "memfd_create", errno: errno) }
        guard let stream = fdopen(file, "w+") else {
            let error = TerminalError.system(operation: "fdopen", errno: errno)
            close(file)
            throw error
        }
        self.stream = stream
        guard let screen = Self.keepingSignals({ newterm(name, stream, stream) }) else {
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
        (pairs, attributes) = Self.makeStyles(deepest: traits.deepestColor)
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

    private static func makeStyles(deepest: ColorDepth) -> ([Int16], [attr_t]) {
        var depth = ColorDepth.none
        if deepest != .none, has_colors(), start_color() == OK {
            use_default_colors()
            depth = ps_color_count() >= 256 && deepest == .twoHundredFiftySix ? .twoHundredFiftySix : .sixteen
        }
        let palette = Palette(depth: depth)
        var pairs: [Int16] = []
        var attributes: [attr_t] = []
        for style in Style.allCases {
            let look = palette.look(of: style)
            var pair: Int16 = 0
            if look.foreground >= 0, Int32(style.rawValue) + 1 < ps_color_pair_count(),
                init_pair(Int16(style.rawValue) + 1, look.foreground, -1) == OK
            {
                pair = Int16(style.rawValue) + 1
            }
            pairs.append(pair)
            attributes.append(
                (look.isBold ? ps_attribute_bold() : 0) | (look.isDim ? ps_attribute_dim() : 0))
        }
        return (pairs, attributes)
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

    /// Hands over what ncurses wrote since the last time.
    func takeOutput(_ body: (UnsafeRawBufferPointer) -> Void) {
        let end = lseek(file, 0, SEEK_CUR)
        guard end > 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { chunk in
            var offset: off_t = 0
            while offset < end {
                let count = pread(file, chunk.baseAddress, min(chunk.count, Int(end - offset)), offset)
                guard count > 0 else { break }
                body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
                offset += off_t(count)
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
        let style = Int(cell.style.rawValue)
        var wide = cchar_t()
        withUnsafeTemporaryAllocation(of: wchar_t.self, capacity: 4) { text in
            text[0] = wchar_t(bitPattern: cell.scalar)
            text[1] = wchar_t(bitPattern: cell.firstMark)
            text[2] = wchar_t(bitPattern: cell.secondMark)
            text[3] = 0
            let highlight = cell.isHighlighted ? ps_attribute_reverse() : 0
            _ = setcchar(&wide, text.baseAddress, attributes[style] | highlight, pairs[style], nil)
        }
        // In the last place of a window this reports an error, because the cursor cannot go on from there.
        _ = mvwadd_wch(window, Int32(row), Int32(column), &wide)
    }
}
