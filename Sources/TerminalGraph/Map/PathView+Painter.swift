import LiveModel
import PointerEvents

extension PathView {
    /// Brings one path onto its page.
    struct Painter {
        let page: MapPage
        private(set) var plot = PlotCanvas()
        private var labels = LabelPlacer()
        private let summary: Summary
        private let area: Rect

        init(summary: Summary, plot area: Rect, glyphs: Glyphs) {
            self.summary = summary
            self.area = area
            page = MapPage.fit(aspect: summary.width / summary.height, into: area)
            plot.reset(columns: page.rect.columns, rows: page.rect.rows, glyphs: glyphs)
        }

        /// Plots the path, every eighth of its points in a colour of its own.
        mutating func drawPath(_ model: borrowing LiveModel) {
            let total = max(summary.points, 1)
            var index = 0
            var last: PlotCanvas.Position?
            model.forEachFollowedPoint { point in
                index += 1
                // Where the page moved below the pointer, and where the pointer was away, there is no way.
                guard point.kind != .scroll else { return }
                guard point.kind != .leave else {
                    last = nil
                    return
                }
                let position = position(point)
                if point.isStart || point.kind == .enter { last = nil }
                let style = Style.heat(step: (index - 1) * Style.heatSteps / total)
                plot.line(from: last ?? position, to: position, style: style, priority: 0)
                last = position
            }
        }

        /// Marks the start, the clicks and the pointer, which is the last to be covered.
        mutating func drawSigns(_ model: borrowing LiveModel, hasLeft: Bool, on canvas: inout CellCanvas) {
            labels.reset(area)
            let glyphs = canvas.glyphs
            if let first = summary.first {
                mark(position(first), glyphs.pathStart, style: .good, on: &canvas)
            }
            let clicks = markClicks(model, on: &canvas)
            if let glance = model.followedGlance, glance.hasPosition {
                let isGone = hasLeft || glance.kind == .leave
                mark(
                    place(glance.x, glance.y), isGone ? glyphs.restingPointer : glyphs.chosenPointer,
                    style: isGone ? .faint : .strong, on: &canvas)
            }
            for click in clicks {
                let text = String(click.number)
                guard
                    let place = labels.place(
                        columns: text.utf8.count, row: click.row, column: click.column, gap: 0)
                else { continue }
                canvas.write(
                    text, row: place.row, column: place.column, limit: text.utf8.count, style: .caution)
            }
        }

        private struct Click {
            var row: Int
            var column: Int
            var number: Int
        }

        /// Marks the newest clicks and says where, the newest first.
        private mutating func markClicks(
            _ model: borrowing LiveModel, on canvas: inout CellCanvas
        ) -> [Click] {
            var clicks: [Click] = []
            var number = model.followedCount(of: .click)
            let cells = page.rect.columns * page.rect.rows
            let most = min(Limits.pathClicks, max(cells / Limits.clickCells, 3))
            for ago in 0..<model.followedEventCount {
                guard clicks.count < most, let event = model.followedEvent(ago: ago) else {
                    break
                }
                guard event.kind == .click else { continue }
                let (row, column) = mark(
                    position(event), canvas.glyphs.click, style: .caution, on: &canvas)
                clicks.append(Click(row: row, column: column, number: number))
                number -= 1
            }
            return clicks
        }

        @discardableResult
        private mutating func mark(
            _ position: PlotCanvas.Position, _ sign: UInt32, style: Style, on canvas: inout CellCanvas
        ) -> (row: Int, column: Int) {
            let cell = plot.cell(of: position)
            let row = page.rect.row + cell / page.rect.columns
            let column = page.rect.column + cell % page.rect.columns
            canvas.put(sign, row: row, column: column, style: style)
            labels.block(row: row, column: column)
            return (row, column)
        }

        private func position(_ point: PathPoint) -> PlotCanvas.Position {
            place(Double(point.x), Double(point.y))
        }

        private func place(_ x: Double, _ y: Double) -> PlotCanvas.Position {
            PlotCanvas.Position(
                x: x * Double(plot.width) / summary.width, y: y * Double(plot.height) / summary.height)
        }
    }
}
