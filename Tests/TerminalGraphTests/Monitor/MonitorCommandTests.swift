import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorCommandTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Types a command and says yes to it.
    @discardableResult
    private func run(_ command: String, on scene: Scene) -> Monitor.Command {
        scene.press(.character(":"))
        scene.type(command)
        return scene.press(.enter)
    }

    @Test func commandsDoWhatKeysDo() {
        let scene = Scene.crowd(40)
        run("view map", on: scene)
        #expect(scene.view == .map)
        run("pag /p7", on: scene)
        #expect(scene.view == .map && scene.status.contains("page=/p7"))
        scene.press(.escape)
        run("workers", on: scene)
        #expect(scene.view == .workers)
        run("sort cpu", on: scene)
        #expect(scene.monitor.settings.workerOrder == .cpu)
        run("worker 105", on: scene)
        #expect(scene.view == .overview && scene.monitor.filter.text == "worker:105")
        run("filter id:v1", on: scene)
        #expect(scene.monitor.filter.text == "id:v1")
        run("filter", on: scene)
        #expect(scene.monitor.filter.isEmpty)
        run("visitor v17", on: scene)
        #expect(scene.view == .visitor && scene.picture.contains("v17"))
        #expect(run("theme light", on: scene) == .settingsChanged)
        #expect(scene.monitor.theme == "light")
        run("rate 5", on: scene)
        #expect(scene.monitor.picturesPerSecond == 5)
        #expect(run("write svg x.svg", on: scene) == .write(.svg, name: "x.svg"))
        #expect(run("write report.csv", on: scene) == .write(.csv, name: "report.csv"))
        #expect(run("write", on: scene) == .write(.text, name: ""))
        #expect(run("q", on: scene) == .quit)
        run("pause", on: scene)
        #expect(scene.monitor.heldNanoseconds != nil)
    }

    @Test(arguments: [
        ("nonsense", ":nonsense: no such command"), ("view nowhere", "nowhere is none of overview, map"),
        ("page /nowhere", "nobody is on the page /nowhere"), ("visitor nobody", "there is no visitor nobody"),
        ("worker 1", "there is no worker 1"), ("theme pink", "pink is none of dark, light, contrast"),
        ("rate 7", "7 is none of 1, 2, 5"), ("sort size", "size is none of rate, visitor"),
        ("write pdf", "pdf is none of text, json, csv, svg"), ("theme", "needs one of dark"),
        ("detach", "nothing to detach from"),
        ("page", ":page PATH: which one? Tab behind a blank shows them"),
        ("visitor", ":visitor ID: which one?"), ("worker", ":worker PID: which one?"),
        ("help sort", ":help takes nothing behind it, and this is: sort"),
        ("quit now", ":quit takes nothing behind it"), ("pau 5s", ":pause takes nothing behind it"),
    ])
    func whatCannotBeDoneIsSaid(command: String, said: String) {
        let scene = Scene.crowd(10, columns: 120, rows: 24)
        let before = scene.monitor.settings
        #expect(run(command, on: scene) == .none)
        #expect(scene.status.contains(said), "\(scene.status)")
        #expect(scene.monitor.settings == before)
        // It goes by itself, and with the next key.
        scene.pass(milliseconds: 4_000)
        scene.draw()
        #expect(!scene.status.contains(said))
    }

    @Test func tabCompletes() {
        let scene = Scene.crowd(40, columns: 120, rows: 24)
        scene.press(.character(":"))
        scene.type("vi")
        scene.press(.tab)
        #expect(scene.status.contains(":vi") && scene.status.contains("visitor"))
        scene.press(.tab)
        #expect(scene.status.contains(":view "))
        scene.press(.tab)
        #expect(scene.status.contains(":visitor "))
        scene.type("v3")
        scene.press(.tab, .tab, .tab)
        #expect(scene.status.contains(":visitor v30"))
        scene.press(.enter)
        #expect(scene.view == .visitor && scene.picture.contains("v30"))
        scene.press(.character(":"))
        scene.type("theme l")
        scene.press(.tab, .enter)
        #expect(scene.monitor.theme == "light")
        scene.press(.character(":"))
        scene.type("page /p3")
        scene.press(.tab)
        scene.press(.control("U"))
        scene.press(.tab, .tab)
        #expect(scene.status.contains(":view "))
        scene.press(.escape)
        #expect(scene.monitor.overlay == .none)
    }

    @Test func keysThatMeanNothingSaySo() {
        let scene = Scene.crowd(5)
        scene.press(.character("z"))
        #expect(scene.status.contains("z: no such key, ? help"))
        scene.press(.function(5))
        #expect(scene.status.contains("F5: no such key, ? help"))
        scene.press(.down)
        #expect(!scene.status.contains("no such key"))
        #expect(scene.press(.function(1)) == .none && scene.picture.contains("keys of Overview"))
        // Digits and Tab's like lead out of the help.
        scene.press(.character("4"))
        #expect(scene.view == .pages && !scene.picture.contains("keys of"))
        #expect(scene.press(.function(10)) == .quit)
    }

    @Test func whatIsChosenIsCopied() {
        let scene = Scene.crowd(5)
        #expect(scene.press(.character("y")) == .copy("http://127.0.0.1:2112"))
        scene.press(.down, .down)
        #expect(scene.press(.character("y")) == .copy("v1"))
        scene.press(.character("4"), .down)
        #expect(scene.press(.character("y")) == .copy("/"))
        scene.press(.character("5"), .down)
        #expect(scene.press(.character("y")) == .copy("100"))
        #expect(Base64.text(of: "".utf8) == "" && Base64.text(of: "f".utf8) == "Zg==")
        #expect(Base64.text(of: "foob".utf8) == "Zm9vYg==" && Base64.text(of: "fooba".utf8) == "Zm9vYmE=")
        #expect(Base64.text(of: "foobar".utf8) == "Zm9vYmFy" && Base64.text(of: [0xFB, 0xFF]) == "+/8=")
    }

    @Test func settingsAreAMenu() {
        var configuration = Monitor.Configuration()
        configuration.settingsPath = "/etc/somebody/monitor.conf"
        configuration.isThemeGiven = true
        configuration.settings.theme = "contrast"
        let scene = Scene.crowd(5, configuration)
        // What was asked for now holds before what is remembered.
        #expect(scene.monitor.theme == nil)
        scene.press(.character("e"))
        #expect(
            scene.picture.contains("settings") && scene.picture.contains("in /etc/somebody/monitor.conf"))
        #expect(scene.press(.right) == .settingsChanged)
        #expect(scene.monitor.theme == "light")
        scene.press(.down, .right)
        #expect(scene.monitor.picturesPerSecond == 15)
        scene.press(.left, .left)
        #expect(scene.monitor.picturesPerSecond == 5)
        for item in SettingsMenu.Item.allCases {
            let before = scene.monitor.settings
            scene.press(.home)
            for _ in 0..<(SettingsMenu.Item.allCases.firstIndex(of: item) ?? 0) { scene.press(.down) }
            scene.press(.right)
            #expect(scene.monitor.settings != before, "\(item)")
        }
        // All but the view, which would go away below the menu.
        var fresh = MonitorSettings()
        fresh.view = scene.view
        scene.press(.character("r"), .escape)
        #expect(scene.monitor.settings == fresh && scene.monitor.overlay == .none)
    }

    @Test func themesAndRatesByKey() {
        let scene = Scene.crowd(5)
        #expect(scene.press(.character("T")) == .settingsChanged)
        #expect(scene.monitor.theme == "light" && scene.status.contains("theme light"))
        scene.press(.character("T"), .character("T"))
        #expect(scene.monitor.theme == "dark")
        scene.press(.character(">"))
        #expect(scene.monitor.picturesPerSecond == 15 && scene.status.contains("15 pictures a second"))
        for _ in 0..<9 { scene.press(.character("<")) }
        #expect(scene.monitor.picturesPerSecond == 1 && scene.status.contains("1 picture a second"))
        // One of one's own is among them.
        var configuration = Monitor.Configuration()
        configuration.theme = nil
        let own = Scene.crowd(5, configuration)
        own.press(.character("T"), .character("T"), .character("T"), .character("T"))
        #expect(own.monitor.theme == nil && own.status.contains("theme your own"))
    }

    @Test func listsAreWrittenAsTables() {
        let scene = Scene(columns: 80, rows: 24)
        scene.join("=cmd|'x'")
        scene.join("a \"b\", c")
        scene.send(2, from: "a \"b\", c", x: "-4.5", page: "/docs")
        scene.draw()
        let table = scene.monitor.table(&scene.model)
        #expect(table.hasPrefix("id,name,page,rate,x,y,kind,sinceMs,lastMs,worker\r\n"))
        #expect(table.contains("\"a \"\"b\"\", c\",") && table.contains(",-4.5,433.0,move,"))
        #expect(table.contains("\"'=cmd|'x'\","))
        scene.press(.character("4"))
        #expect(scene.monitor.table(&scene.model).contains("\"/docs\",1,"))
        for view in MonitorView.allCases {
            let crowd = Scene.crowd(3)
            crowd.press(.character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(view.number))))
            let lines = crowd.monitor.table(&crowd.model).split(separator: "\r\n")
            let widths = Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
            #expect(widths.count == 1 && !lines[0].contains("\""), "\(view): \(lines)")
        }
    }

    @Test func aPictureIsWrittenInItsColours() {
        let scene = Scene(columns: 80, rows: 24)
        scene.join("<b>&amp;")
        scene.draw()
        let svg = CanvasSVG.text(of: scene.canvas, theme: .dark)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("&lt;b&gt;&amp;amp;") && !svg.contains("<b>"))
        #expect(svg.contains("#5fd7d7"))
        #expect(CanvasSVG.text(of: scene.canvas, theme: .light).contains("fill=\"#e8e8e8\"/>"))
    }
}
