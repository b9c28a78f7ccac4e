import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct MapLensTests {
    init() { #expect(TestLocale.isUTF8) }

    private let plot = Rect(row: 3, column: 1, rows: 20, columns: 80)

    private func frame(_ lens: MapLens = MapLens(), aspect: Double = 1.6) -> MapFrame {
        MapFrame(fitted: MapPage.fit(aspect: aspect, into: plot).rect, plot: plot, lens: lens)
    }

    @Test func theWholePageLiesWhereItAlwaysDid() {
        for aspect in [0.3, 0.46, 1, 1.6, 2.4] {
            let frame = frame(aspect: aspect)
            #expect(frame.whole == MapPage.fit(aspect: aspect, into: plot).rect && frame.page == frame.whole)
            #expect(frame.lens == MapLens())
        }
    }

    @Test func whatLiesUnderThePointerStaysThere() {
        for (row, column) in [(12, 40), (4, 70), (20, 10), (3, 1), (22, 80)] {
            let near = frame().seen(through: frame().lens(closer: 3, row: row, column: column))
            #expect(near.lens.zoom == 3)
            // From a place on it well inside: the edges hold what is near them.
            let closer = near.seen(through: near.lens(closer: 2, row: row, column: column))
            func share(_ frame: MapFrame) -> (Double, Double) {
                (
                    Double(column - frame.whole.column) / Double(frame.whole.columns - 1),
                    Double(row - frame.whole.row) / Double(frame.whole.rows - 1)
                )
            }
            #expect((share(near).0 - share(closer).0).magnitude <= 1 / Double(closer.whole.columns))
            #expect((share(near).1 - share(closer).1).magnitude <= 1 / Double(closer.whole.rows))
        }
    }

    @Test func aPhonesPageTakesTheRoomThereIs() {
        let whole = frame(aspect: 0.46)
        #expect(whole.page.columns < 30)
        let near = whole.seen(through: whole.lens(closer: 4, row: 12, column: 40))
        #expect(near.page.columns > 60 && near.page.rows == plot.rows)
    }

    @Test func movingHasAnEndAtEveryEdge() {
        let near = frame().seen(through: frame().lens(closer: 4, row: 12, column: 40))
        let right = near.seen(through: near.lens(movedBy: 0, -1_000))
        #expect(right.whole.endColumn == plot.endColumn && right.whole.row == near.whole.row)
        let upper = near.seen(through: near.lens(movedBy: 1_000, 1_000))
        #expect(upper.whole.row == plot.row && upper.whole.column == plot.column)
        let back = near.seen(through: near.lens(movedBy: 2, -3)).lens(movedBy: -2, 3)
        #expect(near.seen(through: back) == near)
    }

    @Test func aPlaceIsBroughtToTheMiddle() {
        let near = frame().seen(through: frame().lens(closer: 5, row: 12, column: 40))
        #expect(near.lens(showing: 0.5, 0.5) == near.lens)
        let corner = near.seen(through: near.lens(showing: 1, 1))
        #expect(corner.whole.endColumn == plot.endColumn && corner.whole.endRow == plot.endRow)
        for (x, y) in [(.nan, 0), (.infinity, 1), (-5, 99)] as [(Double, Double)] {
            #expect(near.seen(through: near.lens(showing: x, y)).page.columns == plot.columns)
        }
    }

    /// Whatever hands do, the page covers the plot as far as it can, in whole cells.
    @Test func noLensShowsBesideThePage() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<40 {
            let aspect = Double.random(in: 0.3...3, using: &random)
            var lens = MapLens()
            for _ in 0..<50 {
                let now = frame(lens, aspect: aspect)
                let row = Int.random(in: plot.row..<plot.endRow, using: &random)
                let column = Int.random(in: plot.column..<plot.endColumn, using: &random)
                lens =
                    Bool.random(using: &random)
                    ? now.lens(closer: Int.random(in: -3...3, using: &random), row: row, column: column)
                    : now.lens(movedBy: row - 12, column - 40)
                let next = now.seen(through: lens)
                #expect(next.lens == lens)
                #expect(MapLens.zooms.contains(lens.zoom))
                let page = next.page
                #expect(page.columns == min(next.whole.columns, plot.columns))
                #expect(page.rows == min(next.whole.rows, plot.rows))
                #expect(page.column >= plot.column && page.endColumn <= plot.endColumn)
                #expect(page.row >= plot.row && page.endRow <= plot.endRow)
            }
        }
    }

    @Test func onlyWhoIsInThatPartIsShown() {
        let scene = Scene(columns: 82, rows: 22)
        for (id, x, y) in [("near", 100.0, 60.0), ("far", 1_200, 700), ("beyond", 5_000, 9_000)] {
            scene.join(id)
            scene.point(id, x, y)
        }
        var memory = MapMemory()
        let whole = Rect(row: 0, column: 0, rows: 22, columns: 82)
        func draw(_ lens: MapLens) -> [MapSpot] {
            scene.model.advance(now: scene.now)
            scene.canvas.clear()
            return MapView.draw(
                scene.model, options: MapOptions(), lens: lens, includes: { _ in true }, selected: nil,
                memory: &memory, on: &scene.canvas, rect: whole)
        }
        #expect(Set(draw(MapLens()).map(\.slot)).count == 3)
        let before = memory.frame
        let near = Set(draw(before.lens(closer: 4, row: 1, column: 10)).map(\.slot))
        #expect(near == [scene.slot(of: "near")])
        #expect(scene.lines[0].contains("4 times as close") && scene.lines[0].contains("1 of 3"))
        // Who is beyond its page stands at the page's edge, not at the part's.
        let far = Set(draw(before.lens(closer: 4, row: 20, column: 80)).map(\.slot))
        #expect(far == [scene.slot(of: "far"), scene.slot(of: "beyond")])
        _ = draw(MapLens(zoom: 32, x: 0.5, y: 0.5))
        #expect(scene.picture.contains("no pointer in this part"))
    }
}
