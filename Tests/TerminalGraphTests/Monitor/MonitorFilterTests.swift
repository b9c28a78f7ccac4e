import LiveModel
import Testing

@testable import TerminalGraph

/// Every list has a filter of its own.
@Suite struct MonitorFilterTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test func pagesAreFiltered() {
        let scene = Scene.crowd(40)
        scene.press(.character("4"), .character("/"))
        scene.type("/P1")
        #expect(scene.status.contains("//P1") && scene.status.contains("10 of 39 match"))
        scene.type(" -page:12 id:v1")
        #expect(scene.status.contains("id: says nothing of pages"))
        #expect(scene.status.contains("9 of 39 match"))
        for _ in 0..<6 { scene.press(.backspace) }
        scene.press(.enter)
        #expect(scene.status.contains("9 of 39 match /P1 -page:12") && !scene.status.contains("says"))
        #expect(scene.find("/p13 ") != nil && scene.find("/p12 ") == nil && scene.find("/p2 ") == nil)
        // Rates are the pages' own: v0 has one of twelve a second, and v35 one.
        scene.press(.character("/"), .control("U"))
        scene.type("rate>7")
        #expect(scene.monitor.pageRows.pages.allSatisfy { $0.rate > 7 })
        #expect(!scene.monitor.pageRows.pages.isEmpty && scene.monitor.pageRows.pages.count < 39)
        scene.type("000")
        #expect(scene.picture.contains("no page matches") && scene.status.contains("0 of 39 match"))
        scene.press(.escape)
        #expect(scene.status.contains("/P1 -page:12"))
        scene.press(.escape)
        #expect(scene.monitor.pageFilter.isEmpty && !scene.status.contains("match"))
    }

    @Test func workersAreFiltered() {
        let scene = Scene.crowd(5, columns: 120, rows: 50)
        scene.press(.character("5"), .character("/"))
        scene.type("worker:103")
        #expect(scene.status.contains("1 of 30 match"))
        #expect(scene.find(" 103 ") != nil && scene.find(" 104 ") == nil)
        #expect(scene.picture.contains("these") && scene.picture.contains("samples per second, these"))
        scene.press(.control("U"))
        scene.type("RUNNING rate>28")
        #expect(scene.monitor.workerRows.workers.map(\.pid) == [100, 101])
        scene.press(.control("U"))
        scene.type("-running")
        #expect(scene.monitor.workerRows.workers.isEmpty && scene.picture.contains("none"))
        scene.press(.control("U"))
        scene.type("page:/ 29")
        #expect(scene.status.contains("page: says nothing of workers"))
        scene.press(.enter)
        #expect(scene.monitor.workerRows.workers.map(\.pid) == [129])
        scene.press(.escape)
        #expect(scene.monitor.workerRows.workers.count == 30)
    }

    @Test func aFilterBelongsToItsList() {
        let scene = Scene.crowd(20)
        for (key, text) in [("1", "v1"), ("4", "/p2"), ("5", "rate<9")] {
            scene.press(.character(Unicode.Scalar(key)!), .character("/"))
            scene.type(text)
            scene.press(.enter)
        }
        for (key, text) in [("1", "v1"), ("2", "v1"), ("3", "v1"), ("4", "/p2"), ("5", "rate<9")] {
            scene.press(.character(Unicode.Scalar(key)!))
            #expect(scene.status.contains("match \(text)"), "\(key)")
        }
        scene.press(.character("6"))
        #expect(!scene.status.contains("match"))
        // A way into a page has the visitors' filter be that page, and back again.
        scene.press(.character("4"), .enter)
        #expect(scene.monitor.filter.text == "page=/p2" && scene.monitor.pageFilter.text == "/p2")
        scene.press(.escape)
        #expect(scene.monitor.filter.text == "v1" && scene.status.contains("match /p2"))
        scene.press(.escape, .character("5"), .escape, .character("1"))
        #expect(scene.monitor.filter.text == "v1" && scene.monitor.workerFilter.isEmpty)
    }

    @Test func theHelpNamesTheTerms() {
        for (view, term) in [
            (MonitorView.map, "kind:click"), (.pages, "page=text"), (.workers, "worker:PID"),
        ] {
            let lines = HelpView.lines(for: view, canDetach: false, glyphs: .unicode)
            let keys = lines.compactMap { line in if case .keys(let keys, _) = line { keys } else { nil } }
            #expect(keys.contains(term) && keys.contains("rate>N"))
        }
        let lines = HelpView.lines(for: .health, canDetach: false, glyphs: .unicode)
        #expect(!lines.contains(.keys("word", does: "the id or the page has it")))
    }
}
