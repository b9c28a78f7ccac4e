import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct WelcomeTests {
    init() { #expect(TestLocale.isUTF8) }

    static let views: [MonitorView] = [.overview, .map, .visitor, .pages]

    static func empty(
        columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .unicode, title: String? = nil,
        publicURL: String = "",
        http: String = "127.0.0.1:2112"
    ) -> Scene {
        var configuration = Monitor.Configuration()
        configuration.title = title
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        scene.monitor = Monitor(configuration)
        scene.model.link = .live
        scene.apply("keyframe", #"{"at":\#(scene.at),"visitors":[]}"#)
        scene.apply(
            "status",
            #"{"workers":[{"pid":4242,"state":"running"}],"viewers":1,"uptime":3,"ingest":"127.0.0.1:8081","#
                + #""http":"\#(http)","url":"\#(publicURL)","totals":{"received":0}}"#)
        scene.draw()
        return scene
    }

    @Test(arguments: views)
    func anEmptyViewSaysWhatToDo(view: MonitorView) {
        let scene = Self.empty()
        scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
        let tag = #"<script async src="http://127.0.0.1:2112/pointerscope.js"></script>"#
        #expect(scene.picture.contains("nobody is here yet"))
        #expect(scene.picture.contains(tag), "\(scene.picture)")
        #expect(scene.picture.contains(" http://127.0.0.1:2112/ "))
        #expect(scene.picture.contains("--demo"))
        #expect(scene.picture.contains("then: "))
        scene.join("otter")
        scene.send(3, from: "otter")
        scene.draw()
        #expect(!scene.picture.contains("pointerscope.js") && !scene.picture.contains("then: "))
    }

    @Test func theAddressIsTheOneThatBrowsersCome() {
        #expect(
            Self.empty(title: "http://server:2112").picture.contains("http://server:2112/pointerscope.js"))
        let open = Self.empty(publicURL: "https://watch.example.org")
        #expect(open.picture.contains("https://watch.example.org/pointerscope.js"))
        // Who may see that page is another matter there.
        #expect(!open.picture.contains("sample page"))
        let hidden = Self.empty(http: "unix:/run/pointerscope.sock")
        #expect(
            hidden.picture.contains("through your proxy")
                && !hidden.picture.contains("unix:/run/pointerscope.sock/"))
    }

    @Test(arguments: Glyphs.allCases)
    func itFitsEverySize(glyphs: Glyphs) {
        for (columns, rows) in [(40, 10), (60, 20), (80, 24), (200, 50), (300, 100)] {
            let scene = Self.empty(columns: columns, rows: rows, glyphs: glyphs)
            for view in Self.views {
                scene.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
                #expect(CellCanvasTests.isWhole(scene.canvas))
                #expect(scene.picture.contains("nobody is here yet"), "\(view) at \(columns)x\(rows)")
                #expect(
                    scene.picture.contains("http://127.0.0.1:2112/pointerscope.js") || rows == 10,
                    "\(view) at \(columns)x\(rows)")
                #expect(glyphs != .ascii || scene.picture.utf8.allSatisfy { $0 < 0x7F })
            }
        }
    }

    @Test func whoMatchesNoFilterIsNoReasonToStart() {
        let scene = Self.empty()
        scene.join("otter")
        scene.press(.character("/"))
        scene.type("nobody-like-this")
        #expect(!scene.picture.contains("pointerscope.js"))
    }
}
