import LiveModel
import Testing

@testable import TerminalGraph

/// What stands below the lists where there is room.
@Suite struct PageDetailTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test func aPageIsShownWithItsVisitors() {
        let scene = Scene.crowd(5, columns: 120, rows: 40)
        scene.press(.character("4"))
        #expect(scene.picture.contains("visitors of / ") && scene.picture.contains("1–2 of 2"))
        scene.press(.down, .down)
        let chosen = scene.highlighted.first ?? ""
        #expect(chosen.hasPrefix("/p") && scene.picture.contains("visitors of \(chosen) "))
        // Heads do not sort here, and a click on a visitor chooses them, two open them.
        let head = scene.find("visitor ", from: 10)
        let order = scene.monitor.settings
        scene.click(head?.row ?? 0, head?.column ?? 0)
        #expect(scene.monitor.settings == order)
        let id = "v\(chosen.dropFirst(2))"
        scene.click("\(id) ", from: 10)
        #expect(scene.model.followed?.id == id && scene.view == .pages)
        scene.click("\(id) ", from: 10)
        #expect(scene.view == .visitor && scene.picture.contains("path of \(id)"))
        scene.press(.escape)
        #expect(scene.view == .pages && scene.picture.contains("visitors of \(chosen) "))
    }

    @Test func layoutsLeaveNoRowOutAndKeepStill() {
        for rows in 8...100 {
            var heights: [Int] = []
            for pages in 0...120 {
                let body = Rect(row: 2, column: 0, rows: rows, columns: 80)
                let layout = PagesLayout(body: body, hasLines: true, pages: pages)
                heights.append(layout.table.rows)
                guard !layout.detail.isEmpty else {
                    #expect(layout.table == body)
                    continue
                }
                #expect(layout.table.rows >= min(pages, 1) + 3)
                #expect(layout.detail.rows >= PageDetailView.leastRows)
                #expect(layout.table.endRow == layout.detail.row && layout.detail.endRow == body.endRow)
            }
            // Not with every page that comes.
            #expect(zip(heights, heights.dropFirst()).count { $0 != $1 } <= 120 / 4)
        }
        let small = Rect(row: 1, column: 0, rows: 60, columns: 40)
        #expect(
            PagesLayout(body: small, hasLines: false, pages: 3)
                == PagesLayout(body: small, hasLines: false, pages: 9))
    }

    @Test func chartsOfMinutesTakeTheWindowToo() {
        let scene = Scene.crowd(5, columns: 120, rows: 60)
        scene.press(.character("5"), .character("-"))
        #expect(scene.monitor.settings.chartSecondsPerColumn == 2)
        #expect(scene.picture.contains("2 s a column"))
        scene.press(.character("-"), .character("-"))
        #expect(scene.monitor.settings.chartSecondsPerColumn == 5)
        // All of the two minutes is shown by two seconds a column already.
        #expect(scene.picture.contains("2 s a column"))
        scene.press(.character("f"))
        #expect(scene.view == .visitor && scene.picture.contains("5 s a column"))
        scene.press(.character("["))
        #expect(scene.picture.contains("2 s a column"))
        let chart = scene.find("speed, px/s") ?? (0, 0)
        scene.mouse(.wheelDown, chart.row + 2, chart.column)
        #expect(scene.monitor.settings.chartSecondsPerColumn == 5)
        scene.click(chart.row + 2, chart.column)
        #expect(scene.monitor.settings.chartSecondsPerColumn == 1)
        scene.press(.character("1"))
        for _ in 0..<9 { scene.press(.character("-")) }
        #expect(scene.monitor.settings.chartSecondsPerColumn == 60)
        scene.press(.character("5"))
        #expect(scene.picture.contains("2 s a column"))
        scene.press(.character("+"))
        #expect(scene.monitor.settings.chartSecondsPerColumn == 2)
    }

    @Test func fewFiguresAreDrawnWider() {
        let values: [Double] = [4, 0, 8, 1]
        func chart(room: Int, width: Int = 1, second: Int64 = 0) -> AreaChart {
            AreaChart(room: room, seconds: 4, secondsPerColumn: width, at: second) {
                values.indices.contains($0) ? values[$0] : 0
            }
        }
        #expect(chart(room: 4).values == values && chart(room: 4).columnsPerFigure == 1)
        #expect(chart(room: 3).values == [4, 0, 8])
        #expect(chart(room: 13).values == values && chart(room: 13).columnsPerFigure == 3)
        // What shows everything is not made any smaller.
        #expect(chart(room: 4, width: 60).secondsPerColumn == 1)
        #expect(chart(room: 2, width: 60).secondsPerColumn == 2)
        #expect(chart(room: 2, width: 2, second: 11).values == [4, 8])
        #expect(chart(room: 2, width: 2, second: 10).values == [4, 8])
        #expect(chart(room: 0).values.isEmpty)
        var canvas = CellCanvas(columns: 20, rows: 4, glyphs: .ascii)
        chart(room: 12).draw(on: &canvas, plot: Rect(row: 0, column: 2, rows: 4, columns: 18), timesRow: nil)
        let lowest = canvas.text(row: 3).suffix(12)
        #expect(lowest.filter { $0 == " " }.count == 3 && lowest.dropLast(6).suffix(3) != "   ")
        #expect(lowest.suffix(6).prefix(3) == "   ")
    }
}
