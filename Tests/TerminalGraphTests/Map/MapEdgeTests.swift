import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

/// Maps of any size with anything on them stay within their part of the screen.
@Suite struct MapEdgeTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let odd: [Double] = [
        0, -0.5, 1, 720, 1_280, 1e9, -1e9, 1e300, -1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    private static let viewports = ["0", "1", "720", "1280", "1e-300", "1e300", "-5", "33000"]

    private func hostileScene(_ glyphs: Glyphs, _ generator: inout SplitMix64) -> Scene {
        let scene = Scene(columns: 60, rows: 30, glyphs: glyphs)
        for _ in 0..<12 {
            let scalars = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                CellCanvasTests.randomScalar(using: &generator)
            }
            var id = ""
            id.unicodeScalars.append(contentsOf: scalars)
            scene.join(id)
            for _ in 0..<4 {
                let x = Self.odd.randomElement(using: &generator)!
                let y = Self.odd.randomElement(using: &generator)!
                let w = Self.viewports.randomElement(using: &generator)!
                let h = Self.viewports.randomElement(using: &generator)!
                let kind = ["move", "click", "scroll", "enter", "down"].randomElement(using: &generator)!
                scene.apply(
                    "frame",
                    #"{"at":\#(scene.at),"samples":[{"id":\#(Scene.quoted(id)),"x":\#(x),"y":\#(y),"#
                        + #""w":\#(w),"h":\#(h),"k":"\#(kind)"}]}"#)
            }
        }
        scene.pass(milliseconds: .random(in: 0...700, using: &generator))
        scene.model.advance(now: scene.now)
        return scene
    }

    /// Fills the canvas so that what is drawn outside of `rect` is seen, and tells whether nothing was.
    private func keepsInside(_ scene: Scene, _ rect: Rect, _ draw: () -> Void) -> Bool {
        for row in 0..<scene.canvas.rows {
            for column in 0..<scene.canvas.columns {
                scene.canvas.put(0x7E, row: row, column: column, style: .bad)
            }
        }
        let before = scene.canvas
        draw()
        for row in 0..<scene.canvas.rows {
            for column in 0..<scene.canvas.columns {
                let isInside =
                    row >= rect.row && row < rect.endRow && column >= rect.column && column < rect.endColumn
                if !isInside, scene.canvas[row, column] != before[row, column] { return false }
            }
        }
        return CellCanvasTests.isWhole(scene.canvas)
    }

    @Test(arguments: Glyphs.allCases)
    func nothingIsDrawnOutside(glyphs: Glyphs) throws {
        var generator = SplitMix64(seed: 6)
        var memory = MapMemory()
        for round in 0..<100 {
            let scene = hostileScene(glyphs, &generator)
            let rect = Rect(
                row: .random(in: 0...10, using: &generator), column: .random(in: 0...20, using: &generator),
                rows: .random(in: 0...19, using: &generator), columns: .random(in: 0...39, using: &generator))
            var options = MapOptions()
            options.scale = round % 2 == 0 ? .viewport : .pixels
            options.trailMilliseconds = [0, 1_500, .max, .min][round % 4]
            var someone: Int?
            scene.model.forEachVisitor { slot, _ in someone = slot }
            #expect(
                keepsInside(scene, rect) {
                    MapView.draw(
                        scene.model, options: options, includes: { _ in true }, selected: someone,
                        memory: &memory, on: &scene.canvas, rect: rect)
                }, "map \(round) \(rect)")
            scene.model.follow(someone)
            #expect(
                keepsInside(scene, rect) { PathView.draw(scene.model, on: &scene.canvas, rect: rect) },
                "path \(round) \(rect)")
            #expect(
                keepsInside(scene, rect) { SpeedView.draw(scene.model, on: &scene.canvas, rect: rect) },
                "speed \(round) \(rect)")
        }
    }

    @Test(arguments: Glyphs.allCases)
    func theSmallestMapsStillShowSomething(glyphs: Glyphs) {
        for (columns, rows) in [(10, 3), (12, 4), (24, 5), (40, 10)] {
            let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
            scene.join("user")
            scene.point("user", 640, 360)
            var memory = MapMemory()
            #expect(!scene.map(&memory).isEmpty)
            #expect(!scene.cells { $0.scalar == glyphs.pointer }.isEmpty)
        }
    }

    @Test func aPageLiesStillWhileVisitorsComeAndGo() {
        let scene = Scene(columns: 100, rows: 30)
        var memory = MapMemory()
        for index in 0..<6 { scene.join("v\(index)") }
        func stroke(_ index: Int, _ width: Int, _ height: Int) {
            scene.draw([Stroke(id: "v\(index)", x: 9, y: 9, width: width, height: height)])
        }
        for index in 0..<3 { stroke(index, 1_280, 720) }
        scene.map(&memory)
        let wide = memory.page
        // One more phone than there are screens does not turn the map round, twice as many do.
        for index in 3..<6 { stroke(index, 400, 860) }
        scene.map(&memory)
        #expect(memory.page == wide)
        for index in 0..<2 { stroke(index, 400, 860) }
        scene.map(&memory)
        #expect(memory.page.rect.columns < wide.rect.columns / 2)
        #expect(memory.page.rect.rows == wide.rect.rows)
    }
}
