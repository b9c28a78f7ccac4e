import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorMouseTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test func tabsAreClicked() {
        let scene = Scene.crowd(3)
        for view in MonitorView.allCases.reversed() {
            let command = scene.click(view.title, from: 1)
            #expect(scene.view == view && command == .settingsChanged)
        }
    }

    @Test func aRowIsChosenByAClickAndOpenedByTwo() {
        let scene = Scene.crowd(20)
        scene.click("v3 ")
        #expect(scene.highlighted == ["v3"] && scene.view == .overview)
        scene.pass(milliseconds: 401)
        scene.click("v3 ")
        #expect(scene.view == .overview)
        scene.pass(milliseconds: 400)
        scene.click("v3 ")
        #expect(scene.view == .visitor && scene.picture.contains("path of v3"))
        // The third click of a row begins anew.
        scene.press(.character("1"))
        scene.click("v3 ")
        #expect(scene.view == .overview)
        // Two clicks on two rows are none on either.
        scene.pass(milliseconds: 500)
        scene.click("v1 ")
        scene.click("v2 ")
        #expect(scene.view == .overview && scene.highlighted == ["v2"])
    }

    @Test func rowsOfPagesAndWorkersAreOpened() {
        let scene = Scene.crowd(20)
        scene.press(.character("4"))
        scene.click("/p2 ")
        #expect(scene.highlighted == ["/p2"])
        scene.click("/p2 ")
        #expect(scene.view == .map && scene.monitor.filter.text == "page=/p2")
        scene.press(.escape, .character("5"))
        scene.click("103 ")
        scene.click("103 ")
        #expect(scene.view == .overview && scene.monitor.filter.text == "worker:103")
    }

    @Test func headsSortAndTurnRound() {
        let scene = Scene.crowd(20)
        let head = scene.find("visitor  ")?.row ?? 0
        scene.click("visitor  ")
        #expect(scene.monitor.settings.order == .id && !scene.monitor.settings.isReversed)
        scene.click("visitor", from: head)
        #expect(scene.monitor.settings.isReversed)
        scene.click("seen", from: head)
        #expect(scene.monitor.settings.order == .last && !scene.monitor.settings.isReversed)
        scene.press(.character("4"))
        scene.click("clicks", from: 2)
        #expect(scene.monitor.settings.pageOrder == .clicks)
        scene.press(.character("5"))
        scene.click("memory", from: 2)
        scene.click("memory", from: 2)
        #expect(scene.monitor.settings.workerOrder == .memory && scene.monitor.settings.areWorkersReversed)
    }

    @Test func headsOfAnotherViewAreNotClicked() {
        let scene = Scene.crowd(20, columns: 120, rows: 40)
        let head = scene.find("worker ", from: 10) ?? (0, 0)
        let tab = scene.find("Health", from: 1) ?? (0, 0)
        // Both come before there is a picture of the pages, which have fewer orders than visitors.
        scene.hit([.character("4")])
        let before = scene.monitor.settings
        func press(_ place: (row: Int, column: Int)) {
            let event = MouseEvent(.press(.left), row: place.row, column: place.column)
            _ = scene.monitor.receive(.mouse(event), &scene.model, now: scene.now)
        }
        press(head)
        #expect(scene.monitor.settings == before)
        press(tab)
        #expect(scene.view == .health)
    }

    @Test func theWheelScrollsWhereTheMouseIs() {
        let scene = Scene.crowd(40)
        scene.press(.down)
        scene.mouse(.wheelDown, 20, 10)
        #expect(scene.picture.contains("4–"))
        #expect(scene.highlighted.isEmpty)
        scene.mouse(.wheelUp, 20, 10)
        #expect(scene.picture.contains(" 1–") && scene.highlighted == ["v0"])
        #expect(scene.mouse(.wheelDown, 4, 10) == .settingsChanged)
        #expect(scene.monitor.settings.chartSecondsPerColumn == 2)
        #expect(scene.mouse(.wheelUp, 4, 10) == .settingsChanged)
        scene.click(4, 10)
        #expect(scene.monitor.settings.chartSecondsPerColumn == 2)
        scene.press(.character("4"))
        scene.mouse(.wheelDown, 10, 10)
        #expect(scene.picture.contains("4–"))
        scene.press(.character("?"))
        let help = scene.picture
        scene.mouse(.wheelDown, 10, 10)
        #expect(scene.picture != help)
        scene.click(10, 10)
        #expect(!scene.picture.contains("keys of"))
    }

    @Test func pointersOnTheMapAreClicked() {
        let scene = Scene(columns: 80, rows: 24)
        scene.model.link = .live
        for (id, x, y) in [("ann", 200.0, 100.0), ("ben", 1_000, 600)] {
            scene.join(id)
            scene.point(id, x, y)
        }
        scene.press(.character("2"))
        scene.click("ben")
        #expect(scene.model.followed?.id == "ben")
        scene.click("ann")
        scene.click("ann")
        #expect(scene.view == .visitor && scene.picture.contains("path of ann"))
    }

    @Test func pointingElsewhereTakesWhatWasTyped() {
        let scene = Scene.crowd(20)
        scene.press(.character("/"))
        scene.type("v1")
        scene.click("v12 ")
        #expect(scene.monitor.overlay == .none && scene.monitor.filter.text == "v1")
        #expect(scene.highlighted == ["v12"])
        scene.press(.character("/"))
        scene.type("x")
        scene.click("Esc drop", from: 23)
        #expect(scene.monitor.filter.text == "v1")
    }

    @Test func otherButtonsAndReleasesMeanNothing() {
        let scene = Scene.crowd(20)
        let before = scene.state
        let place = scene.find("v3 ") ?? (0, 0)
        scene.mouse(.release, place.row, place.column)
        scene.mouse(.press(.middle), place.row, place.column)
        scene.mouse(.drag(.middle), place.row + 3, place.column)
        scene.mouse(.release, place.row + 3, place.column)
        scene.mouse(.drag(.left), place.row, place.column)
        scene.click(-5, 3)
        scene.click(500, .max)
        #expect(scene.state == before)
    }
}
