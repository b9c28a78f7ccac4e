import PointerEvents
import Testing

@testable import LiveModel

@Suite struct TraceTests {
    private func traces(_ picture: Picture, since: Int64 = .min) -> [TracePoint] {
        var points: [TracePoint] = []
        picture.model.forEachTrace(since: since) { points.append($0) }
        return points
    }

    @Test func samplesAreRememberedOldestFirst() {
        let picture = Picture()
        picture.join("a")
        picture.join("b")
        for x in 0..<10 {
            picture.frame(
                #""samples":[{"id":"a","x":\#(x),"y":-1},{"id":"b","x":\#(x),"y":2.5,"k":"click"}]"#)
            picture.pass(milliseconds: 100)
        }
        let all = traces(picture)
        #expect(all.map(\.x) == (0..<10).flatMap { [Float($0), Float($0)] })
        #expect(all.map(\.kind) == (0..<10).flatMap { _ in [.move, .click] })
        #expect(all[0].y == -1)
        #expect(all[0].slot == picture.slot(of: "a"))
        #expect(all[1].serial == picture.visitor("b")?.serial)
        #expect(all[0].atMilliseconds == Picture.epoch)
        // Those since the fourth frame, itself included.
        #expect(traces(picture, since: Picture.epoch + 300).map(\.x).first == 3)
        #expect(traces(picture, since: Picture.epoch + 301).map(\.x).first == 4)
        #expect(traces(picture, since: picture.at).isEmpty)
    }

    @Test func whoeverLeftLeavesNoTraceNotEvenToWhoeverHasTheSlotThen() {
        let picture = Picture()
        picture.join("a")
        picture.join("b")
        picture.send(3, from: "a")
        picture.send(2, from: "b")
        let slot = picture.slot(of: "a")
        picture.frame(#""leaves":["a"]"#)
        #expect(traces(picture).count == 2)
        picture.join("c")
        #expect(picture.slot(of: "c") == slot)
        #expect(traces(picture).count == 2)
        picture.send(1, from: "c")
        #expect(traces(picture).map(\.slot).suffix(1) == [slot])
        picture.join("a")
        #expect(traces(picture).count == 3)
    }

    @Test func theRingKeepsTheNewest() {
        let picture = Picture()
        picture.join("a")
        var x = 0
        while x < LiveModelLimits.traces + 10_000 {
            let samples = (x..<x + 7_000).map { #"{"id":"a","x":\#($0),"y":0}"# }
            picture.frame(#""samples":[\#(samples.joined(separator: ","))]"#)
            picture.pass(milliseconds: 100)
            x += 7_000
        }
        let all = traces(picture)
        #expect(all.count == LiveModelLimits.traces)
        #expect(all.map(\.x) == (x - LiveModelLimits.traces..<x).map { Float($0) })
        #expect(traces(picture, since: picture.at - 100).map(\.x) == (x - 7_000..<x).map { Float($0) })
    }

    @Test func coordinatesAreCut() {
        let picture = Picture()
        picture.join("a")
        picture.frame(#""samples":[{"id":"a","x":1e300,"y":-1e300}]"#)
        #expect(traces(picture).map(\.x) == [1e9])
        #expect(traces(picture).map(\.y) == [-1e9])
    }

    @Test func aClockThatGoesBackBeginsAnew() {
        let picture = Picture()
        picture.join("a")
        picture.send(3, from: "a")
        picture.apply("frame", #"{"at":\#(picture.at + 3000),"samples":[{"id":"a","x":7,"y":1}]}"#)
        // A little back: times stay in order.
        picture.send(1, from: "a")
        #expect(traces(picture).map(\.atMilliseconds).suffix(2) == [picture.at + 3000, picture.at + 3000])
        picture.apply("frame", #"{"at":\#(picture.at - 60000),"samples":[{"id":"a","x":8,"y":1}]}"#)
        #expect(traces(picture).map(\.x) == [8])
        #expect(traces(picture).map(\.atMilliseconds) == [picture.at - 60_000])
    }

    @Test func aKeyframeTellsTheNewestOfWhatItPassesOver() {
        let picture = Picture()
        let start = picture.at
        func keyframe(x: Int, last: Int64) {
            picture.keyframe(#"{"id":"a","since":\#(start),"worker":1,"last":\#(last),"x":\#(x),"y":1}"#)
        }
        keyframe(x: 1, last: start)
        // Where somebody was before we came is no trace.
        #expect(traces(picture).isEmpty)
        picture.pass(milliseconds: 500)
        keyframe(x: 2, last: start + 400)
        #expect(traces(picture).map(\.x) == [2])
        #expect(traces(picture).map(\.atMilliseconds) == [start + 400])
        keyframe(x: 2, last: start + 400)
        #expect(traces(picture).count == 1)
    }
}
