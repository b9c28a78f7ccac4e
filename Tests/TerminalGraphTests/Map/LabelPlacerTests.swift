import Testing

@testable import TerminalGraph

@Suite struct LabelPlacerTests {
    private func placer(_ columns: Int, _ rows: Int) -> LabelPlacer {
        var placer = LabelPlacer()
        placer.reset(Rect(row: 2, column: 3, rows: rows, columns: columns))
        return placer
    }

    @Test func theRightIsTriedFirstThenTheLeftThenAboveThenBelow() {
        var placer = placer(20, 5)
        placer.block(row: 4, column: 12)
        #expect(placer.place(columns: 4, row: 4, column: 12) == .init(row: 4, column: 14, side: .right))
        #expect(placer.place(columns: 4, row: 4, column: 12) == .init(row: 4, column: 7, side: .left))
        #expect(placer.place(columns: 4, row: 4, column: 12) == .init(row: 3, column: 10, side: .above))
        #expect(placer.place(columns: 4, row: 4, column: 12) == .init(row: 5, column: 10, side: .below))
        #expect(placer.place(columns: 4, row: 4, column: 12) == nil)
    }

    @Test func theSideOfBeforeIsKeptWhileItFits() {
        var placer = placer(20, 5)
        #expect(placer.place(columns: 4, row: 4, column: 12, preferring: .below)?.side == .below)
        #expect(placer.place(columns: 4, row: 4, column: 12, preferring: .below)?.side == .right)
    }

    @Test func nothingIsPutOverAnEdge() {
        var placer = placer(6, 1)
        #expect(placer.place(columns: 4, row: 2, column: 3)?.column == 5)
        placer.reset(Rect(row: 2, column: 3, rows: 1, columns: 6))
        #expect(placer.place(columns: 5, row: 2, column: 3) == nil)
        #expect(placer.place(columns: 7, row: 2, column: 8) == nil)
        #expect(placer.place(columns: 0, row: 2, column: 3) == nil)
        placer.block(row: -1, column: 900)
    }

    @Test func twoTextsDoNotReadAsOne() {
        var placer = placer(20, 1)
        #expect(placer.place(columns: 4, row: 2, column: 4)?.column == 6)
        // Columns 6 to 9 are taken; beside 8 columns 10 to 13 are free, but they would touch.
        #expect(placer.place(columns: 4, row: 2, column: 8) == nil)
        #expect(placer.place(columns: 4, row: 2, column: 9)?.column == 11)
    }
}
