import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorTests {
    init() { #expect(TestLocale.isUTF8) }

    private func crowd(_ count: Int, columns: Int = 80, rows: Int = 24) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        scene.model.link = .live
        for number in 0..<count {
            scene.join("v\(number)")
            scene.send(count - number, from: "v\(number)")
        }
        scene.pass(milliseconds: 1_300)
        scene.draw()
        return scene
    }

    /// The ids shown, from above.
    private func ids(_ scene: Scene) -> [String] {
        scene.lines.compactMap { line in
            let words = line.split(separator: " ").filter { $0 != "│" }
            return words.first.flatMap {
                $0.first == "v" && $0.dropFirst().first?.isNumber == true ? String($0) : nil
            }
        }
    }

    @Test func keysMoveTheWindow() {
        let scene = crowd(30)
        let page = ids(scene).count
        #expect(page >= 7)
        func press(_ key: Key) -> String? {
            #expect(scene.press(key) == .none)
            scene.draw()
            return ids(scene).first
        }
        #expect(ids(scene).first == "v0")
        #expect(press(.up) == "v0")
        #expect(press(.down) == "v1")
        #expect(press(.character("j")) == "v2")
        #expect(press(.character("k")) == "v1")
        #expect(press(.pageDown) == "v\(page)")
        #expect(press(.pageUp) == "v1")
        #expect(press(.end) == "v\(30 - page)")
        #expect(press(.down) == "v\(30 - page)")
        #expect(press(.up) == "v\(29 - page)")
        #expect(press(.home) == "v0")
        #expect(press(.left) == "v0")
    }

    @Test func keysAskTheOwner() {
        let scene = Scene(columns: 80, rows: 24)
        #expect(scene.press(.character("q")) == .quit)
        #expect(scene.press(.character("Q")) == .quit)
        #expect(scene.press(.control("L")) == .redraw)
        #expect(scene.press(.escape) == .none)
        #expect(scene.press(.character("x")) == .none)
    }

    @Test func theWindowFollowsACrowdThatGetsSmall() {
        let scene = crowd(30)
        _ = scene.press(.end)
        scene.draw()
        for number in 3..<30 { scene.leave("v\(number)") }
        scene.draw()
        #expect(ids(scene) == ["v0", "v1", "v2"])
        #expect(scene.picture.contains("1–3 of 3"))
    }

    @Test func rowsMoveOnceASecondUnlessSomebodyComesOrGoes() {
        let scene = crowd(4)
        #expect(ids(scene) == ["v0", "v1", "v2", "v3"])
        scene.send(50, from: "v3")
        scene.pass(milliseconds: 100)
        scene.draw()
        #expect(ids(scene) == ["v0", "v1", "v2", "v3"])
        scene.pass(milliseconds: 1_000)
        scene.draw()
        #expect(ids(scene) == ["v3", "v0", "v1", "v2"])
        scene.leave("v0")
        scene.draw()
        #expect(ids(scene) == ["v3", "v1", "v2"])
        scene.join("v9")
        scene.draw()
        #expect(ids(scene) == ["v3", "v1", "v2", "v9"])
    }

    @Test func theLinkIsSaid() {
        let scene = crowd(1)
        let states: [(LinkState, String)] = [
            (.connecting, "connecting"), (.reconnecting(attempt: 3), "reconnecting (3)"), (.ended, "ended"),
            (.live, "live"),
        ]
        for (state, word) in states {
            scene.model.link = state
            scene.draw()
            #expect(scene.lines[0].contains("● \(word)"))
        }
        scene.pass(milliseconds: 4_000)
        scene.draw()
        #expect(scene.lines[0].contains("● silent 5s"))
    }

    @Test func belowTheSmallestSizeItSaysSo() {
        for (columns, rows) in [(39, 24), (80, 9), (28, 1), (5, 3), (1, 1), (0, 0)] {
            let scene = Scene(columns: columns, rows: rows)
            scene.draw()
            #expect(CellCanvasTests.isWhole(scene.canvas))
            #expect(scene.picture.split(separator: "\n").count <= 1)
            if columns >= 26 { #expect(scene.lines[0].hasPrefix("40x10 is needed; q quits")) }
        }
    }
}
