import LiveModel
import PointerEvents

/// What the followed visitor did other than move, the newest first.
///
/// ```
///   3s  click       1285,525  14     age, what and how often, where, which of the clicks
///  10s  scroll ×6    347,264
/// ```
struct EventsView {
    /// Columns from where a place begins to where the number of a click ends.
    private static let numberColumns = 15

    /// Draws the rows and notes where they can be clicked on; the one that is marked is that of the path.
    static func draw(
        _ model: borrowing LiveModel, look: PathLook, window: inout ListWindow, on canvas: inout CellCanvas,
        rect: Rect, hasLines: Bool, hits: inout HitRegions
    ) {
        let inside = hasLines ? rect.inside : rect
        window.fit(rows: inside.rows, total: look.actCount(model))
        if hasLines {
            canvas.drawFrame(
                rect, title: "events", note: window.isScrollable ? window.range(canvas.glyphs) : "")
        }
        let margin = hasLines ? 1 : 0
        let column = inside.column + margin
        let end = inside.endColumn - margin
        for (index, ago) in (window.offset..<window.end).enumerated() {
            guard let act = model.followedAct(ago: ago) else { return }
            let row = inside.row + index
            draw(act, now: model.nowMilliseconds, on: &canvas, row: row, column: column, end: end)
            hits.add(.act(act.number), row: row, column: inside.column, columns: inside.columns)
            if act.number == look.act {
                canvas.highlight(row: row, column: inside.column, columns: inside.columns)
            }
        }
        if window.total == 0, inside.rows > 0 {
            canvas.write(
                "none but moves", row: inside.row, column: column, limit: end - column, style: .faint)
        }
    }

    private static func draw(
        _ act: FollowedAct, now: Int64, on canvas: inout CellCanvas, row: Int, column: Int, end: Int
    ) {
        canvas.write(
            Figures.age(seconds: (now - act.atMilliseconds) / 1_000), row: row, column: column, limit: 4,
            style: .faint, alignment: .right)
        let words = words(of: act, glyphs: canvas.glyphs)
        let taken = canvas.write(
            words, row: row, column: column + 6, limit: end - column - 6, style: style(of: act.kind))
        let start = column + 6 + max(taken + 1, 10)
        let place = "\(Figures.coordinate(Double(act.x))),\(Figures.coordinate(Double(act.y)))"
        canvas.write(place, row: row, column: start, limit: min(end - start, 11), style: .plain)
        // Which click it was, as the path numbers them.
        let number = act.clickNumber > 0 ? String(act.clickNumber) : ""
        let left = start + place.utf8.count + 1
        let room = min(end, start + Self.numberColumns) - left
        guard room >= number.utf8.count else { return }
        canvas.write(number, row: row, column: left, limit: room, style: .caution, alignment: .right)
    }

    /// What was done, and how often.
    static func words(of act: FollowedAct, glyphs: Glyphs) -> String {
        let times = act.count > 1 ? " \(glyphs.times)\(Figures.grouped(act.count))" : ""
        return "\(act.kind.word)\(times)"
    }

    private static func style(of kind: FollowedAct.Kind) -> Style {
        switch kind {
        case .click, .press, .drag, .down, .up: .caution
        case .enter, .leave, .cancel: .reference
        case .scroll: .faint
        }
    }
}
