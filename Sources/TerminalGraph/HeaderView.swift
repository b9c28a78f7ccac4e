import LiveModel

/// The first line: what this is, how it stands with the server, who is here, where to connect.
struct HeaderView {
    static func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, row: Int, now: Int64) {
        let (word, style) = state(model, now: now)
        var line = LineOfParts()
        line.addLeft(weight: 10, ("pointerscope", .title))
        line.addLeft(weight: 11, (canvas.glyphs.light, style), (" \(word)", style))
        line.addLeft(weight: 9, (Figures.count(model.visitorCount), .strong), (" visitors", .faint))
        line.addLeft(weight: 8, (Figures.rate(model.samplesPerSecond), .strong), ("/s", .faint))
        line.addLeft(weight: 7, (Figures.count(model.status.viewers), .strong), (" viewers", .faint))
        if !model.status.ingestAddress.isEmpty {
            line.addRight(weight: 4, ("ingest ", .faint), (model.status.ingestAddress, .reference))
        }
        if !model.status.httpAddress.isEmpty {
            line.addRight(weight: 5, ("http ", .faint), (model.status.httpAddress, .reference))
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
