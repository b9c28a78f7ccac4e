import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct PathViewTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Somebody who goes along a row, clicks twice, leaves the page, and goes on elsewhere.
    private func scene(columns: Int = 66, rows: Int = 20, glyphs: Glyphs = .unicode) -> Scene {
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        scene.join("user123")
        for step in 0...20 {
            scene.point("user123", 100 + Double(step) * 20, 100, step % 10 == 5 ? "click" : "move")
            scene.pass(milliseconds: 100)
        }
        scene.point("user123", 9, 700, "scroll")
        scene.point("user123", 500, 0, "leave")
        scene.point("user123", 900, 650, "enter")
        for step in 0...10 { scene.point("user123", 900 + Double(step) * 20, 650) }
        scene.model.follow(scene.slot(of: "user123"))
        scene.model.advance(now: scene.now)
        return scene
    }

    private func draw(_ scene: Scene) {
        scene.canvas.clear()
        PathView.draw(
            scene.model, on: &scene.canvas,
            rect: Rect(row: 0, column: 0, rows: scene.canvas.rows, columns: scene.canvas.columns))
    }

    private func isHeat(_ cell: Cell) -> Bool {
        cell.style.rawValue >= Style.heat0.rawValue && cell.style.rawValue <= Style.heat7.rawValue
    }

    @Test func aPathGoesFromDarkToBrightAndDoesNotCrossWhereThePointerWasAway() {
        let scene = scene()
        draw(scene)
        let path = scene.cells(where: isHeat)
        // Two rows of the page: nothing in between.
        #expect(Set(path.map(\.row)).count == 2)
        let upper = path.filter { $0.row < 10 }.map { scene.canvas[$0.row, $0.column].style.rawValue }
        #expect(upper == upper.sorted())
        let lower = path.filter { $0.row > 10 }.map { scene.canvas[$0.row, $0.column].style.rawValue }
        #expect((upper.max() ?? 0) <= (lower.min() ?? 0))
        #expect(lower.last == Style.heat7.rawValue)
    }

    @Test func startClicksAndPointerAreMarked() {
        let scene = scene()
        draw(scene)
        #expect(scene.cells { $0.scalar == Glyphs.unicode.pathStart }.count == 1)
        #expect(scene.cells { $0.scalar == Glyphs.unicode.chosenPointer }.count == 1)
        #expect(scene.lines.contains { $0.contains("×1") && $0.contains("×2") })
        #expect(scene.lines[0].contains("path of user123"))
        #expect(scene.lines[0].contains("2 clicks"))
    }

    @Test func whoHasLeftIsMarkedAsGone() {
        let scene = scene()
        scene.leave("user123")
        draw(scene)
        #expect(scene.cells { $0.scalar == Glyphs.unicode.chosenPointer }.isEmpty)
        #expect(scene.cells { $0.scalar == Glyphs.unicode.restingPointer && $0.style == .faint }.count == 1)
        scene.model.follow(nil)
        draw(scene)
        #expect(scene.lines[1].contains("nobody is followed"))
    }

    @Test func speedIsTheWayOfASecond() {
        let scene = Scene(columns: 40, rows: 6)
        scene.join("a")
        for step in 0..<40 {
            scene.point("a", Double(step) * 50, 10)
            scene.pass(milliseconds: 100)
        }
        scene.model.follow(scene.slot(of: "a"))
        scene.model.advance(now: scene.now)
        SpeedView.draw(scene.model, on: &scene.canvas, rect: Rect(row: 0, column: 0, rows: 6, columns: 40))
        #expect(scene.lines[0].contains("speed, px/s"))
        #expect(scene.lines[0].contains("peak 500"))
        #expect(scene.lines[1].contains("500┤"))
        #expect(scene.lines[5].contains("now"))
        let area = scene.cells { $0.scalar > 0x2800 && $0.scalar <= 0x28FF }
        #expect(!area.isEmpty && area.allSatisfy { $0.column >= 34 })
    }

    @Test(arguments: Glyphs.allCases)
    func anAreaIsAsHighAsItsFigure(glyphs: Glyphs) {
        var canvas = CellCanvas(columns: 12, rows: 4, glyphs: glyphs)
        var chart = AreaChart([20, 10, 0, 5])
        chart.scale = 20
        chart.draw(on: &canvas, plot: Rect(row: 0, column: 0, rows: 4, columns: 12), timesRow: nil)
        let full = glyphs.area(left: glyphs.chartStepsPerCell, right: glyphs.chartStepsPerCell)
        if glyphs.chartColumnsPerCell == 1 {
            #expect((0..<4).allSatisfy { canvas[$0, 11].scalar == full })
            #expect((0..<4).map { canvas[$0, 10].scalar == full } == [false, false, true, true])
            #expect(canvas[3, 9] == .blank)
        } else {
            #expect((0..<4).map { canvas[$0, 11].scalar == full } == [false, false, true, true])
            #expect(canvas[0, 11].scalar == glyphs.area(left: 0, right: 4))
        }
    }
}
