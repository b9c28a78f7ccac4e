import Testing

@testable import TerminalGraph

/// The help can be read: whole on usual screens, folded on small ones.
@Suite struct HelpViewTests {
    init() { #expect(TestLocale.isUTF8) }

    private static func words(_ lines: [HelpView.Line]) -> [Substring] {
        lines.flatMap { line -> [Substring] in
            switch line {
            case .keys(let keys, let does): (keys + " " + does).split(separator: " ")
            case .title(let title): title.split(separator: " ")
            case .blank: []
            }
        }
    }

    @Test func nothingIsCutAtAnySize() {
        for view in MonitorView.allCases {
            for glyphs in Glyphs.allCases {
                let lines = HelpView.lines(for: view, canDetach: true, glyphs: glyphs)
                for columns in [40, 50, 60, 79, 80, 100, 120, 160, 300] {
                    let canvas = CellCanvas(columns: columns, rows: 24, glyphs: glyphs)
                    let shown = HelpView.columns(of: lines, width: columns - 2, on: canvas)
                    #expect(shown.reduce(0) { $0 + $1.columns } <= columns - 2)
                    #expect(shown.count == (columns >= 120 ? 2 : 1), "\(view) at \(columns)")
                    #expect(shown.flatMap { Self.words($0.lines) } == Self.words(lines))
                    for column in shown {
                        for case .keys(let keys, let does) in column.lines {
                            let room = does.isEmpty ? column.columns - 2 : column.keys - 1
                            #expect(canvas.width(of: keys) <= room, "\(keys) in \(view) at \(columns)")
                            #expect(
                                canvas.width(of: does) <= column.texts, "\(does) in \(view) at \(columns)")
                        }
                    }
                    // Where there is room nothing is folded.
                    let count = shown.reduce(shown.count - 1) { $0 + $1.lines.count }
                    if columns >= 80 { #expect(count == lines.count, "\(view) at \(columns)") }
                }
            }
        }
    }

    @Test func oneKeyStandsThereOnce() {
        let lines = HelpView.lines(for: .overview, canDetach: true, glyphs: .unicode)
        #expect(lines.filter { $0 == .keys("Esc ^C ^G", does: "drop it") }.count == 1)
        #expect(lines.contains(.keys("Enter", does: "take the filter")))
    }
}
