import LiveModel
import Testing

@testable import TerminalGraph

/// Ways through the views by keys.
@Suite struct MonitorViewsTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test func numbersAndTabsShowViews() {
        let scene = Scene.crowd(3)
        for view in MonitorView.allCases {
            scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
            #expect(scene.view == view)
            #expect(scene.canvas[1, scene.find(view.title, from: 1)?.column ?? 0].style == .tab)
        }
        scene.press(.tab)
        #expect(scene.view == .overview)
        scene.press(.backTab)
        #expect(scene.view == .health)
        scene.press(.backTab, .backTab)
        #expect(scene.view == .pages)
    }

    @Test func theBusiestVisitorsPathIsOneKeyAway() {
        for key in [Key.character("f"), .enter] {
            let scene = Scene.crowd(20)
            scene.press(key)
            #expect(scene.view == .visitor)
            #expect(scene.picture.contains("path of v0"))
            scene.press(.escape)
            #expect(scene.view == .overview && scene.highlighted == ["v0"])
        }
    }

    @Test func theChoiceIsTheSameInAllViews() {
        let scene = Scene.crowd(20)
        scene.press(.down, .down, .down, .character("2"))
        #expect(scene.model.followed?.id == "v2")
        scene.press(.right)
        #expect(scene.model.followed?.id == "v3")
        scene.press(.enter)
        #expect(scene.view == .visitor && scene.picture.contains("path of v3"))
        scene.press(.left, .left)
        #expect(scene.picture.contains("path of v1"))
        scene.press(.escape)
        #expect(scene.view == .map)
        scene.press(.character("1"))
        #expect(scene.highlighted == ["v1"])
        scene.press(.escape)
        #expect(scene.highlighted.isEmpty && scene.model.followed == nil)
    }

    @Test func whoLeavesIsStillShownAndComesBack() {
        let scene = Scene.crowd(5)
        scene.press(.character("f"))
        scene.leave("v0")
        scene.pass(milliseconds: 2_000)
        scene.draw()
        #expect(scene.picture.contains("path of v0") && scene.picture.contains("left 2s"))
        scene.join("other")
        scene.join("v0")
        scene.send(3, from: "v0")
        scene.draw()
        #expect(!scene.picture.contains("left 2s"))
        scene.press(.character("1"))
        #expect(scene.highlighted == ["v0"])
    }

    @Test func aPageLeadsToTheMapOfItsVisitors() {
        let scene = Scene.crowd(12)
        scene.send(1, from: "v3", page: "/p")
        scene.press(.character("4"), .character("S"))
        let order = scene.monitor.pageRows.pages.map { scene.model.pageText($0.index) }
        scene.press(.down, .down)
        #expect(scene.highlighted == [order[1]])
        scene.press(.enter)
        #expect(scene.view == .map && scene.monitor.filter.text == "page=\(order[1])")
        #expect(scene.status.contains("1 of 12 match"))
        scene.press(.escape)
        #expect(scene.view == .pages && scene.monitor.filter.isEmpty && scene.highlighted == [order[1]])
        scene.press(.escape)
        #expect(scene.highlighted.isEmpty)
    }

    @Test func filtersOfPagesMeanThatPage() {
        #expect(Monitor.filter(forPage: "/") == "page=/")
        #expect(Monitor.filter(forPage: "") == "page=")
        #expect(Monitor.filter(forPage: "/a b\tc") == "page=\"/a b\tc\"")
        #expect(Monitor.filter(forPage: " ") == "page=\" \"")
        let scene = Scene(columns: 80, rows: 24)
        for (id, page) in [("a", "/"), ("b", "/x"), ("c", "/x/y"), ("d", "")] {
            scene.join(id)
            if !page.isEmpty { scene.send(1, from: id, page: page) }
        }
        func count(_ page: String) -> Int {
            var rows: [RankedVisitor] = []
            let filter = VisitorFilter(parsing: Monitor.filter(forPage: page))
            return scene.model.visitors(
                matching: VisitorQuery(filter: filter), from: 0, count: 9, into: &rows)
        }
        #expect(count("/") == 1 && count("/x") == 1 && count("") == 1 && count("/none") == 0)
    }

    @Test func aWorkerLeadsToItsVisitors() {
        let scene = Scene.crowd(40)
        scene.press(.character("5"), .end)
        #expect(scene.highlighted == ["129"])
        scene.press(.enter)
        #expect(scene.view == .overview && scene.status.contains("1 of 40 match worker:129"))
        scene.press(.character("f"), .escape, .escape)
        #expect(scene.view == .workers && scene.monitor.filter.isEmpty)
    }

    @Test func tablesAreSortedByKeys() {
        let scene = Scene.crowd(12, rows: 40)
        scene.press(.character("s"))
        #expect(scene.monitor.settings.order == .id && scene.status.contains("by visitor"))
        #expect((scene.find("v0 ")?.row ?? 0) < (scene.find("v11 ")?.row ?? 0))
        scene.press(.character("S"))
        #expect(scene.status.contains("by visitor reversed"))
        #expect((scene.find("v0 ")?.row ?? 99) > (scene.find("v11 ")?.row ?? 99))
        scene.press(.left)
        #expect(scene.monitor.settings.order == .rate && !scene.status.contains("by "))
        scene.press(.left)
        #expect(scene.monitor.settings.order == .worker)
        scene.press(.character("5"), .character("s"), .character("s"))
        #expect(scene.monitor.settings.workerOrder == .connections)
        #expect(scene.monitor.workerRows.workers.first?.connections == 29)
        scene.press(.character("4"), .character("l"))
        #expect(scene.monitor.settings.pageOrder == .rate && scene.status.contains("by rate"))
    }

    @Test func theChartIsWidenedAndScaled() {
        let scene = Scene.crowd(4, columns: 120, rows: 40)
        scene.press(.character("-"), .character("-"))
        #expect(scene.monitor.settings.chartSecondsPerColumn == 5)
        #expect(scene.picture.contains("5 s a column"))
        scene.press(.character("+"), .character("="), .character("+"))
        #expect(scene.monitor.settings.chartSecondsPerColumn == 1)
        scene.press(.character("]"))
        let top = scene.monitor.settings.chartTop
        #expect(top > 0 && scene.picture.contains("scale \(top)"))
        scene.press(.character("]"))
        #expect(scene.monitor.settings.chartTop > top)
        scene.press(.character("["), .character("a"))
        #expect(scene.monitor.settings.chartTop == 0)
        scene.press(.character("2"), .character("]"), .character("v"), .character("n"))
        let map = scene.monitor.settings.map
        #expect(map.trailMilliseconds == 3_000 && map.scale == .pixels && !map.hasLabels)
        for _ in 0..<9 { scene.press(.character("[")) }
        #expect(scene.monitor.settings.map.trailMilliseconds == 0)
    }

    @Test func aHeldPictureStandsStillAndCanBeLookedThrough() {
        let scene = Scene.crowd(20)
        scene.press(.down, .character("p"))
        let held = scene.lines.dropFirst().joined()
        for number in 0..<15 { scene.leave("v\(number)") }
        scene.send(500, from: "v17")
        scene.pass(milliseconds: 12_000)
        // A server that says nothing is warned of, whatever is held.
        scene.send(1, from: "v17")
        scene.draw()
        #expect(scene.lines[0].contains("paused for 0:12") && scene.lines[0].contains("20 visitors"))
        #expect(scene.status.contains("paused"))
        #expect(scene.lines.dropFirst().joined() == held)
        scene.press(.down)
        #expect(scene.highlighted == ["v1"])
        scene.press(.end)
        #expect(scene.highlighted == ["v19"])
        scene.press(.character("s"), .character("f"))
        #expect(scene.view == .visitor && scene.picture.contains("path of v0"))
        scene.model.link = .reconnecting(attempt: 2)
        scene.draw()
        #expect(scene.lines[0].contains("reconnecting (2)"))
        scene.press(.character("1"), .character(" "))
        #expect(!scene.lines[0].contains("paused") && scene.lines[0].contains("5 visitors"))
        #expect(!scene.picture.contains("v0 "))
    }

    @Test func settingsAreReadBackAndRubbishIsPassedOver() {
        var settings = MonitorSettings()
        settings.view = .pages
        settings.order = .since
        settings.isReversed = true
        settings.pageOrder = .clicks
        settings.workerOrder = .cpu
        settings.areWorkersReversed = true
        settings.chartSecondsPerColumn = 15
        settings.chartTop = 2_000
        settings.map.scale = .pixels
        settings.map.hasLabels = false
        settings.map.trailMilliseconds = 10_000
        settings.pathSeconds = 0
        #expect(MonitorSettings(parsing: settings.text) == settings)
        #expect(MonitorSettings(parsing: MonitorSettings().text) == MonitorSettings())
        let rubbish = """
            view
            view = kitchen
            = = =
            order=id=rate
              chart-top =   50\t
            chart-seconds-per-column = 7
            map-trail-milliseconds = -1
            path-seconds = 31
            map-labels = maybe
            \u{1B}[2J = \u{0}
            """
        var expected = MonitorSettings()
        expected.chartTop = 50
        #expect(MonitorSettings(parsing: rubbish) == expected)
    }

    @Test func logsAndEventsScroll() {
        let scene = Scene.crowd(3)
        scene.press(.character("6"))
        #expect(scene.picture.contains("line23") && !scene.picture.contains("line2 "))
        scene.press(.home)
        #expect(scene.picture.contains("line0") && scene.picture.contains("newer below"))
        scene.press(.down, .end)
        #expect(scene.picture.contains("line23"))
        scene.press(.up)
        #expect(!scene.picture.contains("line23"))
        scene.press(.character("f"))
        let first = scene.find("1180,5", from: 15)
        #expect(first != nil)
        scene.press(.down, .pageDown, .pageDown)
        #expect(scene.find("1180,5", from: 15) == nil)
        scene.press(.character("l"), .character("h"))
        #expect(scene.find("1180,5", from: 15) != nil)
    }
}
