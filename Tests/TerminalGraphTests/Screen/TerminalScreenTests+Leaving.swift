import Glibc
import TestSupport
import Testing

@testable import TerminalGraph

extension TerminalScreenTests {
    @Test(arguments: [(0x03, 0), (0x18, 0x18), (0, 0)])
    func controlCIsAKeyWhereNoOtherOneInterrupts(found: UInt8, taken: UInt8) throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        terminal.interruptingCharacter = found
        let before = terminal.modeBytes
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        #expect(terminal.interruptingCharacter == taken)
        screen.suspend(withinMilliseconds: 0)
        #expect(terminal.modeBytes == before)
        screen.resume()
        #expect(terminal.interruptingCharacter == taken)
        terminal.type("\u{3}")
        var typed: [TerminalInput] = []
        _ = screen.readInput(now: 0) { typed.append($0) }
        #expect(typed == [.key(.control("C"))])
        screen.restore(withinMilliseconds: 0)
        #expect(terminal.modeBytes == before)
    }

    @Test func aSuspendedScreenComesBack() throws {
        var generator = SplitMix64(seed: 8)
        let terminal = PseudoTerminal(columns: 60, rows: 12)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("vt100"))
        var canvas = CellCanvas(columns: 60, rows: 12, glyphs: .unicode)
        noise(&canvas, &generator)
        _ = settle(screen, terminal)
        for round in 0..<3 {
            screen.draw(canvas)
            _ = settle(screen, terminal)
            terminal.type("\u{1B}")
            _ = screen.readInput(now: 0) { _ in }
            #expect(screen.keyDeadline != nil)
            screen.suspend(withinMilliseconds: 1_000)
            #expect(terminal.modes.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO))
            _ = settle(screen, terminal)
            // The shell's now: nothing is written, and what is typed is the shell's to read.
            terminal.type("make\n")
            screen.draw(canvas)
            screen.redraw()
            #expect(!screen.canDraw && screen.pump() == .idle && screen.keyDeadline == nil)
            #expect(screen.readInput(now: 1 << 40) { _ in Issue.record("read") } == .open)
            var typed = [UInt8](repeating: 0, count: 100)
            #expect(read(terminal.slave, &typed, typed.count) == 5)
            #expect(terminal.output(ofAtLeast: 6) == Array("make\r\n".utf8))
            screen.suspend(withinMilliseconds: 1_000)
            // It comes back to a terminal of another size and with other modes.
            terminal.resize(columns: 50 + round, rows: 14)
            var modes = terminal.modes
            modes.c_cc.2 = UInt8(ascii: "A") + UInt8(round)
            tcsetattr(terminal.slave, TCSANOW, &modes)
            let found = terminal.modeBytes
            screen.resume()
            #expect((screen.columns, screen.rows) == (50 + round, 14) && screen.canDraw)
            #expect(terminal.modes.c_lflag & tcflag_t(ICANON | ECHO) == 0)
            canvas.resize(columns: screen.columns, rows: screen.rows)
            noise(&canvas, &generator)
            var video = VideoTerminal(columns: 50 + round, rows: 14)
            video.resize(columns: 50 + round, rows: 14)
            screen.draw(canvas)
            video.receive(settle(screen, terminal))
            #expect(video.lines == (0..<canvas.rows).map { canvas.text(row: $0) })
            terminal.type("x")
            var inputs: [TerminalInput] = []
            #expect(screen.readInput(now: 0) { inputs.append($0) } == .open)
            #expect(inputs == [.key(.character("x"))])
            screen.suspend(withinMilliseconds: 1_000)
            #expect(terminal.modeBytes == found)
            screen.resume()
        }
        screen.suspend(withinMilliseconds: 1_000)
        _ = terminal.output()
        screen.restore(withinMilliseconds: 1_000)
        screen.resume()
        #expect(terminal.output().isEmpty && !screen.canDraw)
    }

    @Test func whatWasSwitchedOnIsSwitchedOff() throws {
        let mouse = ["?1000", "?1002", "?1006", "?2004"]
        func output(_ name: String, mouse: Bool, _ body: (TerminalScreen) -> Void) throws -> String {
            let terminal = PseudoTerminal(columns: 40, rows: 10)
            var traits = traits(name)
            traits.usesMouse = mouse
            let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits)
            screen.draw(CellCanvas(columns: 40, rows: 10, glyphs: .unicode))
            _ = screen.pump()
            let start = terminal.output()
            body(screen)
            return String(decoding: start + [UInt8(ascii: "|")] + terminal.output(), as: UTF8.self)
        }
        for leave in [{ $0.restore(withinMilliseconds: 100) }, { $0.suspend(withinMilliseconds: 100) }]
            as [(TerminalScreen) -> Void]
        {
            let parts = try output("xterm-256color", mouse: true, leave).split(separator: "|")
            for mode in mouse {
                #expect(parts[0].contains("\u{1B}[\(mode)h") && parts[1].contains("\u{1B}[\(mode)l"))
            }
            #expect(parts[1].contains("?1049l") && parts[1].contains("\u{1B}[8h"))
        }
        let resumed = try output("tmux-256color", mouse: true) {
            $0.suspend(withinMilliseconds: 100)
            $0.resume()
            $0.draw(CellCanvas(columns: 40, rows: 10, glyphs: .unicode))
            _ = $0.pump()
        }
        for mode in mouse + ["?1049"] {
            #expect(
                resumed.split(separator: "\u{1B}[\(mode)h", omittingEmptySubsequences: false).count == 3,
                "\(mode)")
        }
        let keysOnly = try output("xterm", mouse: false) { $0.restore(withinMilliseconds: 100) }
        #expect(keysOnly.contains("?2004h") && !keysOnly.contains("?1000"))
        for old in ["vt100", "vt220", "linux"] {
            let text = try output(old, mouse: true) { $0.restore(withinMilliseconds: 100) }
            #expect(mouse.allSatisfy { !text.contains($0) }, "\(old)")
        }
    }

    @Test func aStalledTerminalCanBeSuspended() throws {
        var generator = SplitMix64(seed: 5)
        let terminal = PseudoTerminal(columns: 200, rows: 60)
        let before = terminal.modeBytes
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        var canvas = CellCanvas(columns: 200, rows: 60, glyphs: .unicode)
        for _ in 0..<50 {
            noise(&canvas, &generator)
            screen.redraw()
            screen.draw(canvas)
            _ = screen.pump()
        }
        #expect(screen.pump() == .pending)
        screen.suspend(withinMilliseconds: 20)
        #expect(terminal.modeBytes == before && screen.pump() == .idle)
        let output = String(decoding: terminal.output(), as: UTF8.self)
        let end = output.split(separator: "\u{18}").last ?? ""
        #expect(end.count < 200 && end.contains("?1049l") && end.contains("?1006l") && end.contains("?25h"))
        screen.resume()
        screen.draw(canvas)
        #expect(settle(screen, terminal).count > 1_000)
    }

    @Test func aTerminalMayGoWhileWeAreSuspended() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        screen.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode))
        _ = settle(screen, terminal)
        screen.suspend(withinMilliseconds: 100)
        terminal.hangUp()
        screen.resume()
        screen.draw(CellCanvas(columns: 80, rows: 24, glyphs: .unicode))
        #expect(screen.pump() == .failed)
        #expect(screen.readInput(now: 0) { _ in } == .closed)
    }

    @Test func clicksAndPastesAreRead() throws {
        let terminal = PseudoTerminal(columns: 80, rows: 24)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits("xterm-256color"))
        terminal.type("\u{1B}[<0;3;2M\u{1B}[<0;3;2m\u{1B}[200~q\r\u{1B}[201~\u{1A}\u{1B}[Z")
        var inputs: [TerminalInput] = []
        #expect(screen.readInput(now: 0) { inputs.append($0) } == .open)
        #expect(
            inputs == [
                .mouse(MouseEvent(.press(.left), row: 1, column: 2)),
                .mouse(MouseEvent(.release, row: 1, column: 2)),
                .paste("q"), .key(.control("Z")), .key(.backTab),
            ])
    }
}
