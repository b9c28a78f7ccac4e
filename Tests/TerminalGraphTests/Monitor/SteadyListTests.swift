import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct SteadyListTests {
    init() { #expect(TestLocale.isUTF8) }

    private func ids(_ scene: Scene) -> [String] {
        scene.lines.compactMap { line in
            let words = line.split(separator: " ").filter { $0 != "│" }
            return words.first.flatMap {
                $0.first == "v" && $0.dropFirst().first?.isNumber == true ? String($0) : nil
            }
        }
    }

    /// Hands that go up and down by a third and rest for a moment now and then.
    private func move(_ scene: Scene, _ generator: inout SplitMix64) {
        for number in 0..<20 where Int.random(in: 0..<6, using: &generator) > 0 {
            let usual = 60 - 2 * number
            scene.send(Int.random(in: usual * 3 / 4...usual * 5 / 4, using: &generator), from: "v\(number)")
        }
        scene.pass(milliseconds: 1_000)
        scene.draw()
    }

    @Test func rowsHoldStill() {
        var generator = SplitMix64(seed: 7)
        let scene = Scene(columns: 120, rows: 50)
        for number in 0..<20 { scene.join("v\(number)") }
        for _ in 0..<8 { move(scene, &generator) }
        var moved = 0
        for _ in 0..<30 {
            let before = ids(scene)
            #expect(before.count == 20)
            move(scene, &generator)
            moved += zip(before, ids(scene)).count { $0 != $1 }
        }
        // By the rates of now nearly fifteen of them are elsewhere every second.
        #expect(moved < 30 * 4, "\(moved) rows in 30 seconds")
        // It is an order all the same.
        for _ in 0..<8 {
            scene.send(200, from: "v19")
            move(scene, &generator)
        }
        #expect(ids(scene).first == "v19")
    }

    @Test func nothingMovesUnderACursorThatMoves() {
        let scene = Scene.crowd(10, columns: 120, rows: 40)
        scene.press(.down)
        #expect(scene.status.contains("order held"))
        let before = ids(scene)
        for _ in 0..<2 {
            for number in 0..<10 { scene.send(number * 40, from: "v\(number)") }
            scene.pass(milliseconds: 1_000)
            scene.press(.down)
            #expect(ids(scene) == before)
        }
        #expect(scene.highlighted == ["v2"])
        scene.pass(milliseconds: 4_000)
        scene.draw()
        #expect(
            ids(scene).first == "v9" && scene.highlighted == ["v2"] && !scene.status.contains("order held"))
    }

    @Test func theChosenRowStaysUnderTheEye() {
        let scene = Scene.crowd(40)
        for _ in 0..<20 { scene.press(.down) }
        func row() -> Int? { (0..<23).first { row in scene.canvas[row, 3].isHighlighted } }
        let before = row()
        #expect(scene.highlighted == ["v19"])
        for _ in 0..<6 {
            for number in 30..<40 { scene.send(300, from: "v\(number)") }
            scene.pass(milliseconds: 1_000)
            scene.draw()
        }
        #expect(scene.highlighted == ["v19"] && row() == before)
    }
}
