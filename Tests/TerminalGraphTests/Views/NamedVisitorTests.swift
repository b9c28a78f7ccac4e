import Testing

@testable import TerminalGraph

/// Visitors who were given names, and pages that said how large they are.
@Suite struct NamedVisitorTests {
    init() { #expect(TestLocale.isUTF8) }

    private func scene(columns: Int, rows: Int) -> Scene {
        let scene = Scene.seeded(columns: columns, rows: rows)
        let sample =
            #"{"id":"user123","x":812,"y":433,"k":"cancel","sy":1000,"dw":1280,"dh":9000,"n":"Zo\u00eb"}"#
        scene.apply("frame", #"{"at":\#(scene.at),"samples":[\#(sample)]}"#)
        return scene
    }

    @Test func theListReadsTheNameAndTheIDWhereThereIsRoom() {
        let wide = scene(columns: 120, rows: 40)
        wide.draw()
        #expect(CellCanvasTests.isWhole(wide.canvas))
        #expect(wide.lines.contains { $0.contains("Zoë user123") && $0.contains("cancel") })
        #expect(wide.lines.contains { $0.contains("quiet ") })
        let narrow = scene(columns: 40, rows: 10)
        narrow.draw()
        #expect(CellCanvasTests.isWhole(narrow.canvas))
        #expect(narrow.lines.contains { $0.contains("Zoë") })
    }

    @Test func whoIsFollowedHasIDNameAndAPlaceInTheDocument() {
        let scene = scene(columns: 120, rows: 40)
        scene.press(.character("f"))
        scene.draw()
        let picture = scene.picture
        for text in ["user123", "name      Zoë", "in page   812,1433 of 1280x9000", "1 cancel"] {
            #expect(picture.contains(text), "\(text) in \(picture)")
        }
        scene.leave("user123")
        scene.draw()
        #expect(scene.picture.contains("name      Zoë"))
    }
}
