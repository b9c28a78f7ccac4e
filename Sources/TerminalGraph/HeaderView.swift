import LiveModel

/// The first line: what this is, how it stands with the server, who is here, what it has seen.
struct HeaderView {
    static func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, row: Int, totalsAreElsewhere: Bool,
        now: Int64
    ) {
        let (word, style) = state(model, now: now)
        var line = LineOfParts()
        line.addLeft(weight: 10, ("pointerscope", .title))
        line.addLeft(weight: 11, (canvas.glyphs.light, style), (" \(word)", style))
        line.addLeft(weight: 9, (Figures.count(model.visitorCount), .strong), (" visitors", .faint))
        line.addLeft(weight: 8, (Figures.rate(model.samplesPerSecond), .strong), ("/s", .faint))
        line.addLeft(weight: 7, (Figures.count(model.status.viewers), .strong), (" viewers", .faint))
        // Where the panel of the workers has room below them, the totals stand there.
        if !totalsAreElsewhere {
            for (index, total) in model.status.totals.prefix(3).enumerated() {
                let value = Figures.count(Int(exactly: total.value.rounded()) ?? 0)
                line.addRight(weight: 5 - index, ("\(total.name) ", .faint), (value, .plain))
            }
        }
        if let uptime = model.uptimeSeconds(now: now) {
            line.addRight(weight: 6, ("up ", .faint), (Figures.uptime(seconds: uptime), .plain))
        }
        let margin = canvas.columns >= 60 ? 1 : 0
        line.draw(on: &canvas, row: row, column: margin, columns: canvas.columns - 2 * margin)
    }

    /// A server that is there says something every second; one that is silent for three is in trouble.
    private static func state(_ model: borrowing LiveModel, now: Int64) -> (String, Style) {
        switch model.link {
        case .connecting: return ("connecting", .caution)
        case .reconnecting(let attempt): return ("reconnecting (\(attempt))", .caution)
        case .ended: return ("ended", .bad)
        case .live:
            guard let silence = model.secondsOfSilence(now: now), silence >= 3 else { return ("live", .good) }
            return ("silent \(Figures.age(seconds: Int64(silence)))", .caution)
        }
    }
}
