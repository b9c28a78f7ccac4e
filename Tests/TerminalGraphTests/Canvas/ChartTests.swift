import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct ChartTests {
    @Test func theScaleIsRoundAndHigherThanThePeak() {
        let peaks: [Double] = [0, 3, 10, 11, 15, 16, 49, 61, 99, 100, 101, 812, 12_345]
        #expect(
            peaks.map { ChartView.scale(for: $0) } == [
                10, 10, 10, 15, 15, 20, 50, 80, 100, 100, 150, 1_000, 15_000,
            ])
        var generator = SplitMix64(seed: 9)
        for _ in 0..<2_000 {
            let peak = Double(UInt32.random(in: 0...(.max), using: &generator))
            let scale = ChartView.scale(for: peak)
            #expect(scale >= peak && scale <= max(peak * 2, 10))
        }
        #expect(ChartView.scale(for: .greatestFiniteMagnitude).isFinite)
    }

    /// A chart of four rows and six columns, of which each shows two seconds; the scale is 20.
    private func chart(_ counts: [Int], glyphs: Glyphs = .unicode) -> [String] {
        let scene = Scene(columns: 12, rows: 4, glyphs: glyphs)
        scene.join("a")
        for count in counts {
            scene.send(count, from: "a")
            scene.pass(milliseconds: 1_000)
        }
        scene.model.advance(now: scene.now)
        ChartView().draw(
            scene.model, on: &scene.canvas, rect: Rect(row: 0, column: 0, rows: 4, columns: 12),
            hasLines: false)
        return scene.lines
    }

    @Test func aColumnIsASecondAndAStepIsASixteenth() {
        // The second that has just begun stands in for the one before it.
        let lines = chart([20, 0, 5, 10, 15, 20])
        #expect(
            lines == ["   20┤  ⢸  ⣿", "     │  ⢸ ⢸⣿", "   10┤  ⢸ ⣿⣿", "     │  ⢸⢸⣿⣿"])
    }

    @Test func whatIsHardlyAnythingIsSeen() {
        let lines = chart([1_000, 1, 0, 0])
        #expect(
            lines[3].contains("⣀") || lines[3].contains("⣇") || lines[3].contains("⡀")
                || lines[3].contains("⢀"))
    }

    @Test func inASCIIAColumnIsASecondToo() {
        #expect(chart([0, 10, 20], glyphs: .ascii)[0] == "   20+    ##")
    }

    @Test func ofBlocksAColumnIsASecondAndAStepIsAnEighth() {
        let lines = chart([0, 1, 10, 20], glyphs: .blocks)
        #expect(lines == ["   20┤    ██", "     │    ██", "   10┤   ███", "     │  ▂███"])
    }
}
