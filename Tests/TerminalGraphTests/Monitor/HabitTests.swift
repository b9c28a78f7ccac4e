import LiveModel
import Testing

@testable import TerminalGraph

/// What hands try that know other programs of this kind, and what they are told.
@Suite struct HabitTests {
    init() { #expect(TestLocale.isUTF8) }

    private static func key(_ character: Character) -> Key { .character(character.unicodeScalars.first!) }

    /// Nobody is here.
    private static func empty() -> Scene {
        let scene = Scene(columns: 100, rows: 30)
        scene.model.link = .live
        scene.apply("keyframe", #"{"at":\#(scene.at),"visitors":[]}"#)
        scene.apply("status", Demo.status(second: 1))
        scene.draw()
        return scene
    }

    @Test func keysOfOtherProgramsDoTheSame() {
        for (key, own) in [
            (Key.character("I"), "S"), (.character("r"), "S"), (.function(9), "m"), (.character("x"), "m"),
            (.character("o"), "e"), (.character("\\"), "/"), (.character("Z"), "p"), (.character("_"), "-"),
        ] as [(Key, Character)] {
            let (one, other) = (Scene.crowd(8), Scene.crowd(8))
            for scene in [one, other] { scene.press(.down, .down) }
            #expect(one.press(key) == other.press(Self.key(own)))
            #expect(one.state == other.state && one.state != Scene.crowd(8).state, "\(key)")
        }
        let scene = Scene.crowd(40)
        scene.press(.down, .character("."))
        let below = scene.highlighted
        #expect(below != ["v0"])
        scene.press(.character(","))
        #expect(scene.highlighted == ["v0"])
    }

    @Test func theMapGoesToTheFirstAndTheLast() {
        let scene = Scene.crowd(8)
        scene.press(.character("2"), .character("G"))
        let last = scene.monitor.chosenID
        scene.press(.character("g"))
        #expect(scene.monitor.chosenID == "v0" && last != "v0")
        scene.press(.end)
        #expect(scene.monitor.chosenID == last)
    }

    @Test func escapeIsNeverAnUnknownKey() {
        for view in MonitorView.allCases {
            let scene = Scene.crowd(8, columns: 200, rows: 50)
            scene.press(Self.key(Character("\(view.number)")), .escape, .escape, .escape)
            #expect(!scene.status.contains("no such key"), "\(view)")
        }
        // In Health it leads back to the newest lines, and lets the filter of other views be.
        let scene = Scene.crowd(8)
        scene.monitor.show(filter: "v1")
        scene.press(.character("6"))
        let newest = scene.picture
        scene.press(.up, .up)
        #expect(scene.picture != newest)
        scene.press(.escape)
        #expect(scene.picture == newest && scene.monitor.filter.text == "v1")
    }

    @Test func whereNobodyIsKeysSayIt() {
        for view in ["1", "2", "4"] as [Character] {
            let scene = Self.empty()
            scene.press(Self.key(view), .enter)
            #expect(scene.status.contains("nobody is here yet"), "\(view)")
            scene.press(.down)
            scene.press(.character("f"))
            #expect(scene.status.contains("nobody is here yet"), "\(view)")
        }
        let scene = Scene.crowd(8)
        scene.monitor.show(filter: "nobody-has-this")
        scene.press(.character("f"))
        #expect(scene.status.contains("nobody meets the filter nobody-has-this"))
        scene.press(.enter)
        #expect(scene.status.contains("nothing here meets the filter"))
    }

    @Test func deadKeysSaySoOverListsToo() {
        for open in ["?", "i", "e", "m"] as [Character] {
            let scene = Scene.crowd(8)
            scene.press(Self.key(open))
            let overlay = scene.monitor.overlay
            scene.press(.character("z"))
            #expect(scene.status.contains("z: no such key here, Esc closes this"), "\(open)")
            #expect(scene.monitor.overlay == overlay)
            scene.press(.escape)
            #expect(scene.monitor.overlay == .none && !scene.status.contains("no such key"))
        }
        let scene = Scene.crowd(8)
        scene.press(.character("?"), .character(" "))
        guard case .help(let window) = scene.monitor.overlay else { return #expect(Bool(false)) }
        #expect(window.offset > 10)
    }

    @Test func whatIsHeldGoesOn() {
        let scene = Scene.crowd(8, columns: 160, rows: 30)
        #expect(scene.status.contains("p pause"))
        scene.press(.character("p"))
        #expect(scene.status.contains("p go on"))
        scene.click("p go on", from: 29)
        #expect(scene.status.contains("p pause"))
    }

    @Test func theMenuWritesAndShowsWhatWentWrong() {
        let scene = Scene.crowd(8)
        scene.press(.character("m"))
        scene.click("what went wrong")
        #expect(scene.picture.contains("incidents"))
        scene.press(.escape, .character("m"))
        scene.click("write what is seen")
        #expect(scene.status.contains(":write"))
        #expect(scene.press(.enter) == .write(.text, name: ""))
    }

    @Test(arguments: [40, 60, 80, 120, 200]) func completionSaysHowManyMoreThereAre(columns: Int) {
        let scene = Scene.crowd(40, columns: columns, rows: 24)
        scene.press(.character(":"))
        scene.type("visitor v")
        scene.press(.tab)
        let parts = scene.status.split(separator: " ").map { String($0) }
        let shown = parts.filter { $0.hasPrefix("v") && $0 != "v" }.count
        let more = parts.compactMap { $0.hasPrefix("+") ? Int($0.dropFirst()) : nil }
        #expect(more.count == 1 && more[0] + shown == 40, "\(scene.status)")
        scene.press(.tab)
        #expect(scene.status.contains(":visitor v"), "\(scene.status)")
    }

    @Test func anAddressIsToldByItsEnd() {
        for (columns, shown) in [(80, " 127.0.0.1:43293"), (120, "http://127.0.0.1:43293")] {
            var configuration = Monitor.Configuration()
            configuration.title = "http://127.0.0.1:43293"
            let scene = Scene.crowd(3, columns: columns, rows: 24, configuration)
            #expect(scene.lines[1].contains(shown), "\(scene.lines[1])")
        }
    }
}
