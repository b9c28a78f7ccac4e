import Foundation
import Testing

@testable import TerminalGraph

/// Whole pictures of every view, looked at once and held since; they lie beside this file.
///
/// `POINTERSCOPE_WRITE_GOLDENS=1` writes them anew, to be looked at again.
@Suite struct ViewGoldenTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Goldens")

    private func hold(_ scene: Scene, _ name: String) throws {
        let file = Self.directory.appending(path: "\(name).txt")
        #expect(CellCanvasTests.isWhole(scene.canvas))
        let picture = scene.picture + "\n"
        if ProcessInfo.processInfo.environment["POINTERSCOPE_WRITE_GOLDENS"] != nil {
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
}
