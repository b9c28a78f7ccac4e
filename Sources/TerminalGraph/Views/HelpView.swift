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
        ("double click", "opens a row"),
        ("wheel", "scrolls; over the chart a longer time"),
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
                    && !binding.places.isDisjoint(with: [KeyPlaces(view), .prompt])
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
        lines += [.blank, .title("mouse")] + mouse.map { .keys($0.0, does: $0.1) }
        return lines
    }

    /// Draws the help over what is there.
    static func draw(
        _ view: MonitorView, window: inout ListWindow, canDetach: Bool, on canvas: inout CellCanvas,
        body: Rect
    ) {
        let lines = lines(for: view, canDetach: canDetach, glyphs: canvas.glyphs)
        let columns = min(body.columns, 64)
        let rows = min(body.rows, lines.count + 2)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - columns) / 2,
            rows: rows, columns: columns)
        canvas.blank(rect)
        window.fit(rows: rows - 2, total: lines.count)
        let range = window.isScrollable ? window.range(canvas.glyphs) : ""
        canvas.drawFrame(rect, title: "keys of \(view.title)", note: range)
        let inside = rect.inside
        let keyColumns = columns >= 56 ? 17 : 12
        for (index, line) in lines[window.offset..<window.end].enumerated() {
            let row = inside.row + index
            switch line {
            case .blank: break
            case .title(let title):
                canvas.write(
                    title, row: row, column: inside.column + 1, limit: inside.columns - 2, style: .heading)
            case .keys(let keys, let does):
                canvas.write(keys, row: row, column: inside.column + 1, limit: keyColumns - 1, style: .key)
                canvas.write(
                    does, row: row, column: inside.column + 1 + keyColumns,
                    limit: inside.columns - 2 - keyColumns, style: .plain)
            }
        }
    }
}
