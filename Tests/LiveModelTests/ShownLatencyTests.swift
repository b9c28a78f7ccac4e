import Testing

@testable import LiveModel

@Suite struct ShownLatencyTests {
    /// Lets a frame come now and be shown so many milliseconds later.
    private func show(_ picture: Picture, after milliseconds: Int64) {
        picture.frame("")
        picture.pass(milliseconds: milliseconds)
        picture.model.noteShown(now: picture.now)
    }

    @Test func delaysAreFromTheHubToTheScreen() {
        let picture = Picture()
        #expect(picture.model.shownLatency == nil)
        picture.model.noteShown(now: picture.now)
        #expect(picture.model.shownLatency == nil)
        for delay in 1...100 {
            show(picture, after: Int64(delay % 20))
            picture.pass(milliseconds: 10)
        }
        let figures = picture.model.shownLatency
        #expect(figures == LatencyFigures(p50: 9, p99: 19, max: 19))
        // Nothing new: nothing is shown late.
        picture.model.noteShown(now: picture.now)
        #expect(picture.model.shownLatency == figures)
        picture.pass(milliseconds: 5_000)
        #expect(picture.model.shownLatency == nil)
    }

    @Test func everyFrameOfAPictureCounts() {
        let picture = Picture()
        for _ in 0..<4 {
            picture.frame("")
            picture.pass(milliseconds: 10)
        }
        picture.apply("frame", #"{"at":\#(picture.at),"more":true}"#)
        picture.model.noteShown(now: picture.now)
        #expect(picture.model.shownLatency == LatencyFigures(p50: 20, p99: 40, max: 40))
    }

    @Test func theMemoryIsBounded() {
        let picture = Picture()
        for _ in 0..<1_000 { picture.frame("") }
        picture.pass(milliseconds: 3)
        picture.model.noteShown(now: picture.now)
        #expect(picture.model.shownLatency == LatencyFigures(p50: 3, p99: 3, max: 3))
        for _ in 0..<2_000 { show(picture, after: 1) }
        #expect(picture.model.shownLatency == LatencyFigures(p50: 1, p99: 1, max: 1))
    }

    @Test func framesOfAnotherClockDoNotCount() {
        let picture = Picture()
        picture.frame("")
        picture.apply("frame", #"{"at":1000000}"#)
        picture.pass(milliseconds: 2)
        picture.model.noteShown(now: picture.now)
        #expect(picture.model.shownLatency == LatencyFigures(p50: 2, p99: 2, max: 2))
    }
}
