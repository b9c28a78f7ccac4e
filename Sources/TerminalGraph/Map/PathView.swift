import LiveModel
import PointerEvents

/// The way of the visitor that is followed over its page, from bright for now to dark for what is about to be
/// too old to be shown.
///
/// ```
/// ╭─ path of user123 ── last 30 s · 812 points · 2 clicks ─╮
/// │        ◇⠤⠤⣀              │   ◇ where what is shown begins
/// │           ⠉⠒×1⠤⣀         │   × a click and which one it was
/// ▸                 ⠉⠒ ◉  ×2 ◂   ◉ the pointer, which the edges point at; ○ one that is gone
/// ╰─ / 0:40 › /docs 1:03 ──────▴───────────────────────────╯
/// ```
struct PathView {
    /// How much of the path is shown with an act that is marked, before and behind it.
    static let actMilliseconds: Int64 = 1_500

    /// Draws into `rect`, with a line around it where that leaves room.
    static func draw(
        _ model: borrowing LiveModel, look: PathLook = PathLook(), on canvas: inout CellCanvas, rect: Rect
    ) {
        let hasLines = rect.rows >= 5 && rect.columns >= 24
        let plot = hasLines ? rect.inside : rect
        guard !plot.isEmpty else { return }
        let followed = model.followed
        var window = PathWindow(model, look)
        let summary = Summary(model, window: window)
        if let first = summary.first { window.begin(at: first.atMilliseconds) }
        if hasLines {
            let notes = summary.notes(window, glyphs: canvas.glyphs)
            let title = followed.map { "path of \($0.id)" } ?? "path"
            let room = rect.columns - 4 - min(canvas.width(of: title) + 2, rect.columns - 4) - 1 - 2
            let note = notes.first { canvas.width(of: $0) <= room } ?? ""
            canvas.drawFrame(rect, title: title, note: note)
            PageTrail(visits: model.followedVisits, now: model.nowMilliseconds).draw(
                on: &canvas, row: rect.endRow - 1, column: rect.column + 2, columns: rect.columns - 4)
        }
        guard let followed else {
            canvas.write(
                "nobody is followed", row: plot.row, column: plot.column, limit: plot.columns, style: .faint)
            return
        }
        var painter = Painter(
            summary: summary, window: window, act: look.act, plot: plot, glyphs: canvas.glyphs)
        painter.drawPath(model)
        painter.page.drawEdges(on: &canvas, plot: plot)
        painter.plot.draw(on: &canvas, row: painter.page.rect.row, column: painter.page.rect.column)
        painter.drawSigns(model, hasLeft: followed.hasLeft, on: &canvas, frame: hasLines ? rect : nil)
    }

    /// What is known of a path before it is drawn.
    struct Summary {
        /// In the window.
        var points = 0
        var clicks = 0
        var first: PathPoint?
        /// Since when the visitor is on its page, hub epoch milliseconds: what is older was on another.
        var pageSince = Int64.min
        /// CSS pixels of the page's viewport; where it was never told, what holds the whole path.
        var width = 1_280.0
        var height = 720.0

        init(_ model: borrowing LiveModel, window: PathWindow) {
            let glance = model.followedGlance
            var right = 0.0
            var bottom = 0.0
            var count = 0
            var clicks = 0
            var first: PathPoint?
            model.forEachFollowedPoint { point in
                if window.holds(point.atMilliseconds) {
                    if first == nil { first = point }
                    count += 1
                    if point.kind == .click { clicks += 1 }
                }
                right = max(right, Double(point.x))
                bottom = max(bottom, Double(point.y))
            }
            points = count
            self.clicks = clicks
            self.first = first
            if let visit = model.followedVisits.last { pageSince = visit.sinceMilliseconds }
            if let glance, glance.viewportWidth > 0, glance.viewportHeight > 0 {
                width = min(max(glance.viewportWidth, 1), Limits.mapPixels)
                height = min(max(glance.viewportHeight, 1), Limits.mapPixels)
            } else {
                width = max(width, min(right, Limits.mapPixels))
                height = max(height, min(bottom, Limits.mapPixels))
            }
        }

        /// What can be said about it, from much to little.
        func notes(_ window: PathWindow, glyphs: Glyphs) -> [String] {
            let dot = " \(glyphs.separator) "
            let pointed = "\(Figures.grouped(points)) \(Figures.noun("point", points))"
            let clicked = "\(Figures.grouped(clicks)) \(Figures.noun("click", clicks))"
            let size = "\(Figures.coordinate(width))x\(Figures.coordinate(height)) px"
            return [
                size + dot + window.title + dot + pointed + dot + clicked,
                window.title + dot + pointed + dot + clicked, window.title + dot + clicked, window.title,
            ]
        }
    }
}
