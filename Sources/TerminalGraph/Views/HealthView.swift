import LiveModel

/// How the server does: how long samples take, who watches, what was refused and what it logged.
struct HealthView {
    var incidents: [Incident]
    var picturesPerSecond: Int

    /// Seconds for which a reason that was given is worth a look.
    private static let recentMilliseconds: Int64 = 60_000

    /// Draws the view; `log` counts lines from the newest, which stands at the bottom.
    func draw(
        _ model: borrowing LiveModel, log: inout ListWindow, on canvas: inout CellCanvas, rect: Rect,
        hasLines: Bool, hits: inout HitRegions
    ) {
        let layout = HealthLayout(body: rect, hasLines: hasLines, viewers: model.status.audience.count)
        let judgement = DelayJudgement(model.status, picturesPerSecond: picturesPerSecond)
        LatencyView.draw(model, judgement, on: &canvas, rect: layout.latency, hasLines: hasLines)
        Self.drawRefusals(model, on: &canvas, rect: layout.refused, hasLines: hasLines)
        AudienceView.draw(
            model.status, on: &canvas, rect: layout.viewers, hasLines: hasLines, hits: &hits)
        if !layout.charts.isEmpty {
            HealthChartsView(judgement: judgement).draw(model, on: &canvas, rect: layout.charts)
        }
        Self.drawLog(model.status, window: &log, on: &canvas, rect: layout.log, hasLines: hasLines)
        if !layout.incidents.isEmpty {
            IncidentsView.drawPanel(
                incidents, now: model.nowMilliseconds, on: &canvas, rect: layout.incidents)
        }
    }

    /// Names the reasons that there were, the most frequent first.
    private static func drawRefusals(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool
    ) {
        let status = model.status
        let since = model.nowMilliseconds - recentMilliseconds
        // What was refused long ago is no trouble of now.
        func style(_ reason: TotalFigure) -> Style {
            model.lastRefusal(reason.name).map { $0 >= since } == true ? .caution : .plain
        }
        let known = status.refusals.filter { $0.value > 0 }
        // Equals keep the server's order, so that they do not change places for nothing.
        let reasons = known.enumerated().sorted {
            ($1.element.value, $0.offset) < ($0.element.value, $1.offset)
        }.map(\.element)
        let nothing = status.refusals.isEmpty ? "-" : "none"
        guard hasLines else {
            var line = LineOfParts()
            line.addLeft(weight: 100, ("refused", .heading), (reasons.isEmpty ? " \(nothing)" : "", .faint))
            for (index, reason) in reasons.enumerated() {
                line.addLeft(
                    weight: 50 - index, ("\(RefusalWords.words(for: reason.name)) ", .faint),
                    (count(reason), style(reason)))
            }
            return line.draw(on: &canvas, row: rect.row, column: rect.column, columns: rect.columns)
        }
        canvas.drawFrame(rect, title: "refused")
        let inside = rect.inside
        let (column, columns) = (inside.column + 1, inside.columns - 2)
        if reasons.isEmpty {
            canvas.write(
                nothing, row: inside.row, column: column, limit: columns,
                style: status.refusals.isEmpty ? .faint : .good)
        }
        let shown = reasons.count <= inside.rows ? reasons.count : inside.rows - 1
        for (index, reason) in reasons.prefix(shown).enumerated() {
            let row = inside.row + index
            let taken = canvas.write(
                count(reason), row: row, column: column, limit: columns, style: style(reason),
                alignment: .right)
            canvas.write(
                RefusalWords.words(for: reason.name), row: row, column: column, limit: columns - taken - 1,
                style: .plain)
        }
        guard shown < reasons.count else { return }
        canvas.write(
            "and \(reasons.count - shown) more reasons", row: inside.row + shown, column: column,
            limit: columns,
            style: .faint)
    }

    private static func count(_ figure: TotalFigure) -> String {
        Figures.count(Int(exactly: figure.value.rounded()) ?? .max)
    }

    private static func drawLog(
        _ status: ServerStatus, window: inout ListWindow, on canvas: inout CellCanvas, rect: Rect,
        hasLines: Bool
    ) {
        let lines = status.log
        let inside = hasLines ? rect.inside : rect
        window.fit(rows: inside.rows, total: lines.count)
        if hasLines {
            let below = window.offset > 0 ? "\(window.offset) newer below" : ""
            canvas.drawFrame(rect, title: "log", note: below)
        }
        let column = inside.column + (hasLines ? 1 : 0)
        let end = inside.endColumn - (hasLines ? 1 : 0)
        let shown = window.end - window.offset
        for place in 0..<shown {
            // Few lines stand at the top, as in a terminal that has just been opened.
            let line = lines[lines.count - 1 - window.offset - place]
            let row = inside.row + shown - 1 - place
            var next = column
            if end - column >= 60, !line.time.isEmpty {
                next += canvas.write(line.time, row: row, column: next, limit: 8, style: .faint) + 1
            }
            let word = line.text.prefix { $0 != " " }
            next += canvas.write(
                String(word), row: row, column: next, limit: end - next, style: severity(of: word))
            canvas.write(
                String(line.text.dropFirst(word.count)), row: row, column: next, limit: end - next,
                style: .plain)
        }
        if lines.isEmpty, inside.rows > 0 {
            let isKept = !status.hasLog && status.uptimeSeconds > 0
            canvas.write(
                isKept ? "the server shows you no log" : "nothing was logged", row: inside.row,
                column: column, limit: end - column, style: .faint)
        }
    }

    /// How bad an event is, told by its name: the server's lines have no level.
    static func severity(of event: Substring) -> Style {
        let parts = event.split(separator: "_")
        func speaks(of words: [String]) -> Bool {
            words.contains { word in parts.contains { $0.hasPrefix(word) } }
        }
        if speaks(of: ["fail", "kill", "crash", "died", "missed", "unresponsive", "signal"]) { return .bad }
        if speaks(of: ["refused", "dropped", "exited", "not", "stop", "backing", "lost", "slow"]) {
            return .caution
        }
        return speaks(of: ["ready", "started"]) ? .good : .strong
    }
}
