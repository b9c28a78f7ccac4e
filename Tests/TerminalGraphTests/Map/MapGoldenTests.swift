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

    private func whole(_ scene: Scene) -> Rect {
        Rect(row: 0, column: 0, rows: scene.canvas.rows, columns: scene.canvas.columns)
    }

    private func map(_ columns: Int, _ rows: Int, _ glyphs: Glyphs, _ scale: MapScale) -> String {
        let scene = Self.scene(columns: columns, rows: rows, glyphs: glyphs)
        var memory = MapMemory()
        var options = MapOptions()
        options.scale = scale
        scene.map(&memory, options: options, selected: scene.slot(of: "clicker"))
        #expect(CellCanvasTests.isWhole(scene.canvas))
        return scene.picture
    }

    @Test func byViewport() {
        #expect(
            map(72, 20, .unicode, .viewport) == """
                ╭─ map ─────────────────────── 6 pointers · by viewport · trail 1.5 s ─╮
                │  │                                                                │  │
                │  │                                                                │  │
                │  │                                                                │  │
                │  │                        ⢀⣀⡠⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⢄⣀⣀               ○ untold │  │
                │  │                   ⣀⠤⠒⠊⠉⠁               ⠉⠑⠒⠤⣀   ○ phone         │  │
                │  │                ⡠⠔⠉                          ⠉⠢⣀                │  │
                │  │              ⢠⠊                                ⠑⡄              │  │
                │  │             ⡰⠁          ⢠⠞⠉⠉⠳⡄                  ⠈⡆             │  │
                │  │                         ⢸⡀ ◉ clicker             ● 山田太郎    │  │
                │  │             ● user123    ⠙⠒⠒⠋                                  │  │
                │  │             ⠸⡀                                  ⢀⠎             │  │
                │  │              ⠘⢄                                ⡠⠃              │  │
                │  │                ⠉⠢⣀                          ⣀⠔⠊                │  │
                │  │                   ⠉⠒⠤⢄⣀               ⢀⣀⡠⠤⠒⠋                   │  │
                │  │                        ⠉⠉⠑⠒⠒⠒⠒⠒⠲⠒⠒⠒⠒⠊⠉⠁                        │  │
                │  │          ○ quiet                                               │  │
                │  │                                                                │  │
                │  │                                                                │  │
                ╰──────────────────────────────────────────────────────────────────────╯
                """)
    }

    @Test func inPixelsWithTheSelectedOnesViewport() {
        #expect(
            map(60, 16, .unicode, .pixels) == """
                ╭─ map ────── 6 pointers · 30.5 px a column · trail 1.4 s ─╮
                │        ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⢹        │
                │        ⡇                                   ○ untold      │
                │        ⡇            ⢀⣀⠤⠤⠒⠒⠒⠒⠒⠒⠒⠒⠤⠤⣀⡀            ⢸        │
                │        ⡇        ○ phone            ⠈⠑⠦⡀         ⢸        │
                │        ⡇        ⠐⠁     ⡴⠊⠉⠓⡄          ⠈⢢        ⢸        │
                │        ⡇               ⡇ ◉ clicker      ● 山田太郎       │
                │        ⡇       ● user123 ⠤⠖⠁                    ⢸        │
                │        ⡇        ⠑⢄                    ⡠⠂        ⢸        │
                │        ⡇          ⠉⠢⢄⣀            ⣀⡠⠔⠉          ⢸        │
                │        ⡇     ○ quiet  ⠉⠉⠒⠒⠒⠒⠒⠒⠒⠒⠉⠉              ⢸        │
                │        ⡇                                        ⢸        │
                │        ⠧⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠼        │
                │                                                          │
                │                                                          │
                ╰──────────────────────────────────────────────────────────╯
                """)
    }

    @Test func inBlocks() {
        #expect(
            map(60, 16, .blocks, .viewport) == """
                ╭─ map ─────────── 6 pointers · by viewport · trail 1.5 s ─╮
                │   │                                                  │   │
                │   │                                                  │   │
                │   │                    ▄▄▄▄▄▄▄▄▄▄            ○ untold│   │
                │   │              ▗▄▞▀▀▀          ▀▀▀▚▄▖ ○ phone      │   │
                │   │            ▄▀▘                    ▝▀▄▖           │   │
                │   │          ▗▀       ▗▛▀▀▚              ▀▖          │   │
                │   │          ▝        ▐ ◉ clicker         ● 山田太郎 │   │
                │   │          ● user123 ▀▄▟▀               ▖          │   │
                │   │          ▝▄                          ▄▘          │   │
                │   │           ▝▀▄▖                    ▗▄▀            │   │
                │   │              ▝▀▚▄▄▄          ▄▄▄▞▀▘              │   │
                │   │       ○ quiet      ▀▀▀▀▀▀▀▀▀▀                    │   │
                │   │                                                  │   │
                │   │                                                  │   │
                ╰──────────────────────────────────────────────────────────╯
                """)
    }

    @Test func inASCII() {
        #expect(
            map(60, 16, .ascii, .viewport) == """
                +- map ----------- 6 pointers - by viewport - trail 1.5 s -+
                |   |                                                  |   |
                |   |                                                  |   |
                |   |                    ::::::::::            o untold|   |
                |   |               ...::          :::**  o phone      |   |
                |   |            ...                    ****           |   |
                |   |           .       *****              **          |   |
                |   |          .        * @ clicker         O ????     |   |
                |   |          O user123 ****               .          |   |
                |   |          **                          .           |   |
                |   |           ****                    ...            |   |
                |   |               **:::          ::...               |   |
                |   |       o quiet      ::::::::::                    |   |
                |   |                                                  |   |
                |   |                                                  |   |
                +----------------------------------------------------------+
                """)
    }

    @Test func tenByThree() {
        #expect(
            map(10, 3, .unicode, .viewport) == """
                   cl… ○○
                  ● ◉ ⡸●
                 ○⠙⠢⠤⠖⠁
                """)
    }

    @Test func aPathAndItsSpeed() {
        let scene = Self.scene(columns: 60, rows: 16, glyphs: .unicode)
        scene.point("user123", 640, 360, "click")
        scene.point("user123", 700, 200)
        scene.point("user123", 900, 100, "click")
        scene.canvas.clear()
        PathView.draw(scene.model, on: &scene.canvas, rect: whole(scene))
        #expect(
            scene.picture == """
                ╭─ path of user123 ───── last 30 s · 18 points · 2 clicks ─╮
                │   │                                   2              │   │
                ▸   │                                   ◉              │   ◂
                │   │                               ⣀⠤⠒⠉               │   │
                │   │                           ⣀⠤⠒⠉                   │   │
                │   │                          ⢰⠁                      │   │
                │   │                         ⢀⠇                       │   │
                │   │                         ⡎                        │   │
                │   │          ⢖⠊⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉×1            ◇          │   │
                │   │          ⠈⢆                          ⡰⠁          │   │
                │   │           ⠈⠑⢄⡀                    ⢀⡠⠊            │   │
                │   │              ⠈⠑⠢⠤⣀⣀          ⣀⣀⠤⠔⠊⠁              │   │
                │   │                    ⠉⠉⠉⠉⠑⠒⠉⠉⠉⠉                    │   │
                │   │                                                  │   │
                │   │                                                  │   │
                ╰─ / 0:01+ ─────────────────────────────▴──────────────────╯
                """)
        scene.canvas.resize(columns: 40, rows: 8)
        SpeedView.draw(scene.model, on: &scene.canvas, rect: whole(scene))
        #expect(
            scene.picture == """
                ╭─ speed, px/s ── now 1402  peak 1402 ─╮
                │ 1500┤                               ⢠│
                │     │                               ⢸│
                │     │                               ⢸│
                │  750┤                               ⣼│
                │     │                               ⣿│
                │     │                               ⣿│
                ╰────── 1m ─────────── 30s ─────────now╯
                """)
    }
}
