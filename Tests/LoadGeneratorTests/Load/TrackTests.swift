import PointerEvents
import Testing

@testable import LoadGenerator

@Suite struct TrackTests {
    private func tracks(_ text: String) throws(Recording.Failure) -> [Track] {
        var tracks: [Track] = []
        var failure: Recording.Failure?
        var text = text
        text.withUTF8 { bytes in
            do throws(Recording.Failure) {
                tracks = try Recording.parsing(UnsafeRawBufferPointer(bytes))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return tracks
    }

    private func reason(_ text: String) -> String? {
        do throws(Recording.Failure) {
            _ = try tracks(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func everyIdMakesATrackOfItsOwnTimes() throws {
        let read = try tracks(
            """
            {"id":"ann","x":10,"y":20,"t":1732109508000}
            {"id":"bob","x":1,"y":2,"t":1732109508100,"k":"click"}

            [{"id":"ann","x":11.6,"y":-5,"t":1732109508016.5},{"id":"bob","x":3,"y":4,"t":1732109508100}]
            """)
        #expect(
            read == [
                Track(
                    points: [
                        TrackPoint(microseconds: 0, x: 10, y: 20, kind: .move),
                        TrackPoint(microseconds: 16_500, x: 12, y: 1, kind: .move),
                    ], microseconds: 33_000),
                Track(
                    points: [
                        TrackPoint(microseconds: 0, x: 1, y: 2, kind: .click),
                        TrackPoint(microseconds: 0, x: 3, y: 4, kind: .move),
                    ], microseconds: 1_000_000),
            ])
    }

    @Test func aFileThatIsNoRecordingIsNamedByItsLine() {
        #expect(reason("") == "holds no sample")
        #expect(reason("hello") == "line 1 is no sample")
        #expect(reason("{\"id\":\"a\",\"x\":1,\"y\":2}") == "line 1 has no time t")
        let late = "{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":5}\n{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":4}"
        #expect(reason(late) == "line 2 is older than one before it")
        let far = "{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":0}\n{\"id\":\"a\",\"x\":1,\"y\":2,\"t\":1e15}"
        #expect(reason(far)?.hasPrefix("line 2") == true)
    }

    @Test func tracksBeginAgainWhenTheyAreOver() throws {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.visitors = 3
        plan.durationSeconds = 1
        let source = try MotionSource(plan)
        for visitor in 0..<3 {
            var (cursor, base) = source.begin(visitor: visitor, arrival: 7_000_000)
            #expect(source.dueNanoseconds(cursor: cursor, base: base) == 7_000_000)
            var before = Int64.min
            for _ in 0..<500 {
                let due = source.dueNanoseconds(cursor: cursor, base: base)
                #expect(due >= before)
                before = due
                source.advance(visitor: visitor, cursor: &cursor, base: &base)
            }
            #expect(before > 1_000_000_000)
        }
    }

    @Test func aClickBetweenTwoLooksShowsInTheSecond() throws {
        let tracks = MotionTracks([
            Track(
                points: [
                    TrackPoint(microseconds: 0, x: 5, y: 5, kind: .move),
                    TrackPoint(microseconds: 50_000, x: 6, y: 5, kind: .click),
                    TrackPoint(microseconds: 60_000, x: 7, y: 5, kind: .move),
                ], microseconds: 200_000)
        ])
        #expect(tracks.range(of: 0) == 0..<3 && tracks.nanoseconds(of: 0) == 200_001_000)
    }

    /// Circles are circles, and chance stays on the screen; neither needs a track.
    @Test func shapesStayWhereTheyBelong() throws {
        var plan = LoadPlan(
            target: try LoadTarget(parsing: "127.0.0.1", scheme: "ws", defaultPort: 1, defaultPath: "/"))
        plan.motion = .circle
        let circle = try MotionSource(plan)
        var cursor: UInt32 = 0
        var base: Int64 = 0
        for step in 0..<200 {
            let point = circle.place(
                visitor: 3, sequence: 1, now: Int64(step) * 10_000_000, cursor: &cursor, base: &base)
            let x = Double(point.x) - 900
            let y = Double(point.y) - 450
            #expect(abs((x * x + y * y).squareRoot() - 85) < 1.5)
        }
        plan.motion = .random
        let random = try MotionSource(plan)
        let points = (0..<500).map {
            random.place(visitor: 1, sequence: UInt32($0), now: 0, cursor: &cursor, base: &base)
        }
        #expect(Set(points.map(\.x)).count > 300)
        #expect(
            points.allSatisfy {
                TrackPoint.pixels.contains(Int($0.x)) && TrackPoint.pixels.contains(Int($0.y))
            })
    }
}
