import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct ChartSpanTests {
    /// What a column shows is the highest of the seconds that it is said to have.
    @Test(arguments: Glyphs.allCases)
    func columnsAreTheirSeconds(glyphs: Glyphs) {
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let columns = Int.random(in: 7...90, using: &random)
            let seconds = Int.random(in: 10...400, using: &random)
            let second = Int64.random(in: 1_000...2_000, using: &random)
            let figures = (0..<seconds).map { _ in Double.random(in: 0...9, using: &random) }
            let plot = Rect(row: 1, column: 2, rows: 5, columns: columns)
            let chart = AreaChart(
                room: AreaChart.seconds(columns: columns, glyphs: glyphs), seconds: seconds,
                secondsPerColumn: [1, 2, 5, 10, 60].randomElement(using: &random)!, at: second
            ) { figures.indices.contains($0) ? figures[$0] : 0 }
            let geometry = chart.geometry(plot: plot, glyphs: glyphs)
            #expect(geometry.area.endColumn == plot.endColumn)
            var next = second
            for column in (geometry.area.column..<geometry.area.endColumn).reversed() {
                let cell = geometry.seconds(at: column)
                let dots = (0..<glyphs.chartColumnsPerCell).map {
                    (geometry.area.endColumn - 1 - column) * glyphs.chartColumnsPerCell + $0
                }
                let shown = dots.map { $0 / chart.columnsPerFigure }.filter { $0 < chart.values.count }
                guard shown.count == dots.count else { break }
                let highest = cell.map { second - $0 }.map { ago in
                    figures.indices.contains(Int(ago)) ? figures[Int(ago)] : 0
                }.max()
                #expect(highest == shown.map { chart.values[$0] }.max())
                // They come one behind the other, or share a figure.
                #expect(cell.upperBound == next || cell.upperBound >= next)
                next = cell.lowerBound - 1
            }
        }
    }

    @Test func besideTheAreaTheOutermostColumnCounts() {
        let geometry = ChartGeometry(
            area: Rect(row: 0, column: 10, rows: 3, columns: 20), columnsPerCell: 2, columnsPerFigure: 1,
            secondsPerFigure: 1, second: 100)
        #expect(geometry.seconds(at: 29) == 99...100 && geometry.seconds(at: .max) == 99...100)
        #expect(geometry.seconds(at: 10) == 61...62 && geometry.seconds(at: -500) == 61...62)
    }

    @Test func aSpanReachesBothWaysAndSaysWhatWasInIt() {
        var span = ChartSpan(50...51)
        span.reach(40...41)
        #expect(span.seconds == 40...51 && span.count == 12)
        span.reach(60...61)
        #expect(span.seconds == 50...61)
        let figures = span.figures(at: 70, remembered: 100) { Double(70 - $0) }
        #expect(figures?.mean == 55.5 && figures?.peak == 61)
        // Of what is forgotten, and of what is not yet, nothing is said.
        #expect(span.figures(at: 55, remembered: 3) { Double(55 - $0) }?.mean == 54)
        #expect(span.figures(at: 300, remembered: 100) { _ in 1 } == nil)
        #expect(span.figures(at: 20, remembered: 100) { _ in 1 } == nil)
    }
}
