import LiveModel
import Testing

@testable import TerminalGraph

/// What hands do to one visitor's path.
@Suite struct MonitorPathTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Ann, who goes along a row, scrolls, clicks and changes the page; and ben.
    static func scene(columns: Int = 120, rows: Int = 40) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        scene.model.link = .live
        for id in ["ann", "ben"] {
            scene.join(id)
            scene.point(id, 5, 5)
        }
        scene.apply("status", Demo.status(second: 9))
        scene.draw()
        scene.press(.character("s"), .home, .enter)
        for step in 0..<200 {
            scene.pass(milliseconds: 100)
            scene.point("ann", 100 + Double(step) * 5, 300)
            guard step % 50 == 49 else { continue }
            for _ in 0..<6 { scene.point("ann", 100 + Double(step) * 5, 300, "scroll") }
            for kind in ["down", "up", "click"] { scene.point("ann", 100 + Double(step) * 5, 300, kind) }
        }
        scene.pass(milliseconds: 100)
        scene.point("ann", 640, 650)
        scene.draw()
        return scene
    }

    /// Whether the path says what was done where.
    private func isMarked(_ scene: Scene) -> Bool {
        !scene.cells { $0.style == .match && $0.isHighlighted }.isEmpty
    }

    @Test func eventsAreFolded() {
        let scene = Self.scene()
        let events = scene.lines[(scene.find("─ events ")?.row ?? 0)...]
        #expect(events.filter { $0.contains("scroll ×6") }.count == 4)
        #expect(events.filter { $0.contains(" click ") }.count == 4)
        #expect(!events.contains { $0.contains(" down ") || $0.contains(" up ") })
        // Path and list number clicks alike.
        #expect(events.contains { $0.contains("1095,300") && $0.contains("   4") })
        #expect(scene.picture.contains("×4"))
    }

    @Test func plusAndMinusAreTheTimeOfThePath() {
        let scene = Self.scene()
        #expect(scene.picture.contains("last 30 s"))
        #expect(scene.press(.character("+")) == .settingsChanged)
        #expect(scene.picture.contains("last 10 s") && scene.monitor.settings.pathSeconds == 10)
        for _ in 0..<9 { scene.press(.character("-")) }
        #expect(scene.picture.contains("all of it") && scene.monitor.settings.pathSeconds == 0)
        for _ in 0..<9 { scene.press(.character("+")) }
        #expect(scene.picture.contains("last 5 s"))
        #expect(MonitorSettings(parsing: scene.monitor.settings.text).pathSeconds == 5)
        // The chart of the speed has keys of its own.
        let width = scene.monitor.settings.chartSecondsPerColumn
        scene.press(.character("]"))
        #expect(scene.monitor.settings.chartSecondsPerColumn > width)
        scene.press(.character("["))
        #expect(scene.monitor.settings.chartSecondsPerColumn == width)
    }

    @Test func anEventIsChosenByKeysAndStaysUnderTheEye() {
        let scene = Self.scene(columns: 80, rows: 24)
        scene.press(.down)
        #expect(scene.highlighted.contains("now") || scene.highlighted.contains("0s"))
        let newest = scene.monitor.path.act
        scene.press(.down, .down)
        let third = scene.monitor.path.act
        #expect(third == newest.map { $0 - 2 } && isMarked(scene))
        let place = scene.find("scroll ×6")
        for step in 0..<3 {
            scene.pass(milliseconds: 5_000)
            scene.point("ann", 20, Double(step) * 40, "click")
            scene.draw()
        }
        #expect(scene.monitor.path.act == third && place != nil)
        #expect(scene.monitor.events.offset == 3)
        scene.press(.escape)
        #expect(scene.monitor.path.act == nil && scene.view == .visitor)
        #expect(!isMarked(scene))
        scene.press(.escape)
        #expect(scene.view == .overview)
    }

    @Test func clearingBeginsAnew() {
        let scene = Self.scene()
        scene.press(.down, .character("c"))
        #expect(scene.picture.contains("none but moves") && scene.monitor.path.act == nil)
        #expect(scene.picture.contains("0 points") && !scene.picture.contains("×4"))
        scene.pass(milliseconds: 100)
        scene.point("ann", 400, 400, "click")
        scene.point("ann", 900, 400)
        scene.draw()
        #expect(scene.picture.contains("2 points ") && scene.picture.contains("×5"))
        // It is this visitor's: another one's path is whole, and so is this one's afterwards.
        scene.press(.right)
        #expect(scene.picture.contains("path of ben") && scene.monitor.path.clearedMilliseconds == nil)
    }

    @Test func pagesAreInTheEdge() {
        let scene = Self.scene()
        #expect(scene.picture.contains(" / 0:2"))
        scene.apply(
            "frame", #"{"at":\#(scene.at),"samples":[{"id":"ann","x":5,"y":5,"p":"/docs"}]}"#)
        scene.pass(milliseconds: 4_000)
        scene.draw()
        #expect(scene.picture.contains(" › /docs 0:04 "))
    }

    @Test func eventsAreClickedAndScrolledPast() {
        let scene = Self.scene(columns: 80, rows: 24)
        // Where the list is: the path says it too.
        let list = scene.find("─ events ")?.row ?? 0
        scene.click("scroll ×6", from: list)
        #expect(scene.monitor.path.act != nil)
        let chosen = scene.monitor.path.act
        scene.click("scroll ×6", from: list)
        #expect(scene.monitor.path.act == nil)
        scene.pass(milliseconds: 1_000)
        scene.click("scroll ×6", from: list)
        // The wheel leaves it where it is.
        scene.mouse(.wheelDown, 20, 5)
        #expect(scene.monitor.path.act == chosen && scene.monitor.events.offset > 0)
        let offset = scene.monitor.events.offset
        scene.pass(milliseconds: 5_000)
        scene.draw()
        #expect(scene.monitor.events.offset == offset)
    }

    @Test func theWheelOverThePathIsItsTime() {
        let scene = Self.scene()
        #expect(scene.mouse(.wheelDown, 10, 80) == .settingsChanged)
        #expect(scene.monitor.settings.pathSeconds == 60)
        scene.mouse(.wheelUp, 10, 80)
        scene.mouse(.wheelUp, 10, 80)
        #expect(scene.monitor.settings.pathSeconds == 10)
    }

    @Test func secondsSelectedOnTheSpeedAreThePath() {
        let scene = Self.scene()
        let row = scene.find("speed, px/s")!.row + 3
        scene.mouse(.press(.left), row, 100)
        scene.mouse(.drag(.left), row, 109)
        scene.mouse(.release, row, 109)
        let span = scene.monitor.span
        #expect(span != nil && scene.picture.contains("selected \(span?.count ?? 0) s"))
        scene.press(.escape)
        #expect(scene.monitor.span == nil && scene.view == .visitor && scene.picture.contains("last 30 s"))
    }
}
