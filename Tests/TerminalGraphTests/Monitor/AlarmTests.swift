import LiveModel
import Testing

@testable import TerminalGraph

/// What went wrong is seen wherever one looks, until somebody has looked.
@Suite struct AlarmTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let workers = #""workers":[{"pid":12,"state":"running"},{"pid":13,"state":"running"}]"#

    private static func status(_ lines: [String], lost: Int = 0, audience: String = "") -> String {
        #"{\#(workers),"uptime":9,"totals":{"lost":\#(lost)},"audience":[\#(audience)],"#
            + #""log":[{"event":"ready"}\#(lines.map { "," + $0 }.joined())]}"#
    }

    private static let death =
        #"{"event":"worker_exited","time":"2023-11-14T22:13:21.000Z","worker":0,"worker_pid":12,"how":"signal 9 (Killed)"}"#

    /// Somebody looks at `view` while a worker dies.
    private func scene(_ view: MonitorView = .map, columns: Int = 80, rows: Int = 24) -> Scene {
        let scene = Scene(columns: columns, rows: rows)
        scene.model.link = .live
        scene.join("ana")
        scene.send(3, from: "ana")
        scene.apply("status", Self.status([]))
        Demo.show(view, on: scene)
        return scene
    }

    private func kill(_ scene: Scene) {
        scene.pass(milliseconds: 1_000)
        scene.apply("status", Self.status([Self.death]))
        scene.pass(milliseconds: 500)
        scene.draw()
    }

    private let line = "! now  worker 12 was killed by signal 9 (Killed)"

    @Test(arguments: MonitorView.allCases)
    func aDeadWorkerIsSeenInEveryView(view: MonitorView) {
        let scene = scene(view)
        #expect(!scene.picture.contains("!"))
        kill(scene)
        #expect(scene.lines[1].contains("5 Workers !1") && scene.lines[1].contains("6 Health"))
        #expect(scene.lines[22].contains(line) && scene.lines[22].hasSuffix(" i incidents "))
        #expect(scene.status.contains("q quit"))
        let (row, column) = scene.find("!1") ?? (0, 0)
        #expect(scene.canvas[row, column].style == .bad)
        #expect(CellCanvasTests.isWhole(scene.canvas))
    }

    @Test func itIsSeenOnceSomebodyWasThere() {
        let scene = scene()
        kill(scene)
        // Whoever presses keys elsewhere, or nobody at all, has not been there.
        scene.press(.character("1"), .character("2"))
        scene.pass(milliseconds: 1_000)
        scene.draw()
        #expect(scene.lines[1].contains("!1") && scene.lines[22].contains("! 1s ago"))
        scene.press(.character("5"))
        #expect(scene.lines[1].contains("!1") && scene.lines[22].contains("killed"))
        scene.press(.down)
        #expect(!scene.lines[1].contains("!") && !scene.picture.contains("killed"))
        #expect(scene.find("╰")?.row != nil && scene.lines[22].contains("╯"))
    }

    @Test func theListOfIncidents() {
        let scene = scene()
        scene.press(.character("i"))
        #expect(scene.picture.contains("nothing went wrong while somebody looked"))
        scene.press(.character("i"))
        #expect(!scene.picture.contains("incidents"))
        kill(scene)
        scene.apply("status", Self.status([Self.death], lost: 5))
        scene.draw()
        #expect(scene.lines[1].contains("6 Health !1") && scene.lines[22].contains("1 more  i incidents"))
        scene.press(.character("i"))
        #expect(scene.find("─ incidents ─") != nil && !scene.lines[1].contains("!"))
        let newest = scene.find("5 samples were lost")?.row ?? 0
        let oldest = scene.find("22:13:21   now  worker 12 was killed")?.row ?? 0
        #expect(newest > 0 && oldest == newest + 1)
        #expect(scene.status.contains("Esc close"))
        scene.press(.escape)
        #expect(scene.view == .map && !scene.picture.contains("killed"))
        // The command, and a click on the line.
        scene.press(.character(":"))
        scene.type("inc")
        scene.press(.enter)
        #expect(scene.find("─ incidents ─") != nil)
        scene.press(.character("q"))
        scene.apply("status", Self.status([Self.death], lost: 5_000))
        scene.pass(milliseconds: 12_000)
        scene.apply("status", Self.status([Self.death], lost: 5_009))
        scene.draw()
        scene.click("! now  9 samples")
        #expect(scene.find("─ incidents ─") != nil && scene.picture.contains("9 samples were lost"))
    }

    @Test func aLongListIsWrappedAndScrolled() {
        let many = (1...30).map { number in
            Incident(
                .loss, at: Int64(number) * 1_000, "it went \(number) " + String(repeating: "word ", count: 30)
            )
        }
        let lines = IncidentsView.lines(many, now: 31_000, columns: 60)
        #expect(lines.allSatisfy { $0.text.count <= 60 } && lines.count == 30 * 3)
        #expect(lines[0].time == "00:00:30" && lines[0].age == "1s" && lines[1].time.isEmpty)
        #expect(IncidentsView.wrapped("", columns: 5) == [""])
        #expect(IncidentsView.wrapped("abcdefgh ij", columns: 4) == ["abcdefgh", "ij"])
        var window = ListWindow()
        var canvas = CellCanvas(columns: 80, rows: 24, glyphs: .unicode)
        let body = Rect(row: 2, column: 0, rows: 21, columns: 80)
        IncidentsView.draw(many, now: 31_000, window: &window, on: &canvas, body: body)
        window.scroll(.last)
        IncidentsView.draw(many, now: 31_000, window: &window, on: &canvas, body: body)
        #expect((2..<23).contains { canvas.text(row: $0).contains("it went 1 word") })
    }

    @Test func aPictureThatIsHeldWarnsToo() {
        let scene = scene()
        scene.press(.character("p"))
        kill(scene)
        #expect(scene.lines[1].contains("5 Workers !1") && scene.lines[22].contains("killed"))
        #expect(scene.status.contains("paused"))
    }

    @Test func smallScreens() {
        for (columns, rows) in [(40, 10), (40, 12), (59, 30), (60, 20), (63, 20), (100, 19)] {
            for view in MonitorView.allCases {
                let scene = scene(view, columns: columns, rows: rows)
                kill(scene)
                #expect(CellCanvasTests.isWhole(scene.canvas))
                #expect(scene.lines[rows >= 12 ? rows - 2 : rows - 1].contains("! now  worker 12 was"))
                if columns == 60 {
                    #expect(scene.lines[1].contains("5 Workers! 6 Health"))
                }
                scene.press(.character("?"))
                scene.press(.escape, .character("q"))
                #expect(CellCanvasTests.isWhole(scene.canvas))
            }
        }
    }

    private func rings(_ scene: Scene) -> Bool { scene.monitor.takeBell() }

    @Test func theBellRingsOnceWhereItIsWanted() {
        let scene = scene()
        #expect(!rings(scene))
        kill(scene)
        #expect(!rings(scene))
        scene.press(.character("e"), .end, .up, .up, .right)
        #expect(
            scene.monitor.settings.hasBell && MonitorSettings(parsing: scene.monitor.settings.text).hasBell)
        scene.press(.escape)
        #expect(!rings(scene))
        scene.pass(milliseconds: 12_000)
        scene.apply("status", Self.status([Self.death], lost: 2))
        scene.draw()
        #expect(rings(scene) && !rings(scene))
        // Those of one cause ring once.
        scene.pass(milliseconds: 1_000)
        scene.apply("status", Self.status([Self.death, Self.death.replacing("12", with: "13")], lost: 2))
        scene.draw()
        #expect(!rings(scene))
    }

    @Test func whatHappenedBeforeIsListedAndNoNews() {
        let scene = Scene(columns: 80, rows: 24)
        scene.model.link = .live
        scene.join("ana")
        scene.apply("status", Self.status([Self.death]))
        scene.draw()
        #expect(!scene.picture.contains("!") && !scene.picture.contains("killed"))
        scene.press(.character("i"))
        #expect(scene.picture.contains("worker 12 was killed"))
    }

    @Test func whatIsStaleIsDimmedAndTheNextTryIsSaid() {
        let scene = scene(.overview)
        func styles() -> Set<Style> {
            var styles: Set<Style> = []
            for row in 2..<22 { for column in 0..<80 { styles.insert(scene.canvas[row, column].style) } }
            return styles
        }
        #expect(styles().contains(.strong))
        scene.model.lostConnection(
            attempt: 2,
            ConnectionLoss(
                why: "cannot be reached: Connection refused", retryNanoseconds: scene.now + 4_000_000_000),
            now: scene.now)
        scene.draw()
        #expect(scene.lines[0].contains("● reconnecting (2) in 4 s"))
        #expect(
            scene.lines[22].contains(
                "! no connection, next try in 4 s: it cannot be reached: Connection refused   i"))
        #expect(styles().subtracting([.plain, .faint, .border]).isEmpty)
        // Blanks between have no look of their own; whatever stands there stands back.
        for row in 2..<22 {
            for column in 0..<80 where scene.canvas[row, column].style == .plain {
                Issue.record("\(row), \(column)")
            }
        }
        scene.pass(milliseconds: 1_500)
        scene.draw()
        #expect(scene.lines[0].contains("in 3 s"))
        scene.pass(milliseconds: 3_000)
        scene.draw()
        #expect(scene.lines[0].contains("reconnecting (2) now"))
        scene.model.connectionHeld(now: scene.now)
        scene.apply("status", Self.status([]))
        scene.draw()
        #expect(styles().contains(.strong) && scene.lines[0].contains("● live"))
        #expect(scene.lines[22].contains("the server cannot be reached: Connection refused; back after 4 s"))
        scene.press(.character("i"), .escape)
        #expect(!scene.picture.contains("back after"))
    }

    @Test func silenceIsSaidToo() {
        let scene = scene(.map)
        scene.pass(milliseconds: 5_000)
        scene.draw()
        #expect(scene.lines[0].contains("silent 5s"))
        #expect(scene.lines[22].contains("! the server has said nothing for 5 s"))
    }
}
