import LiveModel
import PointerEvents

/// The way of the visitor that is followed over its page, from dark for its oldest part to bright for now.
///
/// ```
/// ╭─ path of user123 ────────── 812 points · 2 clicks ─╮
/// │        ◇⠤⠤⣀              │   ◇ where it begins
/// │           ⠉⠒×1⠤⣀         │   × a click and which one it was
/// │                 ⠉⠒● ×2   │   ● the pointer; ○ one that is gone
/// ╰────────────────────────────────────────────────────╯
/// ```
struct PathView {
    /// Draws into `rect`, with a line around it where that leaves room.
    static func draw(_ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect) {
        let hasLines = rect.rows >= 5 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return }
        let followed = model.followed
        let summary = Summary(model)
        if hasLines {
            let notes = summary.notes(model, glyphs: canvas.glyphs)
            let title = followed.map { "path of \($0.id)" } ?? "path"
            let room = rect.columns - 4 - min(canvas.width(of: title) + 2, rect.columns - 4) - 1 - 2
            let note = notes.first { canvas.width(of: $0) <= room } ?? ""
            canvas.drawFrame(rect, title: title, note: note)
        }
        guard let followed else {
            canvas.write(
                "nobody is followed", row: plot.row, column: plot.column, limit: plot.columns, style: .faint)
            return
        }
        var painter = Painter(summary: summary, plot: plot, glyphs: canvas.glyphs)
        painter.drawPath(model)
        painter.page.drawEdges(on: &canvas, plot: plot)
        painter.plot.draw(on: &canvas, row: painter.page.rect.row, column: painter.page.rect.column)
        painter.drawSigns(model, hasLeft: followed.hasLeft, on: &canvas)
    }

    /// What is known of a path before it is drawn.
    struct Summary {
        var points = 0
        var first: PathPoint?
        /// CSS pixels of the page's viewport; where it was never told, what holds the whole path.
        var width = 1_280.0
        var height = 720.0

        init(_ model: borrowing LiveModel) {
            let glance = model.followedGlance
            var right = 0.0
            var bottom = 0.0
            var count = 0
            var first: PathPoint?
            model.forEachFollowedPoint { point in
                if first == nil { first = point }
                count += 1
                right = max(right, Double(point.x))
                bottom = max(bottom, Double(point.y))
            }
            points = count
            self.first = first
            if let glance, glance.viewportWidth > 0, glance.viewportHeight > 0 {
                width = min(max(glance.viewportWidth, 1), Limits.mapPixels)
                height = min(max(glance.viewportHeight, 1), Limits.mapPixels)
            } else {
                width = max(width, min(right, Limits.mapPixels))
                height = max(height, min(bottom, Limits.mapPixels))
            }
        }

        /// What can be said about it, from much to little.
        func notes(_ model: borrowing LiveModel, glyphs: Glyphs) -> [String] {
            let dot = " \(glyphs.separator) "
            let clicks = model.followedCount(of: .click)
            let events =
                "\(Figures.grouped(points)) points" + dot
                + "\(Figures.grouped(clicks)) \(clicks == 1 ? "click" : "clicks")"
            let size = "\(Figures.coordinate(width))x\(Figures.coordinate(height)) px"
            return [size + dot + events, events]
        }
    }
}
