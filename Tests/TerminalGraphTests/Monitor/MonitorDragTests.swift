import Foundation
import LiveModel
import Testing

@testable import TerminalGraph

/// Buttons held down, the wheel over the map, and the menu of the right button.
@Suite struct MonitorDragTests {
    init() { #expect(TestLocale.isUTF8) }

    /// A map with somebody in either corner.
    private func map(_ view: MonitorView = .map) -> Scene {
        let scene = Scene(columns: 80, rows: 24)
        scene.model.link = .live
        for (id, x, y) in [("ann", 100.0, 60.0), ("ben", 1_200, 680)] {
            scene.join(id)
            scene.point(id, x, y)
        }
        scene.apply("status", Demo.status(second: 9))
        scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
        scene.draw()
        return scene
    }

    private func drag(_ scene: Scene, from: (Int, Int), to: (Int, Int)) {
        scene.mouse(.press(.left), from.0, from.1)
        scene.mouse(.drag(.left), (from.0 + to.0) / 2, (from.1 + to.1) / 2)
        scene.mouse(.drag(.left), to.0, to.1)
        scene.mouse(.release, to.0, to.1)
    }

    private func menu(of scene: Scene) -> PopupMenu? {
        if case .popup(let menu) = scene.monitor.overlay { menu } else { nil }
    }

    @Test func theWheelZoomsAtThePointer() {
        let scene = map()
        let place = scene.find("ann")!
        let settings = scene.monitor.settings
        for _ in 0..<3 { scene.mouse(.wheelUp, place.row, place.column) }
        #expect(scene.picture.contains("3 times as close") && scene.picture.contains("1 of 2"))
        #expect(scene.picture.contains("ann") && !scene.picture.contains("ben"))
        // Several notches may come before a picture.
        for _ in 0..<2 {
            let event = MouseEvent(.wheelDown, row: place.row, column: place.column)
            _ = scene.monitor.receive(.mouse(event), &scene.model, now: scene.now)
        }
        scene.draw()
        #expect(scene.picture.contains("1.5 times as close"))
        for _ in 0..<9 { scene.mouse(.wheelDown, place.row, place.column) }
        #expect(scene.monitor.lens.isWhole && scene.picture.contains(" 2 pointers"))
        #expect(scene.monitor.settings == settings)
        // Over a name its pointer is meant, however close one goes.
        for _ in 0..<10 {
            guard let name = scene.find("ann") else { break }
            scene.mouse(.wheelUp, name.row, name.column + 2)
        }
        #expect(scene.picture.contains("32 times as close") && scene.picture.contains("ann"))
    }

    @Test func draggingMovesTheMapAndADoubleClickBringsItBack() {
        let scene = map()
        for _ in 0..<3 { scene.mouse(.wheelUp, 12, 40) }
        #expect(scene.picture.contains("no pointer in this part"))
        drag(scene, from: (10, 20), to: (40, 200))
        #expect(scene.picture.contains("ann") && !scene.picture.contains("ben"))
        let before = scene.monitor.mapMemory.frame.whole
        drag(scene, from: (12, 40), to: (10, 37))
        let after = scene.monitor.mapMemory.frame.whole
        #expect(after.row == before.row - 2 && after.column == before.column - 3)
        // Neither is the end of a drag the first of two clicks.
        scene.click(10, 37)
        #expect(!scene.monitor.lens.isWhole)
        scene.click(10, 37)
        #expect(scene.monitor.lens.isWhole && scene.picture.contains(" 2 pointers"))
    }

    @Test func keysDoTheSame() {
        let scene = map()
        scene.press(.character("+"), .character("+"), .character("+"))
        #expect(scene.monitor.lens.zoom == 3)
        // Whoever is chosen is brought into sight.
        scene.press(.down)
        #expect(scene.picture.contains("1 of 2"))
        let first = scene.model.followed?.id ?? ""
        #expect(scene.picture.contains(first))
        scene.press(.down)
        let second = scene.model.followed?.id ?? ""
        #expect(first != second && scene.picture.contains(second))
        scene.press(.character("-"))
        #expect(scene.monitor.lens.zoom == 2 && scene.picture.contains(second))
        scene.press(.character("0"))
        #expect(scene.monitor.lens.isWhole)
    }

    @Test func secondsOfAChartAreSelected() {
        let scene = Scene.crowd(20, columns: 120, rows: 40)
        let row = (scene.find("samples per second")?.row ?? 0) + 3
        let before = scene.monitor.settings
        drag(scene, from: (row, 60), to: (row + 1, 40))
        guard let span = scene.monitor.span else {
            Issue.record("nothing is selected")
            return
        }
        #expect(span.count == 42 && scene.monitor.settings == before)
        #expect(scene.lines.contains { $0.contains("selected 42 s: mean") })
        #expect((40...60).allSatisfy { scene.canvas[row, $0].isHighlighted })
        #expect(!scene.canvas[row, 39].isHighlighted && !scene.canvas[row, 61].isHighlighted)
        // It goes with its seconds, two of which are a column.
        scene.pass(milliseconds: 10_000)
        scene.draw()
        #expect(scene.canvas[row, 35].isHighlighted && !scene.canvas[row, 56].isHighlighted)
        // A click takes it away, and changes nothing else.
        scene.click(row, 50)
        #expect(scene.monitor.span == nil && scene.monitor.settings == before)
        #expect(scene.click(row, 50) == .none)
        #expect(scene.monitor.settings.chartSecondsPerColumn == 2)
        // Another view's charts are others.
        drag(scene, from: (row, 60), to: (row, 50))
        scene.press(.character("5"))
        #expect(scene.monitor.span == nil)
    }

    /// Terminals without reports of motion say only where it began and ended.
    @Test func aDragWithoutMotionIsOneToo() {
        let scene = Scene.crowd(20, columns: 120, rows: 40)
        let row = (scene.find("samples per second")?.row ?? 0) + 3
        scene.mouse(.press(.left), row, 60)
        scene.mouse(.release, row, 51)
        #expect(scene.monitor.span?.count == 20)
        let map = map()
        for _ in 0..<3 { map.mouse(.wheelUp, 12, 40) }
        let before = map.monitor.mapMemory.frame.whole
        map.mouse(.press(.left), 12, 40)
        map.mouse(.release, 13, 44)
        #expect(map.monitor.mapMemory.frame.whole.column == before.column + 4)
    }

    @Test func theRightButtonOffersWhatCanBeDone() {
        let scene = Scene.crowd(20)
        let place = scene.find("v3 ")!
        scene.mouse(.press(.right), place.row, place.column)
        scene.mouse(.release, place.row, place.column)
        #expect(scene.monitor.place == .popup && scene.picture.contains("─ v3 "))
        for text in [
            "its path", "where it is on the map", "everyone on its page", "its worker 103", "copy its id",
        ] {
            #expect(scene.picture.contains(text), "\(text)")
        }
        // Elsewhere closes it and does nothing else.
        let filter = scene.monitor.filter.text
        scene.click(22, 79)
        #expect(scene.monitor.overlay == .none && scene.monitor.filter.text == filter)
        scene.mouse(.press(.right), place.row, place.column)
        scene.click("everyone on its page")
        #expect(scene.view == .map && scene.monitor.filter.text == "page=/p3")
        scene.press(.escape, .character("m"))
        #expect(menu(of: scene)?.entry?.text == "its path")
        #expect(
            scene.press(.character("j"), .character("k"), .end, .home, .down, .down, .down, .enter)
                == .settingsChanged)
        #expect(scene.view == .workers && scene.highlighted == ["103"])
    }

    @Test func theRightButtonHeldDownTakesWhereItIsLetGo() {
        let scene = Scene.crowd(20)
        let place = scene.find("v3 ")!
        scene.mouse(.press(.right), place.row, place.column)
        let entry = scene.find("copy its id")!
        scene.mouse(.drag(.right), entry.row, entry.column)
        #expect(scene.mouse(.release, entry.row, entry.column) == .copy("v3"))
        #expect(scene.monitor.overlay == .none)
        // Let go beside it, it stays.
        scene.mouse(.press(.right), place.row, place.column)
        scene.mouse(.drag(.right), 1, 1)
        scene.mouse(.release, 1, 1)
        #expect(scene.monitor.place == .popup)
    }

    @Test func everyPlaceHasAMenuThatFits() {
        for view in MonitorView.allCases {
            for (columns, rows) in [(40, 10), (80, 24), (120, 40)] {
                let scene = Scene(columns: columns, rows: rows)
                Demo.play(on: scene, seconds: 12)
                Demo.show(view, on: scene)
                for row in stride(from: 0, to: rows, by: 3) {
                    for column in stride(from: 0, to: columns, by: 11) {
                        scene.mouse(.press(.right), row, column)
                        scene.mouse(.release, row, column)
                        #expect(CellCanvasTests.isWhole(scene.canvas))
                        guard case .popup(let menu) = scene.monitor.overlay else {
                            Issue.record("none at \(row), \(column) of \(view)")
                            continue
                        }
                        #expect(menu.entries.count >= 3)
                        #expect(Set(menu.entries.map(\.text)).count == menu.entries.count)
                        scene.press(.escape)
                        #expect(scene.monitor.overlay == .none && scene.view == view)
                    }
                }
            }
        }
    }

    @Test func whatAMenuSaysOfKeysIsSo() {
        for view in [MonitorView.map, .visitor] {
            let scene = map(view)
            if view == .visitor { scene.press(.character("f")) }
            scene.press(.character("m"))
            guard case .popup(let menu) = scene.monitor.overlay else { continue }
            for case .action(let action) in menu.entries.map(\.deed) {
                let binding = KeyTable.bindings.first {
                    $0.action == action && $0.places.contains(KeyPlaces(view))
                }
                #expect(binding != nil)
            }
        }
    }

    @Test func aViewerShowsItself() {
        let scene = map(.health)
        scene.click("phone")
        #expect(scene.monitor.place == .card && scene.picture.contains("viewer phone"))
        #expect(scene.picture.contains("812 events it has not taken yet"))
        // The next status is of the same one, as long as there is one.
        scene.pass(milliseconds: 1_000)
        scene.apply(
            "status",
            Demo.status(second: 10).replacing(#""behind":812"#, with: #""behind":999"#)
                .replacing(#""age":33.0"#, with: #""age":34.0"#))
        scene.draw()
        #expect(scene.picture.contains("999 events it has not taken yet"))
        scene.apply("status", Demo.status(second: 11).replacing("phone", with: "tablet"))
        scene.draw()
        #expect(scene.picture.contains("gone, or not far behind"))
        scene.press(.escape)
        #expect(scene.monitor.overlay == .none && scene.view == .health)
        scene.click("warehouse")
        scene.click(1, 70)
        #expect(scene.monitor.overlay == .none)
    }

    @Test func aWorkerOfTheOverviewShowsItsFigures() {
        let scene = Scene.crowd(20, columns: 120, rows: 40)
        scene.press(.character("5"), .character("/"))
        scene.type("102")
        scene.press(.enter, .character("1"))
        let place = scene.find("103 ")!
        scene.click(place.row, place.column)
        #expect(scene.view == .workers && scene.highlighted == ["103"])
        scene.press(.escape)
        #expect(scene.view == .overview)
    }

    @Test func settingsAreClicked() {
        let scene = Scene.crowd(20)
        scene.press(.character("e"))
        scene.click("names on the map")
        guard case .menu(let chosen) = scene.monitor.overlay else {
            Issue.record("the settings are closed")
            return
        }
        #expect(scene.monitor.settings.map.hasLabels && chosen.item == .mapNames)
        scene.click("names on the map")
        #expect(!scene.monitor.settings.map.hasLabels && scene.monitor.place == .menu)
        for title in SettingsMenu.Item.allCases.map(\.title) {
            #expect(scene.picture.contains(title), "\(title)")
        }
        scene.click(1, 70)
        #expect(scene.monitor.overlay == .none)
    }

    /// Everything that is kept is in the menu, and everything in the menu is kept.
    @Test func allThatIsRememberedCanBeSeenAndChanged() {
        let scene = Scene.crowd(20)
        for (index, item) in SettingsMenu.Item.allCases.enumerated() {
            scene.press(.character("e"), .home)
            for _ in 0..<index { scene.press(.down) }
            let before = scene.monitor.settings.text
            #expect(scene.press(.right) == .settingsChanged, "\(item)")
            #expect(scene.monitor.settings.text != before, "\(item)")
            scene.press(.escape)
        }
        let lines = MonitorSettings().text.split(separator: "\n").count
        // Three orders are two lines each.
        #expect(SettingsMenu.Item.allCases.count == lines - 3)
    }
}
