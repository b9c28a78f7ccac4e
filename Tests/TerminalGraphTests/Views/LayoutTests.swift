import Testing

@testable import TerminalGraph

@Suite struct LayoutTests {
    @Test func panelsFillTheBodyWithoutTouchingOneAnother() {
        for columns in stride(from: 40, through: 300, by: 13) {
            for rows in 10...100 {
                for workers in [0, 2, 64] {
                    let frame = MonitorFrame(columns: columns, rows: rows)
                    let layout = OverviewLayout(
                        body: frame.body, hasLines: frame.hasLines, workers: workers)
                    let panels = [layout.chart, layout.workers, layout.visitors]
                    #expect(frame.statusRow == rows - 1)
                    #expect(layout.visitorRows >= 3)
                    #expect(layout.chart.rows >= 3)
                    for panel in panels {
                        #expect(panel.row >= frame.body.row && panel.endRow <= rows - 1)
                        #expect(panel.column >= 0 && panel.endColumn <= columns)
                    }
                    #expect(panels.reduce(0) { $0 + $1.rows * $1.columns } == frame.body.rows * columns)
                    #expect(!overlap(panels[0], panels[1]) && !overlap(panels[1], panels[2]))
                    #expect(!overlap(panels[0], panels[2]))
                }
            }
        }
    }

    private func overlap(_ one: Rect, _ other: Rect) -> Bool {
        one.row < other.endRow && other.row < one.endRow && one.column < other.endColumn
            && other.column < one.endColumn
    }

    @Test func columnsFitAndGoInTheirOrder() {
        var known: Set<VisitorColumns.Kind> = []
        for width in 36...400 {
            let columns = VisitorColumns(width: width).columns
            let kinds = Set(columns.map(\.kind))
            #expect(kinds.isSuperset(of: [.id, .sparkline, .rate]))
            #expect(kinds.isSuperset(of: known), "what fits into less fits into \(width)")
            known = kinds
            let dropOrder = VisitorColumns.Kind.dropOrder.map(\.kind)
            let kept = dropOrder.filter(kinds.contains)
            #expect(Array(dropOrder.suffix(kept.count)) == kept, "\(width) columns: the first goes first")
            #expect(columns.map(\.kind.rawValue) == columns.map(\.kind.rawValue).sorted())
            #expect(columns.last.map { $0.start + $0.width } == width)
            for (one, next) in zip(columns, columns.dropFirst()) {
                #expect(one.width >= one.kind.least)
                #expect(one.start + one.width < next.start)
            }
        }
        #expect(known == Set(VisitorColumns.Kind.allCases))
    }

    @Test func atFortyColumnsItIsStillKnownWhereAVisitorIs() {
        #expect(VisitorColumns(width: 40).columns.map(\.kind) == [.id, .position, .sparkline, .rate])
    }

    @Test func theLightestPartsGoFirst() {
        var line = LineOfParts()
        line.addLeft(weight: 9, ("left", .plain))
        line.addLeft(weight: 1, ("light", .plain))
        line.addRight(weight: 5, ("right", .faint), ("most", .plain))
        func shown(_ columns: Int) -> String {
            var canvas = CellCanvas(columns: columns, rows: 1, glyphs: .ascii)
            line.draw(on: &canvas, row: 0, column: 0, columns: columns)
            return canvas.text(row: 0)
        }
        #expect(shown(24) == "left  light    rightmost")
        #expect(shown(22) == "left  light  rightmost")
        #expect(shown(21) == "left        rightmost")
        #expect(shown(15) == "left  rightmost")
        #expect(shown(14) == "left          ")
        #expect(shown(3) == "le~")
    }
}
