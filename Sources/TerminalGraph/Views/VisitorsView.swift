import LiveModel
import PointerEvents

/// A row for every visitor, as far as they fit.
struct VisitorsView {
    var rows: VisitorRows
    var chosen: VisitorMark?
    var order: VisitorOrder
    var isReversed: Bool
    var isFiltered: Bool
    /// The page that all of them are on; nil where they may be on any. Then heads do not sort: the order is
    /// not the view's.
    var page: String?

    /// Draws the rows and notes where they can be clicked on.
    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        let inside = hasLines ? rect.inside : rect
        if hasLines {
            let title = page.map { "visitors of \($0)" } ?? "visitors"
            canvas.drawFrame(rect, title: title, note: rows.window.range(canvas.glyphs))
        }
        guard inside.rows >= 1 else { return }
        // One column of air at either side, where there is a line to keep away from.
        let margin = hasLines ? 1 : 0
        let columns = VisitorColumns(width: inside.columns - 2 * margin, hasPage: page == nil).columns
        for column in columns {
            TableHead(
                text: Self.head(of: column),
                order: page == nil ? column.kind.order.flatMap(Self.place) : nil,
                isOwnOrder: column.kind != .sparkline,
                isRightAligned: Self.isRightAligned(column.kind)
            ).draw(
                on: &canvas, row: inside.row, column: inside.column + margin + column.start,
                columns: column.width, sorted: Self.place(order), isReversed: isReversed, hits: &hits)
        }
        let scale = Self.sparklineScale(model, visitors: rows.visitors)
        for (index, visitor) in rows.visitors.prefix(inside.rows - 1).enumerated() {
            let row = inside.row + 1 + index
            for column in columns {
                Self.draw(
                    column, of: visitor, model, on: &canvas, row: row,
                    start: inside.column + margin + column.start, scale: scale)
            }
            guard let mark = VisitorMark(visitor.slot, in: model) else { continue }
            hits.add(.visitor(mark), row: row, column: inside.column, columns: inside.columns)
            if mark == chosen { canvas.highlight(row: row, column: inside.column, columns: inside.columns) }
        }
        if rows.visitors.isEmpty, inside.rows >= 2 {
            canvas.write(
                isFiltered && model.visitorCount > 0 ? "nobody matches" : "nobody is here yet",
                row: inside.row + 1, column: inside.column + margin, limit: inside.columns - 2 * margin,
                style: .faint)
        }
    }

    private static func place(_ order: VisitorOrder) -> Int? { VisitorOrder.allCases.firstIndex(of: order) }

    private static func head(of column: VisitorColumns.Column) -> String {
        switch column.kind {
        case .position: "    x,y"
        case .sparkline where column.width < 9: "60 s"
        default: column.kind.head
        }
    }

    private static func isRightAligned(_ kind: VisitorColumns.Kind) -> Bool {
        switch kind {
        case .rate, .last, .since, .worker: true
        case .id, .page, .position, .action, .sparkline: false
        }
    }

    private static func draw(
        _ column: VisitorColumns.Column, of ranked: RankedVisitor, _ model: borrowing LiveModel,
        on canvas: inout CellCanvas, row: Int, start: Int, scale: Double
    ) {
        let slot = ranked.slot
        guard let visitor = model.visitor(in: slot) else { return }
        let isActive = ranked.rate > 0
        func write(_ text: String, _ style: Style) {
            canvas.write(
                text, row: row, column: start, limit: column.width, style: style,
                alignment: isRightAligned(column.kind) ? .right : .left)
        }
        switch column.kind {
        case .id: drawLabel(model, slot, on: &canvas, row: row, column: start, column.width, isActive)
        case .page: write(model.page(of: slot), isActive ? .reference : .faint)
        case .position where visitor.hasPosition:
            canvas.write(
                Figures.coordinate(visitor.x), row: row, column: start, limit: 5, style: .plain,
                alignment: .right)
            canvas.write(",", row: row, column: start + 5, limit: 1, style: .faint)
            canvas.write(Figures.coordinate(visitor.y), row: row, column: start + 6, limit: 5, style: .plain)
        case .position: write("    -", .faint)
        case .action: write(visitor.hasPosition ? "\(visitor.kind.word)" : "", style(of: visitor.kind))
        case .sparkline:
            Sparkline(second: model.nowMilliseconds / 1_000, scale: scale).draw(
                on: &canvas, row: row, column: start, width: column.width
            ) { Sparkline.samples(model, slot: slot, secondsAgo: $0) }
        case .rate: write(Figures.rate(ranked.rate), isActive ? .heat(ranked.rate, of: scale) : .faint)
        case .last:
            let seconds = (model.nowMilliseconds - visitor.lastMilliseconds) / 1_000
            write(Figures.age(seconds: seconds), seconds < 1 ? .good : .faint)
        case .since:
            write(Figures.age(seconds: (model.nowMilliseconds - visitor.sinceMilliseconds) / 1_000), .faint)
        case .worker: write(visitor.worker > 0 ? String(visitor.worker) : "", .faint)
        }
    }

    /// The name, and the id behind it as far as there is room; of who has none the id.
    private static func drawLabel(
        _ model: borrowing LiveModel, _ slot: Int, on canvas: inout CellCanvas, row: Int, column: Int,
        _ width: Int, _ isActive: Bool
    ) {
        let taken = canvas.write(
            model.label(of: slot), row: row, column: column, limit: width,
            style: isActive ? .strong : .plain)
        guard !model.name(of: slot).isEmpty, width - taken >= 5 else { return }
        canvas.write(
            model.id(of: slot), row: row, column: column + taken + 1, limit: width - taken - 1, style: .faint)
    }

    static func style(of kind: PointerKind) -> Style {
        switch kind {
        case .click, .down, .up: .caution
        case .enter, .leave, .cancel: .reference
        case .move, .scroll: .faint
        }
    }

    /// One scale for all rows that are seen, so that they can be compared: their busiest second, but at least
    /// what a browser sends of a pointer that moves all the time.
    private static func sparklineScale(_ model: borrowing LiveModel, visitors: [RankedVisitor]) -> Double {
        var most = 60
        for visitor in visitors {
            for ago in 0..<LiveModel.activitySeconds {
                most = max(most, model.samples(of: visitor.slot, secondsAgo: ago))
            }
        }
        return Double(most)
    }
}
