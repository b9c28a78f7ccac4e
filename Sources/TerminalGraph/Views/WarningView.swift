import LiveModel

/// The line that says what is wrong: the connection while there is none, else the newest incident that nobody
/// has seen.
struct WarningView {
    private var parts: [(text: String, style: Style)] = []
    /// What else there is to see.
    private var more = 0

    /// Nil where there is nothing to say.
    init?(_ model: borrowing LiveModel, alarms: Alarms, now: Int64) {
        let unseen = alarms.unseen
        // What goes on is the line itself.
        more = unseen.count { $0.kind != .link || !$0.isOpen }
        if let loss = model.connectionLoss {
            let wait = model.secondsToRetry(now: now) ?? 0
            let next = wait > 0 ? "next try in \(wait) s" : "trying now"
            parts = [("no connection, ", .bad), (next, .caution), (": it \(loss.why)", .bad)]
            return
        }
        if case .live = model.link, let silence = model.secondsOfSilence(now: now), silence >= 3 {
            parts = [("the server has said nothing for \(silence) s", .bad)]
            return
        }
        guard let newest = unseen.last else { return nil }
        more = unseen.count - 1
        let seconds = (model.nowMilliseconds - newest.atMilliseconds) / 1_000
        let age = seconds < 1 ? "now" : "\(Figures.age(seconds: seconds)) ago"
        parts = [("\(age)  ", .plain), (newest.text, Alarms.style(of: newest))]
    }

    func draw(on canvas: inout CellCanvas, row: Int, hits: inout HitRegions) {
        let margin = canvas.columns >= 60 ? 1 : 0
        for column in 0..<canvas.columns { canvas.put(0x20, row: row, column: column, style: .plain) }
        let end = canvas.columns - margin
        var room = end
        if canvas.columns >= 60 {
            let rest = more > 0 ? "\(more) more  " : ""
            let text = parts.reduce(2) { $0 + canvas.width(of: $1.text) }
            // The word for the key goes first.
            let word = text + rest.count + "i incidents".count + 2 <= end - margin ? " incidents" : ""
            var line = LineOfParts()
            line.addRight(weight: 1, (rest, .caution), ("i", .key), (word, .faint))
            line.draw(on: &canvas, row: row, column: margin, columns: end - margin)
            room -= rest.count + 1 + word.count + 2
        }
        var column = margin
        column += canvas.write("! ", row: row, column: column, limit: room - column, style: .bad)
        for part in parts where column < room {
            column += canvas.write(
                part.text, row: row, column: column, limit: room - column, style: part.style)
        }
        hits.add(.action(.incidents), row: row, column: 0, columns: canvas.columns)
    }
}
