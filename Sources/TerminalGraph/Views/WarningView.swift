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
        more = unseen.count
        if let loss = model.connectionLoss {
            let wait = model.secondsToRetry(now: now) ?? 0
            let next = wait > 0 ? "next try in \(wait) s" : "trying now"
            parts = [("no connection: the server ", .bad), (loss.why, .bad), (", \(next)", .caution)]
            return
        }
        if case .live = model.link, let silence = model.secondsOfSilence(now: now), silence >= 3 {
            parts = [("the server has said nothing for \(silence) s", .bad)]
            return
        }
        guard let newest = unseen.last else { return nil }
        more -= 1
        let seconds = (model.nowMilliseconds - newest.atMilliseconds) / 1_000
        let age = seconds < 1 ? "now" : "\(Figures.age(seconds: seconds)) ago"
        parts = [("\(age)  ", .plain), (newest.text, Alarms.style(of: newest))]
    }

    func draw(on canvas: inout CellCanvas, row: Int, hits: inout HitRegions) {
        let margin = canvas.columns >= 60 ? 1 : 0
        for column in 0..<canvas.columns { canvas.put(0x20, row: row, column: column, style: .plain) }
        let end = canvas.columns - margin
        let rest = more > 0 ? "\(more) more" : ""
        var room = end
        if canvas.columns >= 60 {
            var line = LineOfParts()
            line.addRight(
                weight: 1, (rest.isEmpty ? "" : "\(rest)  ", .caution), ("i", .key), (" incidents", .faint))
            line.draw(on: &canvas, row: row, column: margin, columns: end - margin)
            room -= canvas.width(of: rest.isEmpty ? "" : "\(rest)  ") + "i incidents".count + 2
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
