import LiveModel
import Testing

@testable import TerminalGraph

@Suite struct PathLookTests {
    init() { #expect(TestLocale.isUTF8) }

    /// Somebody who goes along a row from left to right for a minute, with a click every ten seconds.
    private func scene(columns: Int = 90, rows: Int = 20, glyphs: Glyphs = .unicode) -> Scene {
        let scene = Scene(columns: columns, rows: rows, glyphs: glyphs)
        scene.join("ann")
        scene.point("ann", 10, 400)
        scene.model.follow(scene.slot(of: "ann"))
        for step in 0..<600 {
            scene.pass(milliseconds: 100)
            scene.point("ann", 10 + Double(step) * 2, 400, step % 100 == 50 ? "click" : "move")
        }
        scene.model.advance(now: scene.now)
        return scene
    }

    private func draw(_ scene: Scene, _ look: PathLook) {
        scene.canvas.clear()
        PathView.draw(
            scene.model, look: look, on: &scene.canvas,
            rect: Rect(row: 0, column: 0, rows: scene.canvas.rows, columns: scene.canvas.columns))
    }

    private func heats(_ scene: Scene) -> [(column: Int, step: UInt8)] {
        scene.cells { $0.style.rawValue >= Style.heat0.rawValue && $0.style.rawValue <= Style.heat7.rawValue }
            .map { ($0.column, scene.canvas[$0.row, $0.column].style.rawValue - Style.heat0.rawValue) }
            .sorted { $0.column < $1.column }
    }

    @Test func aPathFadesByAgeAndEndsWithItsWindow() {
        let scene = scene()
        draw(scene, PathLook(seconds: 0))
        let all = heats(scene)
        #expect(all.map(\.step) == all.map(\.step).sorted() && Set(all.map(\.step)).count == 8)
        #expect(scene.lines[0].contains("all of it") && scene.lines[0].contains("6 clicks"))
        draw(scene, PathLook(seconds: 10))
        let last = heats(scene)
        #expect(last.count < all.count / 4 && last.map(\.step) == last.map(\.step).sorted())
        #expect(Set(last.map(\.step)).count >= 4 && (last.last?.step ?? 0) >= 5)
        #expect(scene.lines[0].contains("last 10 s") && scene.lines[0].contains("1 click"))
        #expect(scene.picture.contains("×6") && !scene.picture.contains("×5"))
        #expect(scene.cells { $0.scalar == Glyphs.unicode.pathStart }.count == 1)
        // Who rests leaves nothing behind but where it is.
        scene.pass(milliseconds: 20_000)
        scene.model.advance(now: scene.now)
        draw(scene, PathLook(seconds: 10))
        #expect(heats(scene).isEmpty && scene.picture.contains("◉"))
        // Of who has left the last is looked at.
        scene.leave("ann")
        scene.pass(milliseconds: 60_000)
        scene.model.advance(now: scene.now)
        draw(scene, PathLook(seconds: 30))
        #expect(!heats(scene).isEmpty && scene.picture.contains("○"))
    }

    @Test func withoutColoursAgeIsInTheSigns() {
        let scene = scene(glyphs: .ascii)
        draw(scene, PathLook(seconds: 0))
        let row = scene.lines.first { $0.contains("...") } ?? ""
        let signs = row.filter { ".:*".contains($0) }
        #expect(signs == String(signs.sorted { ".:*".firstIndex(of: $0)! < ".:*".firstIndex(of: $1)! }))
        #expect(Set(signs).count == 3)
    }

    @Test func theEdgesPointAtThePointer() {
        for glyphs in Glyphs.allCases {
            let scene = scene(glyphs: glyphs)
            draw(scene, PathLook())
            let pointer = scene.cells { $0.scalar == glyphs.chosenPointer }
            #expect(pointer.count == 1)
            let (row, column) = pointer[0]
            #expect(scene.canvas[row, 0].scalar == glyphs.fromLeft)
            #expect(scene.canvas[row, 89].scalar == glyphs.fromRight)
            #expect(scene.canvas[19, column].scalar == glyphs.fromBelow)
            #expect((column - 1...column + 1).allSatisfy { scene.canvas[row, $0].isHighlighted })
            #expect(scene.canvas[row, column - 1].scalar == 0x20)
        }
    }

    @Test func whatWasClearedIsGoneAndWhatComesIsNot() {
        let scene = scene()
        let look = PathLook(seconds: 0, clearedMilliseconds: scene.model.nowMilliseconds)
        draw(scene, look)
        #expect(heats(scene).isEmpty && look.actCount(scene.model) == 0)
        for step in 0..<10 {
            scene.pass(milliseconds: 100)
            scene.point("ann", 300 + Double(step) * 9, 100, step == 5 ? "click" : "move")
        }
        scene.model.advance(now: scene.now)
        draw(scene, look)
        #expect(!heats(scene).isEmpty && look.actCount(scene.model) == 1)
        #expect(scene.cells { $0.scalar == Glyphs.unicode.click }.count == 1)
        #expect(scene.model.followedAct(ago: 0)?.clickNumber == 7)
        // Another clock knows nothing of when that was.
        scene.apply("frame", #"{"at":1000000,"samples":[{"id":"ann","x":5,"y":0,"k":"click"}]}"#)
        #expect(look.actCount(scene.model) == 1 && look.cleared(scene.model) == nil)
    }

    @Test func theActThatIsMarkedIsShownHoweverOldItIs() {
        let scene = scene()
        let oldest = scene.model.followedAct(ago: scene.model.followedActCount - 1)
        draw(scene, PathLook(seconds: 5))
        #expect(!scene.picture.contains("× click"))
        draw(scene, PathLook(seconds: 5, act: oldest?.number))
        #expect(scene.picture.contains("× click"))
        // With the way there and away from it.
        #expect(scene.cells { $0.style == .match && $0.scalar > 0x2800 && $0.scalar < 0x2900 }.count >= 1)
        draw(scene, PathLook(seconds: 5, act: 4_711))
        #expect(scene.cells { $0.style == .match }.isEmpty)
    }

    @Test func selectedSecondsAreThePath() {
        let scene = scene()
        let now = scene.model.nowMilliseconds / 1_000
        draw(scene, PathLook(seconds: 5, span: ChartSpan(now - 40...now - 31)))
        let path = heats(scene)
        #expect(scene.lines[0].contains("selected 10 s") && !path.isEmpty)
        let middle = path.map(\.column).reduce(0, +) / path.count
        #expect((25..<55).contains(middle))
    }

    @Test func pagesAreATrailThatKeepsItsNewest() {
        let trail = PageTrail(
            visits: [
                PageVisit.at("/", 0, 40_000, isFromBefore: true), PageVisit.at("/docs", 40_000, 103_000),
                PageVisit.at("", 103_000, nil),
            ], now: 108_000)
        var canvas = CellCanvas(columns: 60, rows: 1, glyphs: .unicode)
        trail.draw(on: &canvas, row: 0, column: 0, columns: 60)
        #expect(canvas.text(row: 0).hasPrefix(" / 0:40+ › /docs 1:03 › no page 0:05 "))
        canvas.clear()
        trail.draw(on: &canvas, row: 0, column: 0, columns: 30)
        #expect(canvas.text(row: 0).hasPrefix(" … no page 0:05 ") || canvas.text(row: 0).contains("… /docs"))
        for columns in 0..<40 {
            canvas.clear()
            trail.draw(on: &canvas, row: 0, column: 0, columns: columns)
            #expect(CellCanvasTests.isWhole(canvas))
            #expect(canvas.text(row: 0).dropFirst(columns).allSatisfy { $0 == " " })
        }
    }
}

extension PageVisit {
    fileprivate static func at(
        _ page: String, _ since: Int64, _ until: Int64?, isFromBefore: Bool = false
    ) -> PageVisit {
        PageVisit(
            page: page, sinceMilliseconds: since, untilMilliseconds: until, isFromBefore: isFromBefore)
    }
}
