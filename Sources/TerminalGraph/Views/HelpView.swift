/// What every key does, made from the key table, in front of the view it is about.
struct HelpView {
    /// A line of the help.
    enum Line: Equatable {
        case title(String)
        case keys(String, does: String)
        case blank
    }

    /// What the mouse does; it needs no table, as it is understood by what it points at.
    private static let mouse: [(String, String)] = [
        ("click", "a row, a tab, a key of the last line"),
        ("click", "a column's head sorts, again the other way"),
        ("click", "an event, a worker, a viewer shows it"),
        ("double click", "opens a row; on the map: all of it"),
        ("right button", "a menu of what can be done there"),
        ("drag", "moves the map, selects in charts"),
        ("wheel", "scrolls; the map: closer, farther"),
        ("wheel", "over a chart, a path: a longer time"),
        ("Shift and drag", "selects text (iTerm2: Option)"),
        ("--mouse off", "leaves all of it to the terminal"),
    ]

    /// What can be typed behind the key that filters.
    private static func terms(for view: MonitorView) -> [(String, String)] {
        let rates = [("rate>N", "more than N samples a second"), ("rate<N", "fewer")]
        let negation = [("-term", "that term does not hold")]
        let pages = [
            ("page=text", "the page is that, to the letter"), ("page=\"a b\"", "the same, with blanks in it"),
        ]
        switch view {
        case .overview, .map, .visitor:
            return [
                ("word", "the id or the page has it"), ("id:word", "the id has it"),
                ("page:word", "the page has it"),
            ] + pages + [("worker:PID", "connected to that worker")] + rates
                + [("kind:click", "did that last")] + negation
        case .pages:
            return [("word", "the page has it; page:word too")] + pages + rates + negation
        case .workers:
            return [("word", "the state or the pid has it"), ("worker:PID", "is that process")] + rates
                + negation
        case .health: return []
        }
    }

    /// What there is to say in `view`, whatever the size.
    static func lines(for view: MonitorView, canDetach: Bool, glyphs: Glyphs) -> [Line] {
        var lines: [Line] = []
        for group in KeyBinding.Group.allCases {
            let bindings = KeyTable.bindings.filter { binding in
                binding.group == group && (canDetach || !binding.needsDetach)
                    && !binding.places.isDisjoint(with: [KeyPlaces(view), .prompt, .command])
            }
            guard !bindings.isEmpty else { continue }
            if !lines.isEmpty { lines.append(.blank) }
            lines.append(.title(group.title))
            lines += bindings.map { .keys($0.keyText(glyphs), does: $0.does) }
        }
        let terms = terms(for: view)
        if !terms.isEmpty {
            lines += [.blank, .title("terms of a filter, all of which hold")]
            lines += terms.map { .keys($0.0, does: $0.1) }
        }
        lines += [.blank, .title("commands")]
        lines += CommandName.allCases.filter { canDetach || $0 != .detach }.map { name in
            .keys(":\(name.rawValue) \(name.argument)", does: name.does)
        }
        lines += [.blank, .title("mouse")] + mouse.map { .keys($0.0, does: $0.1) }
        lines += [.blank, .title("signs and words")]
        lines += HelpLegend.entries(for: view, glyphs: glyphs).map { .keys($0.sign, does: $0.means) }
        return lines
    }

    /// The lines side by side where there is room for two columns: as many left as right, cut between groups.
    static func columns(of lines: [Line], in body: Rect) -> [[Line]] {
        guard body.columns >= leastColumnsOfTwo else { return [lines] }
        let cuts = lines.indices.filter { lines[$0] == .blank }
        guard let cut = cuts.min(by: { abs(2 * $0 - lines.count) < abs(2 * $1 - lines.count) }) else {
            return [lines]
        }
        return [Array(lines[..<cut]), Array(lines[(cut + 1)...])]
    }

    /// The narrowest body with two columns in which everything can be read.
    private static let leastColumnsOfTwo = 112
    private static let columnWidth = 62

    /// Draws the help over what is there.
    static func draw(
        _ view: MonitorView, window: inout ListWindow, canDetach: Bool, on canvas: inout CellCanvas,
        body: Rect
    ) {
        let columns = columns(of: lines(for: view, canDetach: canDetach, glyphs: canvas.glyphs), in: body)
        let count = columns.map(\.count).max() ?? 0
        let width = min(body.columns, columnWidth * columns.count + 2)
        let rows = min(body.rows, count + 2)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - width) / 2,
            rows: rows, columns: width)
        canvas.blank(rect)
        window.fit(rows: rows - 2, total: count)
        let range = window.isScrollable ? window.range(canvas.glyphs) : ""
        canvas.drawFrame(rect, title: "keys of \(view.title)", note: range)
        let inside = rect.inside
        for (place, lines) in columns.enumerated() {
            let part = Rect(
                row: inside.row, column: inside.column + place * (inside.columns / columns.count),
                rows: inside.rows,
                columns: inside.columns / columns.count)
            let end = min(window.end, lines.count)
            guard window.offset < end else { continue }
            for (index, line) in lines[window.offset..<end].enumerated() {
                draw(line, on: &canvas, row: part.row + index, rect: part)
            }
        }
    }

    private static func draw(_ line: Line, on canvas: inout CellCanvas, row: Int, rect: Rect) {
        let keyColumns = rect.columns >= 54 ? 22 : 12
        switch line {
        case .blank: break
        case .title(let title):
            canvas.write(title, row: row, column: rect.column + 1, limit: rect.columns - 2, style: .heading)
        case .keys(let keys, let does):
            canvas.write(keys, row: row, column: rect.column + 1, limit: keyColumns - 1, style: .key)
            canvas.write(
                does, row: row, column: rect.column + 1 + keyColumns, limit: rect.columns - 2 - keyColumns,
                style: .plain)
        }
    }
}
