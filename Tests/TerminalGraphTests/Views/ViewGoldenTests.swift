import Foundation
import Testing

@testable import TerminalGraph

/// Whole pictures of every view, looked at once and held since; they lie beside this file.
///
/// `make goldens` (UPDATE_GOLDENS=1) writes them anew, to be looked at again.
@Suite struct ViewGoldenTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(
            path: "Goldens")

    private func hold(_ scene: Scene, _ name: String) throws {
        let file = Self.directory.appending(path: "\(name).txt")
        #expect(CellCanvasTests.isWhole(scene.canvas))
        let picture = scene.picture + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_GOLDENS"] != nil {
            try picture.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(picture == golden, "\(name)")
    }

    @Test func everyViewAtEverySize() throws {
        for (columns, rows) in [(40, 10), (80, 24), (120, 40)] {
            let scene = Scene(columns: columns, rows: rows)
            Demo.play(on: scene)
            for view in MonitorView.allCases {
                Demo.show(view, on: scene)
                try hold(scene, "\(view.rawValue)-\(columns)x\(rows)")
            }
        }
    }

    @Test(arguments: [Glyphs.ascii, .blocks])
    func everyViewWithoutBraille(glyphs: Glyphs) throws {
        let scene = Scene(columns: 80, rows: 24, glyphs: glyphs)
        Demo.play(on: scene)
        for view in MonitorView.allCases {
            Demo.show(view, on: scene)
            try hold(scene, "\(view.rawValue)-80x24-\(glyphs)")
        }
        if glyphs == .ascii {
            scene.canvas = CellCanvas(columns: 40, rows: 10, glyphs: .ascii)
            Demo.show(.overview, on: scene)
            try hold(scene, "overview-40x10-ascii")
        }
    }

    @Test func whatStandsInFrontOfAView() throws {
        let scene = Demo.scene(columns: 80, rows: 24)
        scene.press(.character("?"))
        try hold(scene, "help-80x24")
        scene.press(.escape, .down, .down, .character("/"))
        scene.type("page:/ -id:bob rate>x")
        try hold(scene, "prompt-80x24")
        scene.press(.enter, .character("s"), .character("p"))
        try hold(scene, "filtered-80x24")
        scene.canvas = CellCanvas(columns: 40, rows: 10, glyphs: .unicode)
        scene.press(.character("?"))
        try hold(scene, "help-40x10")
    }

    @Test func nobodyIsHereYet() throws {
        for (columns, rows) in [(40, 10), (80, 24), (120, 40)] {
            let scene = WelcomeTests.empty(columns: columns, rows: rows)
            for view in WelcomeTests.views {
                Demo.show(view, on: scene)
                try hold(scene, "empty-\(view.rawValue)-\(columns)x\(rows)")
            }
        }
    }

    @Test func menusAndCommands() throws {
        let scene = Demo.scene(columns: 80, rows: 24)
        scene.press(.character("e"), .down)
        try hold(scene, "settings-80x24")
        scene.press(.escape, .character(":"))
        scene.type("vi")
        scene.press(.tab)
        try hold(scene, "command-80x24")
        scene.press(.escape)
        scene.canvas = CellCanvas(columns: 160, rows: 50, glyphs: .unicode)
        scene.press(.character("?"))
        try hold(scene, "help-160x50")
    }

    @Test func howOftenVisitorsSample() throws {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let scene = Demo.scene(columns: columns, rows: rows)
            for why in ["watched", "busy"] {
                let sampling = #""sampling":{"rate":\#(why == "busy" ? 12 : 30),"batch":50,"why":"\#(why)"},"#
                scene.apply("status", Demo.status(second: 90, sampling: sampling))
                scene.draw()
                try hold(scene, "overview-\(columns)x\(rows)-\(why)")
            }
        }
    }

    @Test func anOlderServerDoesNotSay() throws {
        let scene = Scene.seeded(columns: 80, rows: 24)
        for view in [MonitorView.workers, .health] {
            Demo.show(view, on: scene)
            try hold(scene, "\(view.rawValue)-80x24-older")
        }
    }
}
