import LiveModel

/// A row for every page that has visitors, as far as they fit.
struct PagesView {
    enum Kind: CaseIterable {
        case page
        case visitors
        case share
        case rate
        case clicks
        case sparkline

        var head: String {
            switch self {
            case .page: "page"
            case .visitors: "visitors"
            case .share: "share"
            case .rate: "rate"
            case .clicks: "clicks"
            case .sparkline: "last 60 s"
            }
        }

        var order: PageOrder? {
            switch self {
            case .page: .page
            case .visitors: .visitors
            case .rate, .sparkline: .rate
            case .clicks: .clicks
            case .share: nil
            }
        }

        /// Columns it needs at least.
        var least: Int {
            switch self {
            case .page: 12
            case .visitors: 8
            case .share: 10
            case .rate: 5
            case .clicks: 6
            case .sparkline: 9
            }
        }

        var isFigure: Bool { self == .visitors || self == .rate || self == .clicks }
    }

    var rows: PageRows
    var order: PageOrder
    var isReversed: Bool

    /// Which columns a table `width` columns wide has, and where they stand.
    static func columns(width: Int) -> [(kind: Kind, start: Int, width: Int)] {
        let gap = width >= 200 ? 4 : width >= 70 ? 2 : 1
        var kinds = Kind.allCases
        func least() -> Int { kinds.reduce(-gap) { $0 + $1.least + gap } }
        for kind in [Kind.share, .clicks] where least() > width { kinds.removeAll { $0 == kind } }
        var widths = kinds.map(\.least)
        var spare = max(0, width - least())
        func grow(_ kind: Kind, to limit: Int) {
            guard let index = kinds.firstIndex(of: kind) else { return }
            let more = min(max(limit - widths[index], 0), spare)
            widths[index] += more
            spare -= more
        }
        for (kind, limit) in [
            (Kind.page, 20), (.sparkline, 20), (.page, 32), (.sparkline, 30), (.share, 20), (.sparkline, 60),
            (.page, 64),
        ] { grow(kind, to: limit) }
        // Two cells a second, or none more, as in the list of visitors.
        if spare >= 60 { grow(.sparkline, to: 120) }
        grow(.share, to: 40)
        grow(.page, to: .max)
        var start = 0
        return zip(kinds, widths).map { kind, width in
            defer { start += width + gap }
            return (kind, start, width)
        }
    }

    /// Draws the rows and notes where they can be clicked on.
    func draw(
        _ model: borrowing LiveModel, on canvas: inout CellCanvas, rect: Rect, hasLines: Bool,
        hits: inout HitRegions
    ) {
        let inside = hasLines ? rect.inside : rect
        if hasLines { canvas.drawFrame(rect, title: "pages", note: rows.window.range(canvas.glyphs)) }
        guard inside.rows >= 1 else { return }
        let margin = hasLines ? 1 : 0
        let columns = Self.columns(width: inside.columns - 2 * margin)
        for column in columns {
            TableHead(
                text: column.kind.head, order: column.kind.order.flatMap(Self.place),
                isOwnOrder: column.kind != .sparkline,
                isRightAligned: column.kind.isFigure
            ).draw(
                on: &canvas, row: inside.row, column: inside.column + margin + column.start,
                columns: column.width, sorted: Self.place(order), isReversed: isReversed, hits: &hits)
        }
        let scale = scale(model)
        for (index, page) in rows.pages[rows.window.offset..<rows.window.end].enumerated() {
            let row = inside.row + 1 + index
            for column in columns {
                Self.draw(
                    column.kind, of: page, model, on: &canvas, row: row,
                    start: inside.column + margin + column.start, width: column.width, scale: scale)
            }
            hits.add(.page(PageMark(page)), row: row, column: inside.column, columns: inside.columns)
            if PageMark(page) == rows.chosen {
                canvas.highlight(row: row, column: inside.column, columns: inside.columns)
            }
        }
        if rows.pages.isEmpty, inside.rows >= 2 {
            canvas.write(
                rows.total > 0 ? "no page matches" : "nobody is here yet", row: inside.row + 1,
                column: inside.column + margin,
                limit: inside.columns - 2 * margin, style: .faint)
        }
    }

    private static func place(_ order: PageOrder) -> Int? { PageOrder.allCases.firstIndex(of: order) }

    private static func draw(
        _ kind: Kind, of page: PageActivity, _ model: borrowing LiveModel, on canvas: inout CellCanvas,
        row: Int, start: Int, width: Int, scale: Double
    ) {
        let isActive = page.rate > 0
        func write(_ text: String, _ style: Style) {
            canvas.write(
                text, row: row, column: start, limit: width, style: style,
                alignment: kind.isFigure ? .right : .left)
        }
        switch kind {
        case .page:
            write(model.pageText(page.index), page.index < 0 ? .faint : isActive ? .reference : .plain)
        case .visitors: write(Figures.count(page.visitors), .strong)
        case .share:
            let share = Double(page.visitors) / Double(max(model.rowCount, 1))
            let filled = max(1, Int((share * Double(width)).rounded()))
            for cell in 0..<min(filled, width) {
                canvas.put(
                    canvas.glyphs.horizontal, row: row, column: start + cell,
                    style: .heat(Double(cell) + 0.5, of: Double(width)))
            }
        case .rate: write(Figures.rate(page.rate), isActive ? .heat(page.rate, of: scale) : .faint)
        case .clicks: write(Figures.count(page.clicks), page.clicks > 0 ? .plain : .faint)
        case .sparkline:
            Sparkline(second: model.nowMilliseconds / 1_000, scale: scale).draw(
                on: &canvas, row: row, column: start, width: width
            ) { Sparkline.samples(model, page: page.index, secondsAgo: $0) }
        }
    }

    /// One scale for all rows that are seen, so that they can be compared.
    private func scale(_ model: borrowing LiveModel) -> Double {
        var most = 60
        for page in rows.pages[rows.window.offset..<rows.window.end] {
            for ago in 0..<LiveModel.activitySeconds {
                most = max(most, model.samples(ofPage: page.index, secondsAgo: ago))
            }
        }
        return Double(most)
    }
}
