import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct MonitorPromptTests {
    init() { #expect(TestLocale.isUTF8) }

    @Test func aLineIsEdited() {
        var prompt = MonitorPrompt("ab cd")
        #expect(prompt.head == "ab cd" && prompt.tail.isEmpty)
        prompt.apply(.left)
        prompt.apply(.left)
        prompt.insert("x")
        #expect(prompt.text == "ab xcd" && prompt.head == "ab x")
        prompt.apply(.removeBefore)
        prompt.apply(.removeAfter)
        #expect(prompt.text == "ab d" && prompt.tail == "d")
        prompt.apply(.end)
        prompt.apply(.right)
        prompt.apply(.removeAfter)
        #expect(prompt.text == "ab d" && prompt.tail.isEmpty)
        prompt.apply(.removeWord)
        #expect(prompt.text == "ab ")
        prompt.apply(.removeWord)
        prompt.apply(.removeWord)
        prompt.apply(.removeBefore)
        #expect(prompt.text.isEmpty)
        for scalar in "one two".unicodeScalars { prompt.insert(scalar) }
        prompt.apply(.start)
        prompt.apply(.left)
        #expect(prompt.cursor == 0 && prompt.tail == "one two")
        for _ in 0..<4 { prompt.apply(.right) }
        prompt.apply(.clear)
        #expect(prompt.text == "two" && prompt.cursor == 0)
    }

    @Test func nothingThatSteersATerminalGetsIn() {
        var prompt = MonitorPrompt("a\u{1B}[2J\nb\u{9B}")
        #expect(prompt.text == "a[2Jb")
        for scalar in "\u{7}\u{7F}\u{85}\u{2028}é".unicodeScalars { prompt.insert(scalar) }
        #expect(prompt.text == "a[2Jbé")
        for _ in 0..<600 { prompt.insert("x") }
        #expect(prompt.text.unicodeScalars.count == Limits.promptScalars)
        #expect(MonitorPrompt(String(repeating: "y", count: 999)).cursor == Limits.promptScalars)
    }

    @Test func aFilterWorksWhileItIsTyped() {
        let scene = Scene.crowd(40)
        scene.press(.character("/"))
        scene.type("/p1")
        #expect(scene.status.contains("//p1"))
        #expect(scene.status.contains("10 of 40 match"))
        #expect(scene.picture.contains(" of 10 ─"))
        scene.type("2")
        #expect(scene.status.contains("1 of 40 match"))
        scene.press(.backspace, .enter)
        #expect(scene.status.contains("10 of 40 match /p1"))
        scene.press(.character("/"))
        scene.type(" rate>abc")
        #expect(scene.status.contains("rate> needs a number"))
        #expect(scene.status.contains("10 of 40 match"))
        scene.press(.escape)
        #expect(scene.status.contains("10 of 40 match /p1") && !scene.status.contains("needs"))
        scene.press(.character("/"), .control("U"))
        scene.type("nobody at all")
        #expect(scene.picture.contains("nobody matches"))
        scene.press(.enter, .escape)
        #expect(!scene.status.contains("match"))
        #expect(scene.picture.contains("of 40"))
    }

    @Test func whatIsPastedIsTextOrNothing() {
        let scene = Scene.crowd(5)
        func paste(_ text: String) {
            for scalar in text.unicodeScalars {
                #expect(scene.monitor.receive(.paste(scalar), &scene.model, now: scene.now) == .none)
            }
            scene.draw()
        }
        let before = scene.state
        paste("qd2/s")
        #expect(scene.state == before)
        scene.press(.character("/"))
        paste("v1\n\u{1B}q")
        #expect(scene.status.contains("/v1q"))
    }

    @Test func aLongLineShowsItsEnd() {
        let scene = Scene.crowd(5, columns: 40, rows: 10)
        scene.press(.character("/"))
        scene.type(String(repeating: "山", count: 40) + "end")
        #expect(scene.status.contains("end"))
        #expect(CellCanvasTests.isWhole(scene.canvas))
        scene.press(.control("A"))
        #expect(scene.status.hasPrefix("/山"))
        #expect(scene.canvas[9, 1].isHighlighted)
    }
}
