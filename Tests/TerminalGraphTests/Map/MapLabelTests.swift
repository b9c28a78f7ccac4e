import LiveModel
import TestSupport
import Testing

@testable import TerminalGraph

@Suite struct MapLabelTests {
    init() { #expect(TestLocale.isUTF8) }

    private static let ids = [
        "a", "user123", "山田太郎", "quite-a-long-name-for-a-visitor", "é\u{301}x", "\u{202E}evil\u{1B}[2J",
    ]

    /// A scene with a few dozen visitors, some of whom move.
    private func randomScene(_ seed: Int) -> Scene {
        var generator = SplitMix64(seed: UInt64(seed))
        let glyphs = Glyphs.allCases[seed % Glyphs.allCases.count]
        let scene = Scene(
            columns: .random(in: 10...90, using: &generator), rows: .random(in: 3...28, using: &generator),
            glyphs: glyphs)
        let count = Int.random(in: 1...24, using: &generator)
        var strokes: [Stroke] = []
        for index in 0..<count {
            let id = Self.ids[index % Self.ids.count] + "\(index)"
            scene.join(id)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                strokes.append(
                    Stroke(
                        id: id, x: .random(in: -50...1_400, using: &generator),
                        y: .random(in: -50...800, using: &generator),
                        kind: ["move", "click", "scroll"].randomElement(using: &generator)!))
            }
        }
        scene.draw(strokes)
        return scene
    }

    @Test func labelsCollideWithNeitherEachOtherNorPointersInAThousandScenes() {
        var labels = 0
        for seed in 0..<1_000 {
            let scene = randomScene(seed)
            var memory = MapMemory()
            let rect = Rect(row: 0, column: 0, rows: scene.canvas.rows, columns: scene.canvas.columns)
            let spots = scene.map(&memory, selected: seed % 5 == 0 ? 0 : nil)
            var taken = Set<Int>()
            for spot in spots {
                #expect(spot.row >= rect.row && spot.row < rect.endRow, "seed \(seed)")
                for column in spot.column..<spot.column + spot.columns {
                    #expect(column >= rect.column && column < rect.endColumn, "seed \(seed)")
                    #expect(taken.insert(spot.row * 1_000 + column).inserted, "seed \(seed)")
                }
            }
            #expect(CellCanvasTests.isWhole(scene.canvas), "seed \(seed)")
            // Every pointer's sign is still there when the texts are written.
            let signs = [
                scene.canvas.glyphs.pointer, scene.canvas.glyphs.restingPointer,
                scene.canvas.glyphs.chosenPointer,
            ]
            let pointers = Dictionary(grouping: spots, by: \.slot)
            for spots in pointers.values where memory.crowds.isEmpty == false {
                let cell = scene.canvas[spots[0].row, spots[0].column]
                let isCrowd =
                    cell.style.rawValue >= Style.heat0.rawValue && cell.style.rawValue <= Style.heat7.rawValue
                #expect(isCrowd || signs.contains(cell.scalar), "seed \(seed)")
            }
            labels += spots.count - pointers.count
        }
        #expect(labels > 3_000)
    }

    @Test func aLabelStaysOnItsSideWhileItsPlaceIsFree() throws {
        let scene = Scene(columns: 82, rows: 26)
        for id in ["still", "goes-by"] { scene.join(id) }
        var memory = MapMemory()
        scene.draw([Stroke(id: "still", x: 640, y: 360), Stroke(id: "goes-by", x: 720, y: 360)])
        let still = try #require(scene.slot(of: "still"))
        scene.map(&memory, selected: scene.slot(of: "goes-by"))
        // A pointer is where the text would have been: it went to the left.
        #expect(memory.places[still].side == .left)
        scene.point("goes-by", 640, 600)
        for _ in 0..<5 {
            scene.pass(milliseconds: 100)
            scene.map(&memory)
            #expect(memory.places[still].side == .left)
        }
        // Now its place on the left is not free any more.
        scene.draw([Stroke(id: "goes-by", x: 560, y: 360)])
        scene.map(&memory)
        #expect(memory.places[still].side == .right)
        // And another visitor in a slot has no place of its own yet.
        var other = MapMemory()
        scene.map(&other)
        #expect(other.places[still].labelPicture == other.picture)
    }

    @Test func theSelectedOneIsNamedFirstAndStandsOut() throws {
        let scene = Scene(columns: 60, rows: 5)
        for index in 0..<30 { scene.join("visitor\(index)") }
        var memory = MapMemory()
        var strokes = (0..<30).flatMap { index in
            (0..<4).map { _ in Stroke(id: "visitor\(index)", x: Double(index) * 42, y: 360) }
        }
        strokes.append(Stroke(id: "visitor7", x: 300, y: 100))
        scene.draw(strokes)
        let selected = try #require(scene.slot(of: "visitor29"))
        let spots = scene.map(&memory, selected: selected)
        #expect(spots.filter { $0.slot == selected }.count == 2)
        for spot in spots where spot.slot == selected {
            #expect(scene.canvas[spot.row, spot.column].isHighlighted)
            #expect(scene.canvas[spot.row, spot.column].style == .strong)
        }
        #expect(spots.allSatisfy { $0.slot == selected || !scene.canvas[$0.row, $0.column].isHighlighted })
    }

    @Test func labelsCanBeLeftOut() {
        let scene = Scene(columns: 60, rows: 12)
        scene.join("user123")
        scene.point("user123", 300, 300)
        var memory = MapMemory()
        var options = MapOptions()
        options.hasLabels = false
        #expect(scene.map(&memory, options: options).count == 1)
        #expect(!scene.lines.contains { $0.contains("user") })
        options.hasLabels = true
        #expect(scene.map(&memory, options: options).count == 2)
        #expect(scene.lines.contains { $0.contains("● user123") })
    }

    @Test func aLongIdIsCutToSixteenColumns() {
        let scene = Scene(columns: 100, rows: 12)
        scene.join("abcdefghijklmnopqrstuvwxyz")
        scene.point("abcdefghijklmnopqrstuvwxyz", 300, 300)
        var memory = MapMemory()
        #expect(scene.map(&memory).last?.columns == 16)
        #expect(scene.lines.contains { $0.contains("abcdefghijklmno… ") })
    }
}
