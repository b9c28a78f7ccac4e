import Glibc
import TestSupport
import Testing

@testable import TerminalGraph

/// One screen at a time, because ncurses has one.
@Suite(.serialized) struct TerminalScreenTests {
    init() { #expect(TestLocale.isUTF8) }

    func traits(_ name: String?, colors: ColorDepth = .twoHundredFiftySix) -> TerminalTraits {
        TerminalTraits(name: name, glyphs: .unicode, deepestColor: colors)
    }

    func noise(_ canvas: inout CellCanvas, _ generator: inout SplitMix64) {
        let signs = Array("abc xyz0123456789█▁⣿─│·…éüß山田太郎😀한\u{301}\u{308}".unicodeScalars)
        for _ in 0..<Int.random(in: 1...60, using: &generator) {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                text.unicodeScalars.append(signs[Int.random(in: 0..<signs.count, using: &generator)])
            }
            canvas.write(
                text, row: Int.random(in: 0..<canvas.rows, using: &generator),
                column: Int.random(in: 0..<canvas.columns, using: &generator),
                style: Style.allCases[Int.random(in: 0..<Style.allCases.count, using: &generator)])
            canvas.highlight(
                row: Int.random(in: 0..<canvas.rows * 4, using: &generator),
                column: Int.random(in: 0..<canvas.columns, using: &generator), columns: 9)
        }
    }

    /// Writes and reads until everything has arrived.
    func settle(_ screen: TerminalScreen, _ terminal: PseudoTerminal) -> [UInt8] {
        var output: [UInt8] = []
        var result = TerminalScreen.PumpResult.pending
        while result == .pending {
            result = screen.pump()
            output += terminal.output()
        }
        #expect(result == .idle)
        return output + terminal.output()
    }

    @Test(arguments: 0..<6)
    func whatIsDrawnIsSeen(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let terminal = PseudoTerminal(columns: 30, rows: 8)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("vt100"))
        var video = VideoTerminal(columns: 30, rows: 8)
        var canvas = CellCanvas(columns: 30, rows: 8, glyphs: .unicode)
        for step in 0..<60 {
            if step % 10 == 9 {
                let columns = Int.random(in: 1...70, using: &generator)
                let rows = Int.random(in: 2...20, using: &generator)
                terminal.resize(columns: columns, rows: rows)
                if screen.resize() { video.resize(columns: columns, rows: rows) }
                canvas.resize(columns: screen.columns, rows: screen.rows)
            }
            if Int.random(in: 0..<6, using: &generator) == 0 { canvas.clear() }
            if Int.random(in: 0..<9, using: &generator) == 0 { screen.redraw() }
            noise(&canvas, &generator)
            video.receive(settle(screen, terminal))
            #expect(screen.canDraw)
            screen.draw(canvas)
            video.receive(settle(screen, terminal))
            #expect(video.lines == (0..<canvas.rows).map { canvas.text(row: $0) })
            #expect(video.unknown.isEmpty)
        }
    }

    @Test func theTerminalKnowsItsSizeBest() throws {
        // ncurses would believe these.
        setenv("COLUMNS", "33", 1)
        setenv("LINES", "7", 1)
        defer {
            unsetenv("COLUMNS")
            unsetenv("LINES")
        }
        for (columns, rows) in [(0, 0), (50, 20)] {
            let terminal = PseudoTerminal(columns: columns, rows: rows)
            let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("vt100"))
            #expect((screen.columns, screen.rows) == (columns == 0 ? (80, 24) : (50, 20)))
            var video = VideoTerminal(columns: screen.columns, rows: screen.rows)
            var canvas = CellCanvas(columns: screen.columns, rows: screen.rows, glyphs: .unicode)
            for row in 0..<canvas.rows {
                canvas.write("\(row) and so on", row: row, column: canvas.columns - 12, style: .plain)
            }
            screen.draw(canvas)
            video.receive(settle(screen, terminal))
            #expect(video.lines == (0..<canvas.rows).map { canvas.text(row: $0) })
        }
    }

    @Test func aPictureThatDidNotChangeIsNotSentAgain() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        var canvas = CellCanvas(columns: 80, rows: 24, glyphs: .unicode)
        canvas.write("hello", row: 3, column: 3, style: .title)
        _ = settle(screen, terminal)
        screen.draw(canvas)
        #expect(settle(screen, terminal).count > 20)
        screen.draw(canvas)
        #expect(settle(screen, terminal).isEmpty)
        canvas.write("j", row: 3, column: 3, style: .title)
        screen.draw(canvas)
        #expect((1...40).contains(settle(screen, terminal).count))
        screen.redraw()
        screen.draw(canvas)
        #expect(settle(screen, terminal).count > 20)
    }

    @Test func theTerminalIsGivenBackAsItWasFound() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let before = terminal.modeBytes
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        let flags = tcflag_t(ICANON | ECHO)
        #expect(terminal.modes.c_lflag & flags == 0)
        #expect(terminal.modes.c_lflag & tcflag_t(ISIG) != 0)
        // The shell shares this description.
        #expect(fcntl(terminal.slave, F_GETFL) & O_NONBLOCK == 0)
        _ = settle(screen, terminal)
        screen.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode))
        let start = String(decoding: settle(screen, terminal), as: UTF8.self)
        #expect(start.contains("\u{1B}[?1049h") && start.contains("\u{1B}[?25l"))
        screen.restore(withinMilliseconds: 1_000)
        let end = String(decoding: terminal.output(), as: UTF8.self)
        #expect(end.contains("\u{1B}[?1049l") && end.contains("\u{1B}[?25h"))
        #expect(terminal.modeBytes == before)
        screen.restore(withinMilliseconds: 1_000)
        #expect(terminal.output().isEmpty)
        #expect(!screen.canDraw && screen.readInput(now: 0) { _ in } == .closed)
    }

    @Test(arguments: [false, true])
    func aScreenThatGoesAwayGivesTheTerminalBack(isDrawn: Bool) throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let before = terminal.modeBytes
        var screen: TerminalScreen? = try TerminalScreen(
            descriptor: terminal.slave, traits: traits("xterm-256color"))
        #expect(terminal.modeBytes != before)
        if isDrawn { screen?.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode)) }
        screen = nil
        #expect(terminal.modeBytes == before)
        // What was never changed is not changed back.
        let output = String(decoding: terminal.output(), as: UTF8.self)
        #expect(isDrawn ? output.contains("\u{1B}[?25h") : output.isEmpty)
    }

    @Test func nobodyReadsTheTerminal() throws {
        var generator = SplitMix64(seed: 4)
        let terminal = PseudoTerminal(columns: 200, rows: 60)
        let before = terminal.modeBytes
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        var canvas = CellCanvas(columns: 200, rows: 60, glyphs: .unicode)
        var result = TerminalScreen.PumpResult.idle
        // Every step returns; were one to wait for the terminal, this test would never end.
        for _ in 0..<300 {
            noise(&canvas, &generator)
            screen.draw(canvas)
            result = screen.pump()
            terminal.resize(columns: 200, rows: Int.random(in: 59...60, using: &generator))
            if screen.resize() { canvas.resize(columns: screen.columns, rows: screen.rows) }
        }
        #expect(result == .pending && !screen.canDraw)
        screen.restore(withinMilliseconds: 30)
        #expect(terminal.modeBytes == before)
        // Whoever looks again sees what the kernel held, cut off, and then the shell's screen.
        let output = String(decoding: terminal.output(), as: UTF8.self)
        let end = output.split(separator: "\u{18}").last ?? ""
        #expect(end.count < 200 && end.contains("\u{1B}[?1049l") && end.contains("\u{1B}[?25h"))
    }

    @Test func theTerminalIsClosed() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        _ = settle(screen, terminal)
        terminal.hangUp()
        screen.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode))
        #expect(screen.pump() == .failed)
        #expect(screen.readInput(now: 0) { _ in } == .closed)
        #expect(!screen.canDraw && !screen.resize())
        screen.restore(withinMilliseconds: 10_000)
        #expect(screen.pump() == .failed)
    }

    @Test func whatIsNoTerminalIsRefused() throws {
        let pipe = try #require(PipeEnds())
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let before = terminal.modeBytes
        func refusal(_ descriptor: Int32, _ name: String?) -> TerminalError? {
            do {
                _ = try TerminalScreen(descriptor: descriptor, traits: traits(name))
                return nil
            } catch { return error }
        }
        #expect(refusal(pipe.reading, "xterm") == .notATerminal)
        #expect(refusal(-1, "xterm") == .notATerminal)
        #expect(refusal(terminal.slave, nil) == .noName)
        #expect(refusal(terminal.slave, "no-such-terminal") == .unknown(name: "no-such-terminal"))
        #expect(refusal(terminal.slave, "dumb") == .tooSimple(name: "dumb"))
        #expect(terminal.modeBytes == before)
        #expect(terminal.output().isEmpty)
    }

    @Test func keysAreRead() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        var keys: [Key] = []
        func read(at now: Int64) {
            let result = screen.readInput(now: now) { input in
                if case .key(let key) = input { keys.append(key) }
            }
            #expect(result == .open)
        }
        read(at: 0)
        #expect(keys.isEmpty)
        terminal.type("q\u{1B}[B\r\u{1B}")
        read(at: 0)
        #expect(keys == [.character("q"), .down, .enter] && screen.keyDeadline != nil)
        read(at: 49_000_000)
        #expect(keys.count == 3)
        read(at: 50_000_000)
        #expect(keys.last == .escape && screen.keyDeadline == nil)
        terminal.type("\u{1B}")
        read(at: 60_000_000)
        terminal.type("[A")
        read(at: 70_000_000)
        #expect(keys.last == .up && keys.count == 5)
        terminal.type("\u{1B}")
        read(at: 80_000_000)
        #expect(screen.keyDeadline == 130_000_000)
        // Not Alt and q: it comes too late for that.
        terminal.type("q")
        read(at: 130_000_000)
        #expect(keys.suffix(2) == [.escape, .character("q")] && screen.keyDeadline == nil)
    }

    @Test func aTerminalThatCannotBeOpenedAgainIsWrittenToWithCare() throws {
        var generator = SplitMix64(seed: 6)
        let terminal = PseudoTerminal(columns: 100, rows: 40)
        let before = terminal.modeBytes
        let screen = try TerminalScreen(
            line: TerminalLine(guarding: terminal.slave), traits: traits("vt100"))
        #expect(screen.descriptor == terminal.slave)
        var video = VideoTerminal(columns: 100, rows: 40)
        var canvas = CellCanvas(columns: 100, rows: 40, glyphs: .unicode)
        noise(&canvas, &generator)
        screen.draw(canvas)
        video.receive(settle(screen, terminal))
        #expect(video.lines == (0..<canvas.rows).map { canvas.text(row: $0) })
        for _ in 0..<200 {
            noise(&canvas, &generator)
            screen.redraw()
            screen.draw(canvas)
            _ = screen.pump()
        }
        #expect(screen.pump() == .pending)
        screen.restore(withinMilliseconds: 10)
        #expect(terminal.modeBytes == before)
        #expect(fcntl(terminal.slave, F_GETFL) >= 0, "the descriptor is the caller's")
    }

    @Test func signalsAreLeftAlone() throws {
        func handlers() -> [Int] {
            [SIGINT, SIGTERM, SIGTSTP, SIGWINCH].map { signal in
                var action = sigaction()
                sigaction(signal, nil, &action)
                return withUnsafeBytes(of: &action.__sigaction_handler) { $0.load(as: Int.self) }
            }
        }
        let before = handlers()
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        screen.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode))
        #expect(handlers() == before)
        screen.restore(withinMilliseconds: 0)
        #expect(handlers() == before)
    }
}
