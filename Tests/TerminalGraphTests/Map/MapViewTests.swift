import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct MapViewTests {
    @Test func oneStraySampleSpoilsTheMapForAWhileOnly() {
        let scene = Scene(columns: 80, rows: 24)
        var memory = MapMemory()
        for id in ["a", "b", "c", "stray"] { scene.join(id) }
        let usual = MapProportions.Size(width: 1_280, height: 720)
        func strokes(_ far: Double) {
            scene.draw([
                Stroke(id: "a", x: 10, y: 10, width: 0), Stroke(id: "b", x: 640, y: 360, width: 0),
                Stroke(id: "c", x: far, y: 700, width: 0),
            ])
            scene.map(&memory)
        }
        strokes(1_200)
        #expect(memory.proportions.untold == usual && memory.proportions.extent == usual)
        let page = memory.page
        scene.draw([Stroke(id: "stray", x: 99_999, y: 99_999, width: 0)])
        strokes(1_200)
        #expect(memory.proportions.untold.width == Limits.mapPixels)
        scene.leave("stray")
        strokes(1_200)
        #expect(memory.proportions.untold == usual && memory.proportions.extent == usual)
        #expect(memory.page == page)
        // A pointer that goes to and fro does not move the others.
        for (step, far) in [1_900.0, 300, 1_800, 20, 1_900, 640].enumerated() {
            strokes(far)
            #expect(memory.proportions.untold.width == 1_900, "\(step)")
            scene.pass(milliseconds: 3_000)
        }
        // Whoever strayed itself and stayed is forgiven.
        strokes(99_999)
        for _ in 0..<25 {
            scene.pass(milliseconds: 1_000)
            strokes(900)
        }
        #expect(memory.proportions.untold == usual)
    }

    init() { #expect(TestLocale.isUTF8) }

    private func isTrail(_ cell: Cell) -> Bool { (0x2801...0x28FF).contains(cell.scalar) }

    @Test(arguments: Glyphs.allCases)
    func aPointerStandsWhereItIsInItsViewport(glyphs: Glyphs) {
        // 64 x 18 cells are exactly as wide as high as 1280 x 720 pixels.
        let scene = Scene(columns: 64, rows: 18, glyphs: glyphs)
        scene.join("a")
        var generator = SplitMix64(seed: 4)
        var memory = MapMemory()
        var options = MapOptions()
        options.trailMilliseconds = 0
        options.hasLabels = false
        // Two columns and two rows of the canvas are the frame's.
        let rect = Rect(row: 0, column: 0, rows: 18, columns: 64)
        for _ in 0..<60 {
            let x = Double.random(in: 0..<1_280, using: &generator)
            let y = Double.random(in: 0..<720, using: &generator)
            scene.draw([Stroke(id: "a", x: x, y: y)])
            let spots = scene.map(&memory, options: options, rect: rect)
            let page = memory.page.rect
            #expect(spots.count == 1)
            #expect(
                abs(Double(spots[0].column - page.column) + 0.5 - x / 1_280 * Double(page.columns)) <= 0.5)
            #expect(abs(Double(spots[0].row - page.row) + 0.5 - y / 720 * Double(page.rows)) <= 0.5)
            #expect(
                scene.canvas[spots[0].row, spots[0].column].scalar == glyphs.pointer
                    || scene.canvas[spots[0].row, spots[0].column].scalar == glyphs.restingPointer)
        }
    }

    @Test func theSidesOfThePageKeepTheirProportionWithinACell() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<500 {
            let plot = Rect(
                row: 3, column: 5, rows: .random(in: 1...100, using: &generator),
                columns: .random(in: 1...300, using: &generator))
            let aspect = Double.random(in: 0.2...5, using: &generator)
            let page = MapPage.fit(aspect: aspect, into: plot).rect
            #expect(page.row >= plot.row && page.endRow <= plot.endRow)
            #expect(page.column >= plot.column && page.endColumn <= plot.endColumn)
            #expect(page.rows == plot.rows || page.columns == plot.columns)
            let isHigher = abs(Double(page.columns) - aspect * Double(page.rows) * 2)
            let isWider = abs(Double(page.rows) - Double(page.columns) / aspect / 2)
            #expect(min(isHigher, isWider) <= 1 || page.rows == 1 || page.columns == 1)
        }
    }

    @Test func inPixelsEveryoneHasTheSameScale() throws {
        let scene = Scene(columns: 82, rows: 26)
        for id in ["small", "large"] { scene.join(id) }
        scene.draw([
            Stroke(id: "small", x: 399, y: 299, width: 400, height: 300),
            Stroke(id: "large", x: 1_599, y: 899, width: 1_600, height: 900),
        ])
        var memory = MapMemory()
        var options = MapOptions()
        options.hasLabels = false
        let small = try #require(scene.slot(of: "small"))
        var spots = scene.map(&memory, options: options)
        // By viewport both are in the corner.
        #expect(Set(spots.map(\.slot)).count == 1)
        options.scale = .pixels
        spots = scene.map(&memory, options: options, selected: small)
        #expect(spots.count == 2)
        let page = memory.page.rect
        let place = try #require(spots.first { $0.slot == small })
        #expect(place.column - page.column == page.columns / 4 - 1)
        #expect(abs(place.row - page.row - (page.rows / 3 - 1)) <= 1)
        // The selected one's viewport is outlined.
        #expect(scene.canvas[page.row, page.column + 2].style == .border)
        #expect(isTrail(scene.canvas[page.row, page.column + 2]))
        #expect(scene.lines[0].contains("px a column"))
    }

    @Test func whoNeverToldTheViewportIsPlacedInWhatWasSeen() throws {
        let scene = Scene(columns: 82, rows: 26)
        for id in ["a", "b"] { scene.join(id) }
        scene.draw([
            Stroke(id: "a", x: 640, y: 360, width: 0), Stroke(id: "b", x: 2_560, y: 1_440, width: 0),
        ])
        var memory = MapMemory()
        let spots = scene.map(&memory)
        let page = memory.page.rect
        #expect(memory.proportions.untold == .init(width: 2_560, height: 1_440))
        let a = try #require(scene.slot(of: "a"))
        let spot = try #require(spots.first { $0.slot == a })
        #expect(spot.column - page.column == page.columns / 4)
        #expect(abs(spot.row - page.row - page.rows / 4) <= 1)
    }

    @Test func aTrailFadesAndVanishes() {
        let scene = Scene(columns: 82, rows: 26)
        scene.join("a")
        for step in 0..<15 {
            scene.point("a", 100 + Double(step) * 70, 300)
            scene.pass(milliseconds: 100)
        }
        var memory = MapMemory()
        var options = MapOptions()
        options.hasLabels = false
        scene.map(&memory, options: options)
        let ages = scene.cells(where: isTrail).map { scene.canvas[$0.row, $0.column].style.hueAge }
        #expect(ages == ages.sorted(by: >))
        #expect(Set(ages) == [0, 1, 2])
        let whole = ages.count
        scene.pass(milliseconds: 700)
        scene.map(&memory, options: options)
        let rest = scene.cells(where: isTrail)
        #expect(!rest.isEmpty && rest.count < whole * 2 / 3)
        scene.pass(milliseconds: 1_000)
        scene.map(&memory, options: options)
        #expect(scene.cells(where: isTrail).isEmpty)
        // The pointer is still there, at rest.
        #expect(scene.cells { $0.scalar == Glyphs.unicode.restingPointer }.count == 1)
        options.trailMilliseconds = 0
        scene.point("a", 100, 600)
        scene.map(&memory, options: options)
        #expect(scene.cells(where: isTrail).isEmpty)
    }

    @Test(arguments: ["enter", "move"])
    func aTrailDoesNotCrossWhereThePointerWasAway(kind: String) {
        let scene = Scene(columns: 82, rows: 26)
        scene.join("a")
        scene.point("a", 10, 300)
        if kind == "move" { scene.point("a", 12, 300, "leave") }
        var memory = MapMemory()
        #expect(scene.map(&memory).isEmpty == (kind == "move"))
        scene.point("a", 1_270, 300, kind)
        scene.point("a", 1_250, 300)
        #expect(!scene.map(&memory).isEmpty)
        let middle = memory.page.rect.column + memory.page.rect.columns / 2
        #expect(scene.cells(where: isTrail).allSatisfy { abs($0.column - middle) > 10 })
        #expect(!scene.cells(where: isTrail).isEmpty)
    }

    @Test(arguments: Glyphs.allCases)
    func aClickSpreadsAndIsOver(glyphs: Glyphs) {
        let scene = Scene(columns: 82, rows: 26, glyphs: glyphs)
        scene.join("a")
        scene.point("a", 640, 360, "click")
        var memory = MapMemory()
        var widths: [Int] = []
        for _ in 0..<8 {
            scene.map(&memory)
            let ring = scene.cells { $0.style == .ripple }
            widths.append((ring.map(\.column).max() ?? 0) - (ring.map(\.column).min() ?? 0))
            scene.pass(milliseconds: 100)
        }
        #expect(widths == widths.sorted())
        #expect(widths[0] < widths[7])
        scene.pass(milliseconds: 100)
        scene.map(&memory)
        #expect(scene.cells { $0.style == .ripple }.isEmpty)
    }

    @Test func trailsAreShortWhereManyMoveButNotTheSelectedOnes() throws {
        let scene = Scene(columns: 82, rows: 26)
        for index in 0..<30 { scene.join("v\(index)") }
        for step in 0..<12 {
            scene.draw(
                (0..<30).map { Stroke(id: "v\($0)", x: 100 + Double(step) * 80, y: 10 + Double($0) * 24) })
            scene.pass(milliseconds: 100)
        }
        var memory = MapMemory()
        var options = MapOptions()
        options.hasLabels = false
        scene.map(&memory, options: options)
        let selected = try #require(scene.slot(of: "v15"))
        let page = memory.page.rect
        let isShort = scene.cells(where: isTrail).allSatisfy { $0.column > page.column + page.columns / 2 }
        #expect(isShort)
        #expect(memory.trailMilliseconds < 500 && memory.trailMilliseconds > 0)
        #expect(scene.lines[0].contains("trail 0."))
        scene.map(&memory, options: options, selected: selected)
        let row = try #require(memory.spots.first { $0.slot == selected }).row
        let left = scene.cells(where: isTrail).filter { $0.column < page.column + page.columns / 4 }
        #expect(!left.isEmpty && left.allSatisfy { $0.row == row })
    }

    @Test func manyInACellAreBrighterThanFew() {
        let scene = Scene(columns: 82, rows: 26)
        for index in 0..<40 { scene.join("v\(index)") }
        var memory = MapMemory()
        var steps: [UInt8] = []
        for count in [2, 5, 20, 40] {
            scene.draw((0..<count).map { Stroke(id: "v\($0)", x: 640, y: 360) })
            scene.map(&memory)
            let crowd = scene.cells { $0.scalar == 0x28FF }
            #expect(crowd.count == 1)
            steps.append(crowd.first.map { scene.canvas[$0.row, $0.column].style.rawValue } ?? 0)
        }
        #expect(steps == steps.sorted() && Set(steps).count >= 3)
        // The one who is named stands for the others.
        #expect(scene.lines.contains { $0.contains(" +39 ") })
    }

    @Test func theFilterDecidesWhoIsDrawn() throws {
        let scene = Scene(columns: 82, rows: 26)
        for id in ["anna", "bert", "carl"] { scene.join(id) }
        scene.draw(["anna", "bert"].enumerated().map { Stroke(id: $1, x: 300 * Double($0 + 1), y: 100) })
        var memory = MapMemory()
        let anna = try #require(scene.slot(of: "anna"))
        let all = Set(scene.map(&memory).map(\.slot))
        #expect(all.count == 2)
        #expect(scene.lines[0].contains("2 pointers"))
        #expect(Set(scene.map(&memory, includes: { $0 == anna }).map(\.slot)) == [anna])
        #expect(scene.lines[0].contains("1 pointer "))
        #expect(scene.lines.contains { $0.contains("anna") })
        #expect(!scene.lines.contains { $0.contains("bert") })
        #expect(scene.map(&memory, includes: { _ in false }).isEmpty)
        #expect(scene.lines[1].contains("no pointer to show"))
    }

    @Test func aClickOnTheScreenFindsWhoIsNear() {
        let spots = [
            MapSpot(row: 5, column: 10, columns: 1, slot: 1),
            MapSpot(row: 5, column: 12, columns: 6, slot: 1),
            MapSpot(row: 7, column: 10, columns: 1, slot: 2),
        ]
        #expect(MapSpot.nearest(in: spots, row: 5, column: 10) == 1)
        #expect(MapSpot.nearest(in: spots, row: 5, column: 17) == 1)
        #expect(MapSpot.nearest(in: spots, row: 7, column: 8) == 2)
        #expect(MapSpot.nearest(in: spots, row: 8, column: 10) == 2)
        #expect(MapSpot.nearest(in: spots, row: 9, column: 10) == nil)
        #expect(MapSpot.nearest(in: spots, row: .max, column: .min) == nil)
    }
}
