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
        ("click", "a head sorts, again the other way"),
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
            for line in bindings.map({ Line.keys($0.keyText(glyphs), does: $0.does) }) {
                // What drops a filter drops a command.
                if !lines.suffix(bindings.count).contains(line) { lines.append(line) }
            }
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

    /// Lines that stand below one another, and the room that they take.
    struct Column {
        var lines: [Line]
        /// Columns of the keys with the blanks behind them, and of what they do.
        var keys: Int
        var texts: Int

        /// As wide as its widest lines.
        init(_ lines: [Line], on canvas: CellCanvas) {
            self.lines = lines
            keys = 0
            texts = 0
            for case .keys(let names, let does) in lines {
                keys = max(keys, canvas.width(of: names) + 2)
                texts = max(texts, canvas.width(of: does))
            }
        }

        /// With the blanks at its edges.
        var columns: Int { keys + texts + 2 }

        /// The same where there are only so many columns: what a key does goes on below.
        func fitted(into columns: Int) -> Column {
            guard columns < self.columns else { return self }
            var fitted = self
            fitted.keys = min(keys, HelpView.narrowKeys)
            fitted.texts = max(columns - 2 - fitted.keys, 1)
            fitted.lines = lines.flatMap { line -> [Line] in
                guard case .keys(let names, let does) = line else { return [line] }
                var texts = IncidentsView.wrapped(does, columns: fitted.texts)
                // Keys that are wider have a line of their own.
                if names.unicodeScalars.count >= fitted.keys { texts.insert("", at: 0) }
                return texts.enumerated().map { .keys($0.offset == 0 ? names : "", does: $0.element) }
            }
            return fitted
        }
    }

    /// Columns of the keys where lines have to be folded.
    private static let narrowKeys = 12

    /// The lines side by side where there is room for two columns in which everything can be read, as many
    /// left as right, cut between groups; else below one another.
    static func columns(of lines: [Line], width: Int, on canvas: CellCanvas) -> [Column] {
        let cuts = lines.indices.filter { lines[$0] == .blank }
        for cut in cuts.sorted(by: { abs(2 * $0 - lines.count) < abs(2 * $1 - lines.count) }).prefix(3) {
            let pair = [lines[..<cut], lines[(cut + 1)...]].map { Column(Array($0), on: canvas) }
            if pair.reduce(0, { $0 + $1.columns }) <= width { return pair }
        }
        return [Column(lines, on: canvas).fitted(into: width)]
    }

    /// Draws the help over what is there.
    static func draw(
        _ view: MonitorView, window: inout ListWindow, canDetach: Bool, on canvas: inout CellCanvas,
        body: Rect
    ) {
        let columns = columns(
            of: lines(for: view, canDetach: canDetach, glyphs: canvas.glyphs), width: body.columns - 2,
            on: canvas)
        let count = columns.map(\.lines.count).max() ?? 0
        let width = columns.reduce(2) { $0 + $1.columns }
        let rows = min(body.rows, count + 2)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - width) / 2,
            rows: rows, columns: width)
        canvas.blank(rect)
        window.fit(rows: rows - 2, total: count)
        let range = window.isScrollable ? window.range(canvas.glyphs) : ""
        canvas.drawFrame(rect, title: "keys of \(view.title)", note: range)
        var start = rect.inside.column + 1
        for column in columns {
            let end = min(window.end, column.lines.count)
            for (index, line) in column.lines[min(window.offset, end)..<end].enumerated() {
                draw(line, of: column, on: &canvas, row: rect.inside.row + index, start: start)
            }
            start += column.columns
        }
    }

    private static func draw(
        _ line: Line, of column: Column, on canvas: inout CellCanvas, row: Int, start: Int
    ) {
        let room = column.columns - 2
        switch line {
        case .blank: break
        case .title(let title): canvas.write(title, row: row, column: start, limit: room, style: .heading)
        case .keys(let keys, let does):
            let isAlone = does.isEmpty
            canvas.write(
                keys, row: row, column: start, limit: isAlone ? room : column.keys - 1, style: .key)
            canvas.write(
                does, row: row, column: start + column.keys, limit: room - column.keys, style: .plain)
        }
    }
}
