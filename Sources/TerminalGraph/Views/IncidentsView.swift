import LiveModel

/// What went wrong, the newest first: when, how long ago, what.
struct IncidentsView {
    /// One row of the list; what follows an incident's first row has no time.
    struct Line: Equatable {
        var time = ""
        var age = ""
        var text: String
        var style: Style
    }

    /// Columns in front of the text: a time of eight, an age of four, and blanks.
    private static let textColumn = 16

    /// The rows for so many columns of text.
    static func lines(_ incidents: [Incident], now: Int64, columns: Int) -> [Line] {
        incidents.reversed().flatMap { incident in
            let style = Alarms.style(of: incident)
            var lines = wrapped(incident.text, columns: columns).map { Line(text: $0, style: style) }
            lines[0].time = incident.clock
            lines[0].age = Figures.age(seconds: (now - incident.atMilliseconds) / 1_000)
            return lines
        }
    }

    /// At least one line; a word that is wider than a line is left to be cut.
    static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.unicodeScalars.count + 1 + word.unicodeScalars.count <= columns {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }

    /// Draws the list over what is there.
    static func draw(
        _ incidents: [Incident], now: Int64, window: inout ListWindow, on canvas: inout CellCanvas, body: Rect
    ) {
        let columns = min(body.columns, 110)
        let lines = lines(incidents, now: now, columns: columns - 4 - textColumn)
        let rows = min(body.rows, max(lines.count, 1) + 2)
        let rect = Rect(
            row: body.row + (body.rows - rows) / 2, column: body.column + (body.columns - columns) / 2,
            rows: rows, columns: columns)
        canvas.blank(rect)
        let range = window.isScrollable ? "\(window.range(canvas.glyphs))  " : ""
        canvas.drawFrame(rect, title: "incidents", note: "\(range)UTC")
        draw(lines, window: &window, on: &canvas, inside: rect.inside)
    }

    /// The same as a panel of a view, which does not scroll.
    static func drawPanel(
        _ incidents: [Incident], now: Int64, on canvas: inout CellCanvas, rect: Rect
    ) {
        canvas.drawFrame(rect, title: "incidents", note: "UTC")
        var window = ListWindow()
        let lines = lines(incidents, now: now, columns: rect.columns - 4 - textColumn)
        draw(lines, window: &window, on: &canvas, inside: rect.inside)
    }

    private static func draw(
        _ lines: [Line], window: inout ListWindow, on canvas: inout CellCanvas, inside: Rect
    ) {
        window.fit(rows: inside.rows, total: lines.count)
        let column = inside.column + 1
        let end = inside.endColumn - 1
        for (index, line) in lines[window.offset..<window.end].enumerated() {
            let row = inside.row + index
            canvas.write(line.time, row: row, column: column, limit: 8, style: .faint)
            canvas.write(line.age, row: row, column: column + 10, limit: 4, style: .faint, alignment: .right)
            canvas.write(
                line.text, row: row, column: column + textColumn, limit: end - column - textColumn,
                style: line.style)
        }
        guard lines.isEmpty, inside.rows > 0 else { return }
        canvas.write(
            "nothing went wrong while somebody looked", row: inside.row, column: column, limit: end - column,
            style: .faint)
    }
}
