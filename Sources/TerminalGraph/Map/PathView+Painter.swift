import LiveModel
import PointerEvents

extension PathView {
    /// Brings one path onto its page.
    struct Painter {
        let page: MapPage
        private(set) var plot = PlotCanvas()
        private var labels = LabelPlacer()
        private let summary: Summary
        private let window: PathWindow
        /// The act that is marked, by its number.
        private let act: Int?
        private let area: Rect

        init(summary: Summary, window: PathWindow, act: Int?, plot area: Rect, glyphs: Glyphs) {
            self.summary = summary
            self.window = window
            self.act = act
            self.area = area
            page = MapPage.fit(aspect: summary.width / summary.height, into: area)
            plot.reset(columns: page.rect.columns, rows: page.rect.rows, glyphs: glyphs)
        }

        /// Plots what the window holds of the path, by its age; and whatever it holds, the moments around the
        /// act that is marked.
        mutating func drawPath(_ model: borrowing LiveModel) {
            let around = marked(model).map {
                $0.sinceMilliseconds - PathView.actMilliseconds...$0.atMilliseconds + PathView.actMilliseconds
            }
            var last: PlotCanvas.Position?
            model.forEachFollowedPoint { point in
                let at = point.atMilliseconds
                let isMarked = around?.contains(at) ?? false
                guard window.holds(at) || isMarked else {
                    last = nil
                    return
                }
                // Where the page moved below the pointer, and where the pointer was away, there is no way.
                guard point.kind != .scroll else { return }
                guard point.kind != .leave else {
                    last = nil
                    return
                }
                let position = position(point)
                if point.isStart || point.kind == .enter { last = nil }
                // What was on another page is not where it seems to be.
                let step = at < summary.pageSince ? 0 : window.step(at: at)
                plot.line(
                    from: last ?? position, to: position, style: isMarked ? .match : .heat(step: step),
                    priority: isMarked ? 2 : at < summary.pageSince ? 0 : 1)
                last = position
            }
        }

        private func marked(_ model: borrowing LiveModel) -> FollowedAct? {
            guard let act else { return nil }
            for ago in 0..<model.followedActCount {
                if let found = model.followedAct(ago: ago), found.number == act { return found }
            }
            return nil
        }

        /// Marks the start, the clicks, what is chosen of the events, and the pointer, which is the last to
        /// be covered. `frame` is the line around it, which points at the pointer.
        mutating func drawSigns(
            _ model: borrowing LiveModel, hasLeft: Bool, on canvas: inout CellCanvas, frame: Rect?
        ) {
            labels.reset(area)
            let glyphs = canvas.glyphs
            if let first = summary.first {
                mark(position(first), glyphs.pathStart, style: .good, on: &canvas)
            }
            let clicks = markClicks(model, on: &canvas)
            if let glance = model.followedGlance, glance.hasPosition {
                drawPointer(
                    at: place(glance.x, glance.y), isGone: hasLeft || glance.kind == .leave, on: &canvas,
                    frame: frame)
            }
            // Before the numbers, which are worth less.
            if let act = marked(model) { drawMark(of: act, on: &canvas) }
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

        /// Draws the pointer so that an eye finds it in the thickest path: with air beside it, and with the
        /// edges pointing at it.
        private mutating func drawPointer(
            at position: PlotCanvas.Position, isGone: Bool, on canvas: inout CellCanvas, frame: Rect?
        ) {
            let glyphs = canvas.glyphs
            let (row, column) = mark(
                position, isGone ? glyphs.restingPointer : glyphs.chosenPointer,
                style: isGone ? .faint : .strong, on: &canvas)
            guard !isGone else { return }
            for beside in [column - 1, column + 1]
            where beside >= page.rect.column && beside < page.rect.endColumn {
                canvas.put(0x20, row: row, column: beside, style: .plain)
                labels.block(row: row, column: beside)
            }
            let first = max(column - 1, page.rect.column)
            canvas.highlight(
                row: row, column: first, columns: min(column + 2, page.rect.endColumn) - first)
            guard let frame else { return }
            let edges = [
                (row, frame.column, glyphs.fromLeft), (row, frame.endColumn - 1, glyphs.fromRight),
                (frame.row, column, glyphs.fromAbove), (frame.endRow - 1, column, glyphs.fromBelow),
            ]
            // Not over a word that stands in the edge.
            for (row, column, sign) in edges where canvas[row, column].style == .border {
                canvas.put(sign, row: row, column: column, style: .strong)
            }
        }

        /// Says what was done where, over whatever is there.
        private mutating func drawMark(of act: FollowedAct, on canvas: inout CellCanvas) {
            let glyphs = canvas.glyphs
            let sign = act.clickNumber > 0 ? glyphs.click : glyphs.actMark
            let (row, column) = mark(
                place(Double(act.x), Double(act.y)), sign, style: .match, on: &canvas)
            let text = EventsView.words(of: act, glyphs: glyphs)
            canvas.highlight(row: row, column: column, columns: 1)
            let columns = canvas.width(of: text)
            // Where no place is free it is better to cover the path than not to say it.
            let placed = labels.place(columns: columns, row: row, column: column)
            let start = placed?.column ?? min(column + 2, area.endColumn - columns)
            let line = placed?.row ?? row
            guard start >= area.column else { return }
            // With air around it, or the path would touch it.
            for beside in [start - 1, start + columns]
            where beside >= area.column && beside < area.endColumn && (line != row || beside != column) {
                canvas.put(0x20, row: line, column: beside, style: .plain)
            }
            canvas.write(text, row: line, column: start, limit: columns, style: .match)
            canvas.highlight(row: line, column: start, columns: columns)
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
            let cells = page.rect.columns * page.rect.rows
            let most = min(Limits.pathClicks, max(cells / Limits.clickCells, 3))
            for ago in 0..<model.followedActCount {
                guard clicks.count < most, let act = model.followedAct(ago: ago),
                    act.atMilliseconds >= window.start
                else { break }
                guard act.clickNumber > 0, window.holds(act.atMilliseconds) else { continue }
                let (row, column) = mark(
                    place(Double(act.x), Double(act.y)), canvas.glyphs.click, style: .caution, on: &canvas)
                clicks.append(Click(row: row, column: column, number: act.clickNumber))
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
