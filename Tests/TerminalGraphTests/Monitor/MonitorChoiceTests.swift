import LiveModel
import Testing

@testable import TerminalGraph

/// Who and what is chosen, whatever happens meanwhile.
@Suite struct MonitorChoiceTests {
    init() { #expect(TestLocale.isUTF8) }

    /// The title of the lower panel of the pages.
    private func detail(_ scene: Scene) -> String { scene.lines.last { $0.contains("╭─ visitors") } ?? "" }

    private func visitors(at pages: [(id: String, page: String)]) -> Scene {
        let scene = Scene(columns: 120, rows: 40)
        for (id, page) in pages {
            scene.join(id)
            scene.send(2, from: id, page: page)
        }
        scene.pass(milliseconds: 1_300)
        scene.draw()
        return scene
    }

    @Test func aChosenPageDoesNotBecomeAnotherOne() {
        let scene = visitors(at: [("ann", "/a"), ("bob", "/z"), ("cat", "/z")])
        scene.press(.character("4"))
        scene.click("/a ")
        #expect(scene.highlighted == ["/a"] && detail(scene).contains("/a"))
        // Nobody is on /a now, and /c has its number.
        scene.send(1, from: "ann", page: "/b")
        scene.send(1, from: "ann", page: "/c")
        let place = scene.find("/a ") ?? (0, 0)
        // A click on what was drawn before means nothing.
        let event = MouseEvent(.press(.left), row: place.row, column: place.column)
        _ = scene.monitor.receive(.mouse(event), &scene.model, now: scene.now)
        scene.draw()
        #expect(scene.find("/c ") != nil && scene.find("/a ") == nil)
        #expect(scene.highlighted.isEmpty && !detail(scene).contains("/c"))
        scene.press(.down)
        #expect(scene.highlighted == ["/z"])
        scene.send(1, from: "ann", page: "/a")
        scene.draw()
        #expect(scene.highlighted == ["/z"])
    }

    @Test func aPageChosenInAHeldPictureStaysThatPage() {
        let scene = visitors(at: [("ann", "/a"), ("bob", "/z")])
        scene.press(.character("4"), .character("p"))
        scene.click("/a ")
        #expect(scene.highlighted == ["/a"])
        for page in ["/b", "/c"] { scene.send(1, from: "ann", page: page) }
        scene.press(.character("p"))
        #expect(scene.find("/c ") != nil && scene.highlighted.isEmpty)
    }

    @Test func whoeverLeftMeanwhileIsNotTheOneChosenBefore() {
        let scene = Scene.crowd(5)
        scene.press(.down, .character("p"), .down, .down)
        #expect(scene.highlighted == ["v2"])
        scene.leave("v2")
        scene.press(.character("p"))
        #expect(scene.highlighted.isEmpty && scene.model.followed == nil)
        scene.press(.character("3"))
        #expect(scene.picture.contains("nobody is chosen"))
    }

    @Test func whoeverCameBackMeanwhileIsStillChosen() {
        let scene = Scene.crowd(5)
        scene.press(.down, .down, .character("p"))
        scene.leave("v1")
        scene.join("w")
        scene.join("v1")
        scene.press(.character("p"))
        #expect(scene.highlighted == ["v1"] && scene.model.followed?.id == "v1")
        // Who is chosen in the picture that is held, and is still there, is chosen.
        scene.press(.character("p"), .home, .character("p"))
        #expect(scene.highlighted == ["v0"] && scene.model.followed?.id == "v0")
    }

    @Test func enterOpensNobodyTheFilterLeavesOut() {
        for view in ["1", "2"] {
            let scene = Scene.crowd(5)
            scene.press(.character(Unicode.Scalar(view)!), .down, .down, .character("/"))
            scene.type("v3")
            scene.press(.enter, .enter)
            #expect(scene.view == .visitor && scene.picture.contains("path of v3"), "\(view)")
            scene.press(.escape, .character("/"), .control("U"))
            scene.type("nobody")
            scene.press(.enter, .enter)
            #expect(scene.view != .visitor, "\(view)")
        }
    }

    @Test func keysBeforeThePictureMeanWhatWasAskedFor() {
        let scene = Scene.crowd(9)
        scene.hit([.character("/"), .character("v"), .character("7"), .enter, .character("j")])
        scene.draw()
        #expect(scene.highlighted == ["v7"])
        scene.press(.escape, .escape, .character("4"))
        scene.hit([.character("/"), .character("p"), .character("6"), .enter, .enter])
        scene.draw()
        #expect(scene.view == .map && scene.monitor.filter.text == "page=/p6")
        scene.press(.character("5"))
        scene.hit([.character("/"), .character("1"), .character("2"), .character("3"), .enter, .enter])
        scene.draw()
        #expect(scene.view == .overview && scene.monitor.filter.text == "worker:123")
    }

    @Test func aPageLeadsToItsVisitorsAlone() {
        let long = "/" + String(repeating: "x", count: 255)
        let pages = ["/a b", "/b /a", "/a  b", long, "\"/a\" b", ""]
        let scene = visitors(at: pages.enumerated().map { ("v\($0.offset)", $0.element) })
        for (number, page) in pages.enumerated() {
            scene.monitor.show(filter: Monitor.filter(forPage: page))
            let matching = (0..<pages.count).filter { number in
                scene.slot(of: "v\(number)").map { scene.model.matches($0, scene.monitor.filter) } ?? false
            }
            #expect(matching == [number], "\(page)")
        }
        scene.monitor.show(filter: "")
        scene.press(.character("4"), .character("/"))
        scene.type("page=\"/a b\"")
        scene.press(.enter, .enter)
        #expect(scene.view == .map && scene.monitor.filter.text == "page=\"/a b\"")
        // Nothing of it is lost by looking at it.
        scene.monitor.show(filter: Monitor.filter(forPage: long))
        scene.press(.character("1"), .character("/"), .character("y"), .backspace, .enter)
        #expect(scene.monitor.filter.text == "page=\(long)")
    }

    @Test func aRememberedVisitorViewShowsTheBusiest() {
        var configuration = Monitor.Configuration()
        configuration.settings.view = .visitor
        let scene = Scene(columns: 80, rows: 24)
        scene.monitor = Monitor(configuration)
        scene.draw()
        #expect(scene.picture.contains("nobody is here yet"))
        let since = scene.at - 60_000
        func entry(_ id: String, _ rate: Int) -> String {
            #"{"id":"\#(id)","since":\#(since),"worker":1,"rate":\#(rate),"last":\#(scene.at),"x":1,"y":1}"#
        }
        scene.apply("keyframe", #"{"at":\#(scene.at),"visitors":[\#(entry("ann", 2)),\#(entry("bob", 9))]}"#)
        scene.draw()
        #expect(scene.picture.contains("path of bob") && scene.monitor.settings == configuration.settings)
        // Once: whoever is chosen or nobody is the person's to say from now on.
        scene.press(.character("1"), .escape, .character("3"))
        #expect(scene.picture.contains("nobody is chosen"))
        // Not where somebody went to another view before there was anybody.
        let other = Scene(columns: 80, rows: 24)
        other.monitor = Monitor(configuration)
        other.press(.character("1"))
        other.apply("keyframe", #"{"at":\#(other.at),"visitors":[\#(entry("ann", 2))]}"#)
        other.press(.character("3"))
        #expect(other.picture.contains("nobody is chosen"))
    }
}
