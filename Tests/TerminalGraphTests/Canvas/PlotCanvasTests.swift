import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct PlotCanvasTests {
    private typealias Position = PlotCanvas.Position

    private static let columns = 13
    private static let rows = 7

    /// The dots of a plot that `body` plots on.
    private func dots(_ glyphs: Glyphs, _ body: (inout PlotCanvas) -> Void) -> [(x: Int, y: Int)] {
        var plot = PlotCanvas()
        plot.reset(columns: Self.columns, rows: Self.rows, glyphs: glyphs)
        body(&plot)
        // With a cell to spare all around, so that what is plotted outside would be seen.
        var canvas = CellCanvas(columns: Self.columns, rows: Self.rows, glyphs: glyphs)
        plot.draw(on: &canvas, row: 0, column: 0)
        return DotReader(glyphs).dots(on: canvas)
    }

    @Test(arguments: Glyphs.allCases)
    func aPointIsTheDotItLiesIn(glyphs: Glyphs) {
        var generator = SplitMix64(seed: 1)
        let width = Double(Self.columns * glyphs.dotColumns)
        let height = Double(Self.rows * glyphs.dotRows)
        for _ in 0..<300 {
            let place = Position(
                x: .random(in: -3...width + 3, using: &generator),
                y: .random(in: -3...height + 3, using: &generator))
            let found = dots(glyphs) { $0.point(place, style: .plain, priority: 0) }
            let isInside = (0..<width).contains(place.x) && (0..<height).contains(place.y)
            #expect(found.count == (isInside ? 1 : 0))
            for dot in found {
                #expect(abs(Double(dot.x) + 0.5 - place.x) <= 0.5)
                #expect(abs(Double(dot.y) + 0.5 - place.y) <= 0.5)
            }
        }
    }

    @Test(arguments: Glyphs.allCases)
    func everyDotOfALineIsWithinHalfADotOfItsWay(glyphs: Glyphs) {
        var generator = SplitMix64(seed: 2)
        let width = Double(Self.columns * glyphs.dotColumns)
        let height = Double(Self.rows * glyphs.dotRows)
        for round in 0..<400 {
            let reach = round % 2 == 0 ? 0 : 60.0
            func place() -> Position {
                Position(
                    x: .random(in: -reach...width + reach, using: &generator),
                    y: .random(in: -reach...height + reach, using: &generator))
            }
            let (start, end) = (place(), place())
            let found = dots(glyphs) { $0.line(from: start, to: end, style: .plain, priority: 0) }
            for dot in found {
                #expect(
                    distance(of: dot, from: start, to: end, width, height) <= 0.5 + 1e-9,
                    "\(start) \(end) \(dot)")
            }
            // And the other way round: wherever the way leads within the plot, a dot is near.
            for step in 0...200 {
                let share = Double(step) / 200
                let x = start.x + (end.x - start.x) * share
                let y = start.y + (end.y - start.y) * share
                guard (0..<width).contains(x), (0..<height).contains(y) else { continue }
                #expect(
                    found.contains { abs(Double($0.x) + 0.5 - x) <= 1 && abs(Double($0.y) + 0.5 - y) <= 1 },
                    "\(start) \(end) \(x) \(y)")
            }
        }
    }

    /// How far a dot's centre is from where the line is on the plot, along the axis that it goes along less.
    private func distance(
        of dot: (x: Int, y: Int), from start: Position, to end: Position, _ width: Double, _ height: Double
    ) -> Double {
        let center = (x: Double(dot.x) + 0.5, y: Double(dot.y) + 0.5)
        let across = end.x - start.x
        let down = end.y - start.y
        if across.magnitude >= down.magnitude {
            let x = min(max(center.x, min(start.x, end.x)), max(start.x, end.x))
            let y = across == 0 ? start.y : start.y + down * (x - start.x) / across
            return max(abs(center.y - min(max(y, 0), height)), abs(center.x - x))
        }
        let y = min(max(center.y, min(start.y, end.y)), max(start.y, end.y))
        let x = start.x + across * (y - start.y) / down
        return max(abs(center.x - min(max(x, 0), width)), abs(center.y - y))
    }

    @Test(arguments: Glyphs.allCases)
    func noCoordinateIsTooFarAway(glyphs: Glyphs) {
        let odd: [Double] = [
            0, -0.0, 1, 5.5, -1, 1e9, -1e9, 1e18, 1e300, -1e300, .infinity, -.infinity, .nan,
            .greatestFiniteMagnitude, .leastNonzeroMagnitude, 12.999_999_999, 26, 28,
        ]
        var generator = SplitMix64(seed: 3)
        let most = max(Self.columns * glyphs.dotColumns, Self.rows * glyphs.dotRows)
        for _ in 0..<600 {
            func place() -> Position {
                Position(x: odd.randomElement(using: &generator)!, y: odd.randomElement(using: &generator)!)
            }
            let (start, end) = (place(), place())
            let line = dots(glyphs) { $0.line(from: start, to: end, style: .plain, priority: 0) }
            #expect(line.count <= most)
            let ring = dots(glyphs) { $0.ring(start, radius: end.x, style: .plain, priority: 0) }
            #expect(ring.count <= Limits.ringPoints)
            var plot = PlotCanvas()
            plot.reset(columns: 3, rows: 2, glyphs: glyphs)
            #expect((0..<6).contains(plot.cell(of: start)))
        }
        // From beyond one edge to beyond the other it crosses the whole.
        let across = dots(glyphs) {
            $0.line(
                from: Position(x: -1e300, y: 2.5), to: Position(x: 1e300, y: 2.5), style: .plain, priority: 0)
        }
        #expect(across.count == Self.columns * glyphs.dotColumns)
    }

    @Test func aCellLooksLikeItsMostImportantDotAndThenLikeItsNewest() {
        var plot = PlotCanvas()
        plot.reset(columns: 1, rows: 1, glyphs: .unicode)
        func style() -> Style {
            var canvas = CellCanvas(columns: 1, rows: 1, glyphs: .unicode)
            plot.draw(on: &canvas, row: 0, column: 0)
            return canvas[0, 0].style
        }
        plot.point(Position(x: 0, y: 0), style: .good, priority: 2)
        plot.point(Position(x: 1, y: 3), style: .bad, priority: 1)
        #expect(style() == .good)
        plot.point(Position(x: 1, y: 2), style: .caution, priority: 2)
        #expect(style() == .caution)
        plot.reset(columns: 1, rows: 1, glyphs: .unicode)
        var canvas = CellCanvas(columns: 1, rows: 1, glyphs: .unicode)
        plot.draw(on: &canvas, row: 0, column: 0)
        #expect(canvas[0, 0] == .blank)
    }

    @Test(arguments: Glyphs.allCases)
    func aRingIsRoundToTheEye(glyphs: Glyphs) {
        let center = Position(
            x: Double(Self.columns * glyphs.dotColumns) / 2, y: Double(Self.rows * glyphs.dotRows) / 2)
        let ring = dots(glyphs) { $0.ring(center, radius: 5, style: .ripple, priority: 0) }
        let wide =
            Double((ring.map(\.x).max() ?? 0) - (ring.map(\.x).min() ?? 0) + 1) / Double(glyphs.dotColumns)
        let high =
            Double((ring.map(\.y).max() ?? 0) - (ring.map(\.y).min() ?? 0) + 1) / Double(glyphs.dotRows)
        #expect(abs(wide - 10) <= 1)
        #expect(abs(high * 2 - 10) <= 2)
    }

    @Test func withoutColoursAgesAreTold() {
        var plot = PlotCanvas()
        plot.reset(columns: 4, rows: 1, glyphs: .ascii)
        for (x, style) in [Style.hue(1, age: 0), .hue(1, age: 1), .hue(1, age: 2), .border].enumerated() {
            plot.point(Position(x: Double(x), y: 0), style: style, priority: 0)
        }
        var canvas = CellCanvas(columns: 4, rows: 1, glyphs: .ascii)
        plot.draw(on: &canvas, row: 0, column: 0)
        #expect(canvas.text(row: 0) == "*:..")
    }
}
