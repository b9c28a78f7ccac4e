import LiveModel
import PointerEvents

/// What the followed visitor did other than move, the newest first.
struct EventsView {
    static func draw(
        _ model: borrowing LiveModel, window: inout ListWindow, on canvas: inout CellCanvas, rect: Rect,
        hasLines: Bool
    ) {
        let inside = hasLines ? rect.inside : rect
        window.fit(rows: inside.rows, total: model.followedEventCount)
        if hasLines {
            canvas.drawFrame(
                rect, title: "events", note: window.isScrollable ? window.range(canvas.glyphs) : "")
        }
        let column = inside.column + (hasLines ? 1 : 0)
        let end = inside.endColumn - (hasLines ? 1 : 0)
        for (index, ago) in (window.offset..<window.end).enumerated() {
            guard let event = model.followedEvent(ago: ago) else { return }
            let row = inside.row + index
            let seconds = (model.nowMilliseconds - event.atMilliseconds) / 1_000
            canvas.write(
                Figures.age(seconds: seconds), row: row, column: column, limit: 4, style: .faint,
                alignment: .right)
            canvas.write(
                "\(event.kind.word)", row: row, column: column + 6, limit: 6,
                style: VisitorsView.style(of: event.kind))
            let place = "\(Figures.coordinate(Double(event.x))),\(Figures.coordinate(Double(event.y)))"
            canvas.write(place, row: row, column: column + 13, limit: end - column - 13, style: .plain)
        }
        if window.total == 0, inside.rows > 0 {
            canvas.write(
                "none but moves", row: inside.row, column: column, limit: end - column, style: .faint)
        }
    }
}
