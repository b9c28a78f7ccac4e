import Foundation
import Glibc
import TestSupport
import Testing

@testable import TerminalGraph

extension TerminalScreenTests {
    @Test func theEnvironmentIsHeeded() {
        let names = ["NO_COLOR", "COLORTERM"]
        let found = names.map { name in getenv(name).map { String(cString: $0) } }
        defer {
            for (name, value) in zip(names, found) {
                if let value { setenv(name, value, 1) } else { unsetenv(name) }
            }
        }
        setenv("NO_COLOR", "1", 1)
        setenv("COLORTERM", "truecolor", 1)
        #expect(TerminalTraits.current().deepestColor == .none)
        #expect(TerminalTraits.current(colors: .sixteen).deepestColor == .sixteen)
        setenv("NO_COLOR", "", 1)
        #expect(TerminalTraits.current().deepestColor == .trueColor)
        unsetenv("NO_COLOR")
        setenv("COLORTERM", "yes", 1)
        #expect(TerminalTraits.current().deepestColor == .twoHundredFiftySix)
        #expect(TerminalTraits.current(glyphs: .blocks).glyphs == .blocks)
        #expect(TerminalTraits.current(theme: .light).theme == .light)
    }

    @Test func terminalsSayWhichColorsTheyHave() {
        #expect(TerminalTraits.colors(name: "xterm", noColor: nil, colorTerm: "24bit") == .trueColor)
        #expect(TerminalTraits.colors(name: "xterm-direct", noColor: nil, colorTerm: nil) == .trueColor)
        #expect(TerminalTraits.colors(name: "xterm-direct", noColor: "1", colorTerm: "24bit") == .none)
        #expect(TerminalTraits.colors(name: "xterm", noColor: nil, colorTerm: nil) == .twoHundredFiftySix)
        #expect(traits("tmux-direct").terminfoNames == ["tmux-256color", "tmux-direct"])
        #expect(traits(nil).terminfoNames.isEmpty)
    }

    /// What a terminal is sent for a canvas with every style, and the same chosen.
    private func output(_ name: String, _ colors: ColorDepth, theme: Theme = .dark) throws -> String {
        let terminal = PseudoTerminal(columns: 80, rows: 60)
        let traits = TerminalTraits(name: name, glyphs: .unicode, deepestColor: colors, theme: theme)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits)
        _ = settle(screen, terminal)
        var canvas = CellCanvas(columns: 80, rows: 60, glyphs: .unicode)
        for (row, style) in Style.allCases.enumerated() {
            canvas.write("text", row: row, column: 2, style: style)
            canvas.write("text", row: row, column: 22, style: style)
            canvas.highlight(row: row, column: 20, columns: 20)
        }
        screen.draw(canvas)
        return String(decoding: settle(screen, terminal), as: UTF8.self)
    }

    @Test func colorsAreUsedWhereTheyMayBe() throws {
        let many = try output("xterm-256color", .twoHundredFiftySix)
        #expect(many.contains("38;5;80") && many.contains("48;5;"))
        let sixteen = try output("xterm-256color", .sixteen)
        #expect(!sixteen.contains("38;5;") && sixteen.contains("[36m") && sixteen.contains(";7m"))
        #expect(try output("xterm", .trueColor).contains("[36m"))
        let none = try output("xterm-256color", .none)
        #expect(
            none.contains("text") && !none.contains("38;5;") && none.contains(";7m")
                && (30...37).allSatisfy { !none.contains("[\($0)m") })
    }

    @Test(arguments: ["xterm-256color", "tmux-256color", "xterm-direct"])
    func trueColorsAreTrue(name: String) throws {
        let text = try output(name, .trueColor)
        // In half the bytes where xterm has that very colour.
        #expect(text.contains("38;5;80") && text.contains("48;2;26;48;80"))
        let contrast = try output(name, .trueColor, theme: .contrast)
        #expect(contrast.contains("48;2;0;0;0") && contrast.contains("38;5;226"))
    }

    /// A sign every other column, which moves: every cell changes, and none of them needs another colour.
    @Test func blanksTakeNoColors() throws {
        let terminal = PseudoTerminal(columns: 60, rows: 8)
        let traits = TerminalTraits(
            name: "xterm-256color", glyphs: .unicode, deepestColor: .trueColor, theme: .dark)
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits)
        _ = settle(screen, terminal)
        for picture in 0..<4 {
            var canvas = CellCanvas(columns: 60, rows: 8, glyphs: .unicode)
            for row in 1..<7 {
                for column in stride(from: (picture + row) % 2, to: 60, by: 2) {
                    canvas.put(0x25CF, row: row, column: column, style: .hue0)
                }
            }
            screen.draw(canvas)
            let text = String(decoding: settle(screen, terminal), as: UTF8.self)
            let colors = text.components(separatedBy: "m").filter { $0.contains("\u{1B}[3") }.count
            // The first one sets them.
            #expect(text.contains("●") && (picture == 0 || colors <= 2), "picture \(picture): \(colors)")
        }
    }

    @Test(arguments: [
        "xterm-kitty", "alacritty", "xterm-ghostty", "foot-extra", "wezterm", "tmux-of-tomorrow",
    ])
    func aTerminalOfAKnownFamilyGetsAPicture(name: String) throws {
        let terminal = PseudoTerminal(columns: 30, rows: 8)
        let family = name.hasPrefix("tmux") ? "screen-256color" : "xterm-256color"
        #expect(traits(name).terminfoSubstitutes.first == family)
        // The machine may know some of them.
        let screen = try TerminalScreen(descriptor: terminal.slave, traits: traits(name))
        let remark = "TERM=\(name) is unknown here: drawn as \(family)"
        #expect(screen.remark == nil || screen.remark == remark)
        screen.restore(withinMilliseconds: 0)
        let other = try TerminalScreen(descriptor: terminal.slave, traits: traits("\(name)-nobody-has-this"))
        #expect(other.remark == "TERM=\(name)-nobody-has-this is unknown here: drawn as \(family)")
    }

    @Test func whatIsReallyUnknownGetsNone() {
        for name in ["footloose", "aaa", "stone", "vt100", "linux", ""] {
            #expect(traits(name).terminfoSubstitutes.isEmpty, "\(name)")
        }
        #expect(traits(nil).terminfoSubstitutes.isEmpty)
    }

    @Test func whichLocalesAskForUTF8() {
        for name in ["UTF-8", "de_DE.UTF-8", "en_US.utf8", "ca_ES.UTF-8@valencia", "C.UTF8"] {
            #expect(TerminalTraits.asksForUTF8(locale: name), "\(name)")
        }
        for name in ["C", "POSIX", "de_DE", "de_DE.ISO-8859-1", "de_DE@euro", "", "@", "utf-8.ISO-8859-1"] {
            #expect(!TerminalTraits.asksForUTF8(locale: name), "\(name)")
        }
        #expect(TerminalTraits.localeName(all: nil, characters: "UTF-8", "C") == "UTF-8")
        #expect(TerminalTraits.localeName(all: "C", characters: "UTF-8", "x") == "C")
        #expect(TerminalTraits.localeName(all: nil, characters: nil, nil) == "C")
    }
}
