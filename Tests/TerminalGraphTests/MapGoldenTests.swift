import Glibc
import LiveModel
import Testing

@testable import TerminalGraph

/// Whole maps, looked at once and held since.
@Suite struct MapGoldenTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Six visitors: two go round, one clicks, one rests, one never told its viewport, one has a phone.
    static func scene(columns: Int, rows: Int, glyphs: Glyphs) -> Scene {
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        for id in ["user123", "山田太郎", "quiet", "clicker", "untold", "phone"] { scene.join(id) }
        scene.draw([
            Stroke(id: "quiet", x: 200, y: 600), Stroke(id: "untold", x: 1_100, y: 120, width: 0),
            Stroke(id: "phone", x: 300, y: 200, width: 400, height: 860),
        ])
        scene.pass(milliseconds: 3_000)
        for step in 0..<15 {
            let angle = Double(step) * 0.22
            let x = (640 + 380 * cos(angle)).rounded()
            let y = (360 + 220 * sin(angle)).rounded()
            scene.draw([
                Stroke(id: "user123", x: x, y: y), Stroke(id: "山田太郎", x: 1_280 - x, y: 720 - y),
                Stroke(id: "clicker", x: 560, y: 330, kind: step == 9 ? "click" : "move"),
            ])
            scene.pass(milliseconds: 100)
        }
        scene.model.follow(scene.slot(of: "user123"))
        return scene
    }
    @Test(arguments: Glyphs.allCases) func show(glyphs: Glyphs) {
        for (c, r) in [(90, 24), (40, 10), (10, 3)] {
            let scene = Self.scene(columns: c, rows: r, glyphs: glyphs)
            var memory = MapMemory()
            scene.map(&memory, selected: scene.slot(of: "clicker"))
            print("\(glyphs) \(c)\n" + scene.picture)
            var options = MapOptions()
            options.scale = .pixels
            scene.map(&memory, options: options, selected: scene.slot(of: "clicker"))
            print("\(glyphs) \(c) px\n" + scene.picture)
            scene.canvas.clear()
            PathView.draw(scene.model, on: &scene.canvas, rect: Rect(row: 0, column: 0, rows: r, columns: c))
            print("\(glyphs) \(c) path\n" + scene.picture)
            scene.canvas.clear()
            SpeedView.draw(scene.model, on: &scene.canvas, rect: Rect(row: 0, column: 0, rows: r, columns: c))
            if c == 40 { print("\(glyphs) \(c) speed\n" + scene.picture) }
        }
    }
}
