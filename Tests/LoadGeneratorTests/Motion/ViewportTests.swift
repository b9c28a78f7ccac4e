import Testing

@testable import LoadGenerator

@Suite struct ViewportTests {
    private let viewport = Viewport(width: 1000, height: 500)

    @Test func mirrorsWhatLiesBeyondTheMargins() {
        #expect(viewport.folding(PagePoint(x: 400, y: 300)) == PagePoint(x: 400, y: 300))
        // Margins of 5 %: 50 and 950, 25 and 475.
        #expect(viewport.folding(PagePoint(x: 20, y: 485)) == PagePoint(x: 80, y: 465))
        #expect(viewport.folding(PagePoint(x: 1850, y: -400)) == PagePoint(x: 50, y: 450))
    }

    @Test func staysWithinTheMarginsWithoutPilingUp() {
        var random = SeededRandom(seed: 6)
        var atMargin = 0
        for _ in 0..<5000 {
            let wild = PagePoint(x: 2000 * random.normal(), y: 2000 * random.normal())
            let folded = viewport.folding(wild)
            #expect((50...950).contains(folded.x) && (25...475).contains(folded.y))
            if folded.x < 51 || folded.x > 949 || folded.y < 26 || folded.y > 474 { atMargin += 1 }
        }
        #expect(atMargin < 100)
    }

    @Test func clampsToTheLastPixel() {
        #expect(viewport.clamping(PagePoint(x: -1, y: 9999)) == PagePoint(x: 0, y: 499))
        let none = Viewport(width: 0, height: 0)
        #expect(none.clamping(none.folding(PagePoint(x: 5, y: 5))) == PagePoint(x: 0, y: 0))
    }
}
