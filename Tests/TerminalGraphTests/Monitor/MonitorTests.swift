import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorTests {
    init() { #expect(TestLocale.isUTF8) }

    /// The ids shown, from above.
    private func ids(_ scene: Scene) -> [String] {
        scene.lines.compactMap { line in
            let words = line.split(separator: " ").filter { $0 != "│" }
            return words.first.flatMap {
                $0.first == "v" && $0.dropFirst().first?.isNumber == true ? String($0) : nil
            }
        }
    }

    @Test func keysMoveTheChoiceAndTheWindowFollows() {
        let scene = Scene.crowd(30)
        let page = ids(scene).count
        #expect(page >= 6)
        #expect(scene.highlighted.isEmpty)
        func press(_ keys: Key...) -> String? {
            for key in keys { scene.press(key) }
            return scene.highlighted.first
        }
        #expect(press(.down) == "v0")
        #expect(press(.up) == "v0")
        #expect(press(.down) == "v1")
        #expect(press(.character("j")) == "v2")
        #expect(press(.character("k")) == "v1")
        #expect(ids(scene).first == "v0")
        #expect(press(.pageDown) == "v\(page)")
        #expect(ids(scene).last == "v\(page)")
        #expect(press(.control("F")) == "v\(2 * page - 1)")
        #expect(press(.control("B"), .pageUp) == "v1")
        #expect(press(.control("D")) == "v\(1 + page / 2)")
        #expect(press(.control("U")) == "v1")
        #expect(press(.end) == "v29")
        #expect(ids(scene).last == "v29")
        #expect(press(.down) == "v29")
        #expect(press(.character("g")) == "v0")
        #expect(press(.character("G")) == "v29")
        #expect(press(.home) == "v0")
        #expect(scene.highlighted.count == 1)
    }

    @Test func theChoiceStaysWithTheVisitor() {
        let scene = Scene.crowd(20, rows: 60)
        scene.press(.down, .down)
        #expect(scene.highlighted == ["v1"])
        scene.send(200, from: "v7")
        scene.send(100, from: "v8")
        // No row moves as long as somebody moves through them.
        scene.pass(milliseconds: 3_300)
        scene.draw()
        #expect(ids(scene).prefix(4) == ["v7", "v8", "v0", "v1"])
        #expect(scene.highlighted == ["v1"])
        // Whoever takes the slot of one who left is somebody else.
        scene.leave("v1")
        scene.join("w")
        scene.draw()
        #expect(scene.highlighted.isEmpty)
        scene.press(.down)
        #expect(scene.highlighted == ["v7"])
    }

    @Test func theWindowGoesWhereTheChosenVisitorGoes() {
        let scene = Scene.crowd(40)
        scene.press(.down)
        #expect(scene.highlighted == ["v0"])
        for _ in 0..<6 {
            for number in 1..<40 { scene.send(60 - number, from: "v\(number)") }
            scene.pass(milliseconds: 1_000)
        }
        scene.draw()
        #expect(scene.highlighted == ["v0"])
        #expect(scene.picture.contains("40 of 40"))
        // The wheel leaves the chosen one behind.
        for _ in 0..<20 { scene.mouse(.wheelUp, 18, 5) }
        #expect(scene.highlighted.isEmpty)
        scene.pass(milliseconds: 1_000)
        scene.draw()
        #expect(ids(scene).first == "v1")
    }

    @Test func theWindowFollowsACrowdThatGetsSmall() {
        let scene = Scene.crowd(30)
        scene.press(.end)
        for number in 3..<30 { scene.leave("v\(number)") }
        scene.draw()
        #expect(ids(scene) == ["v0", "v1", "v2"])
        #expect(scene.picture.contains("1–3 of 3"))
    }

    @Test func rowsMoveOnceASecondUnlessSomebodyComesOrGoes() {
        let scene = Scene.crowd(4)
        #expect(ids(scene) == ["v0", "v1", "v2", "v3"])
        scene.send(150, from: "v3")
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

    @Test func keysAskTheOwner() {
        let scene = Scene.crowd(3)
        #expect(scene.press(.character("q")) == .quit)
        #expect(scene.press(.character("Q")) == .quit)
        #expect(scene.press(.control("L")) == .redraw)
        #expect(scene.press(.control("Z")) == .suspend)
        #expect(scene.press(.character("d")) == .none)
        #expect(scene.press(.escape) == .none)
        #expect(scene.press(.character("s")) == .settingsChanged)
        #expect(scene.press(.character("s")) == .settingsChanged)
        #expect(scene.press(.character("1")) == .none)
        #expect(scene.press(.character("2")) == .settingsChanged)
    }

    @Test func stoppingAServerWithVisitorsIsAskedAbout() {
        var configuration = Monitor.Configuration()
        configuration.quitting = .stopsServer
        configuration.canDetach = true
        let scene = Scene.crowd(2, configuration)
        #expect(scene.press(.character("q")) == .none)
        #expect(scene.status.contains("stop the server and its 2 visitors? y stops"))
        #expect(scene.press(.character("j")) == .none)
        #expect(scene.highlighted.isEmpty && !scene.status.contains("stop the server"))
        #expect(scene.press(.character("q"), .control("L")) == .none)
        #expect(!scene.status.contains("stop the server"))
        #expect(scene.press(.character("q")) == .none)
        #expect(scene.click(5, 5) == .none && scene.highlighted.isEmpty)
        #expect(!scene.status.contains("stop the server"))
        #expect(scene.press(.character("q"), .character("y")) == .quit)
        #expect(scene.press(.character("d")) == .detach)
        let empty = Scene(columns: 80, rows: 24)
        empty.monitor = Monitor(configuration)
        #expect(empty.press(.character("q")) == .quit)
    }

    @Test func whoCameWhileThePictureIsHeldIsAskedAbout() {
        var configuration = Monitor.Configuration()
        configuration.quitting = .stopsServer
        let scene = Scene(columns: 80, rows: 24)
        scene.monitor = Monitor(configuration)
        scene.draw()
        scene.press(.character("p"))
        for number in 0..<20 { scene.join("v\(number)") }
        #expect(scene.press(.character("q")) == .none)
        #expect(scene.status.contains("stop the server and its 20 visitors?"))
        scene.press(.character("n"))
        // And the other way round: whoever is held may be gone.
        scene.press(.character("p"), .character("p"))
        for number in 0..<20 { scene.leave("v\(number)") }
        #expect(scene.press(.character("q")) == .quit)
    }

    @Test func controlCIsNeverAsked() {
        var configuration = Monitor.Configuration()
        configuration.quitting = .stopsServer
        for keys in [[], [.character("?")], [.character("q")], [.character("p")], [.character("3")]]
            as [[Key]]
        {
            let scene = Scene.crowd(2, configuration)
            for key in keys { scene.press(key) }
            #expect(scene.press(.control("C")) == .quit, "\(keys)")
        }
        // Where a filter is typed it drops that, and nothing else.
        let scene = Scene.crowd(2, configuration)
        scene.press(.character("/"))
        scene.type("v1")
        #expect(scene.press(.control("C")) == .none)
        #expect(scene.monitor.filter.isEmpty && scene.monitor.place == .overview)
        #expect(scene.press(.control("C")) == .quit)
    }

    @Test func theLinkIsSaid() {
        let scene = Scene.crowd(1)
        let states: [(LinkState, String)] = [
            (.connecting, "connecting"), (.reconnecting(attempt: 3), "reconnecting (3)"), (.ended, "ended"),
            (.live, "live"),
        ]
        for (state, word) in states {
            scene.model.link = state
            scene.draw()
            #expect(scene.lines[0].contains("● \(word)"))
        }
        #expect(scene.lines[0].contains("1 visitor ") && scene.lines[0].contains("1 viewer "))
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
        var configuration = Monitor.Configuration()
        configuration.quitting = .stopsServer
        let scene = Scene.crowd(2, columns: 30, rows: 5, configuration)
        scene.press(.character("q"))
        #expect(scene.lines[0].hasPrefix("y stops the server"))
        #expect(scene.press(.character("y")) == .quit)
    }
}
