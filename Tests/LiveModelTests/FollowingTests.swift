import PointerEvents
import Testing

@testable import LiveModel

@Suite struct FollowingTests {
    private func path(_ picture: Picture) -> [PathPoint] {
        var points: [PathPoint] = []
        picture.model.forEachFollowedPoint { points.append($0) }
        return points
    }

    private func move(_ picture: Picture, _ id: String, x: Int, y: Int = 0, _ more: String = "") {
        picture.frame(#""samples":[{"id":"\#(id)","x":\#(x),"y":\#(y)\#(more)}]"#)
    }

    @Test func aPathBeginsWithWhatIsKnownAlready() {
        let picture = Picture()
        picture.join("a")
        picture.join("b")
        for x in 0..<5 {
            move(picture, "a", x: x)
            move(picture, "b", x: -x)
        }
        #expect(picture.model.followed == nil)
        picture.model.follow(picture.slot(of: "a"))
        #expect(path(picture).map(\.x) == [0, 1, 2, 3, 4])
        #expect(path(picture).map(\.isStart) == [true, false, false, false, false])
        move(picture, "a", x: 5, #","k":"click""#)
        move(picture, "b", x: 5)
        #expect(path(picture).map(\.x) == [0, 1, 2, 3, 4, 5])
        let followed = picture.model.followed
        #expect(followed?.id == "a")
        #expect(followed?.slot == picture.slot(of: "a"))
        #expect(followed?.serial == picture.visitor("a")?.serial)
        #expect(followed?.followedSinceMilliseconds == picture.at)
        #expect(followed?.hasLeft == false)
        #expect(picture.model.followedCount(of: .move) == 5)
        #expect(picture.model.followedCount(of: .click) == 1)
        #expect(picture.model.followedAct(ago: 0)?.kind == .click)
        #expect(picture.model.followedAct(ago: 1) == nil)
        // The same again changes nothing, another begins anew, and so does nobody.
        picture.model.follow(picture.slot(of: "a"))
        #expect(path(picture).count == 6)
        picture.model.follow(picture.slot(of: "b"))
        #expect(path(picture).map(\.x) == [0, -1, -2, -3, -4, 5])
        for slot in [nil, 77, -1] {
            picture.model.follow(0)
            picture.model.follow(slot)
            #expect(picture.model.followed == nil)
            #expect(path(picture).isEmpty)
        }
    }

    @Test func whoLeavesIsKeptAndMayComeBack() {
        let picture = Picture()
        picture.join("a")
        move(picture, "a", x: 1, #","p":"/x""#)
        picture.model.follow(picture.slot(of: "a"))
        picture.pass(milliseconds: 2_000)
        picture.frame(#""leaves":["a"]"#)
        #expect(picture.model.followed?.hasLeft == true)
        #expect(picture.model.followed?.leftMilliseconds == picture.at)
        #expect(picture.model.followedGlance?.x == 1)
        #expect(picture.model.followedPage == "/x")
        // Somebody else has the slot now.
        picture.join("b")
        move(picture, "b", x: 50)
        #expect(path(picture).map(\.x) == [1])
        #expect(picture.model.followed?.hasLeft == true)
        picture.pass(milliseconds: 1_000)
        picture.join("a")
        #expect(picture.model.followed?.hasLeft == false)
        #expect(picture.model.followed?.slot == picture.slot(of: "a"))
        #expect(picture.model.followed?.serial == picture.visitor("a")?.serial)
        move(picture, "a", x: 900)
        #expect(path(picture).map(\.x) == [1, 900])
        #expect(path(picture).map(\.isStart) == [true, true])
        #expect(picture.model.followedGlance?.x == 900)
        #expect(picture.model.followedPage.isEmpty)
        // Whoever comes back elsewhere has gone no way.
        #expect(picture.model.followedSpeed(secondsAgo: 0) == 0)
    }

    @Test func aKeyframeWithoutItIsALeaveToo() {
        let picture = Picture()
        picture.join("a")
        picture.model.follow(picture.slot(of: "a"))
        picture.keyframe(#"{"id":"b","worker":1}"#)
        #expect(picture.model.followed?.hasLeft == true)
        picture.keyframe(#"{"id":"b","worker":1},{"id":"a","worker":1}"#)
        #expect(picture.model.followed?.hasLeft == false)
        picture.pass(milliseconds: 100)
        picture.keyframe(#"{"id":"a","worker":1,"x":4,"y":5,"last":\#(picture.at)}"#)
        picture.pass(milliseconds: 100)
        picture.keyframe(#"{"id":"a","worker":1,"x":5,"y":5,"last":\#(picture.at)}"#)
        #expect(path(picture).map(\.x) == [5])
    }

    @Test func speedIsTheWayPerSecond() {
        let picture = Picture()
        picture.join("a")
        picture.model.follow(picture.slot(of: "a"))
        var expected: [Double] = []
        for second in 0..<310 {
            move(picture, "a", x: 0, y: 0)
            move(picture, "a", x: 3 * second, y: 4 * second)
            // The pointer is gone until it is somewhere else.
            move(picture, "a", x: 3 * second, y: 4 * second, #","k":"leave""#)
            expected.insert(Double(5 * second), at: 0)
            picture.pass(milliseconds: 1_000)
        }
        #expect(picture.model.followedSpeed(secondsAgo: 0) == 0)
        for ago in 1..<LiveModel.speedSeconds {
            #expect(picture.model.followedSpeed(secondsAgo: ago) == expected[ago - 1])
        }
        for ago in [-1, LiveModel.speedSeconds, .max, .min] {
            #expect(picture.model.followedSpeed(secondsAgo: ago) == 0)
        }
        picture.pass(milliseconds: 10_000_000)
        move(picture, "a", x: 1)
        #expect((1..<300).allSatisfy { picture.model.followedSpeed(secondsAgo: $0) == 0 })
    }

    @Test func anotherPageBeginsAnotherLine() {
        let picture = Picture()
        picture.join("a")
        picture.model.follow(picture.slot(of: "a"))
        move(picture, "a", x: 0, #","p":"/x""#)
        move(picture, "a", x: 10, #","p":"/x""#)
        move(picture, "a", x: 500, #","p":"/y""#)
        move(picture, "a", x: 501)
        #expect(path(picture).map(\.isStart) == [true, false, true, false])
        #expect(picture.model.followedSpeed(secondsAgo: 0) == 11)
    }

    @Test func theMemoryOfAPathIsBounded() {
        let picture = Picture()
        picture.join("a")
        picture.model.follow(0)
        for start in stride(from: 0, to: 10_000, by: 2_500) {
            let samples = (start..<start + 2_500).map {
                #"{"id":"a","x":\#($0),"y":0,"k":"\#($0 % 2 == 0 ? "move" : "scroll")"}"#
            }
            picture.frame(#""samples":[\#(samples.joined(separator: ","))]"#)
        }
        #expect(path(picture).map(\.x) == (10_000 - LiveModelLimits.pathPoints..<10_000).map { Float($0) })
        #expect(picture.model.followedActCount == 1)
        #expect(picture.model.followedAct(ago: 0)?.count == 5_000)
        #expect(picture.model.followedCount(of: .scroll) == 5_000)
    }

    @Test func anotherClockForgetsTheWay() {
        let picture = Picture()
        picture.join("a")
        picture.model.follow(0)
        move(picture, "a", x: 0)
        move(picture, "a", x: 100)
        picture.apply("frame", #"{"at":1000000,"samples":[{"id":"a","x":5,"y":0}]}"#)
        #expect(path(picture).map(\.x) == [5])
        #expect(picture.model.followedSpeed(secondsAgo: 0) == 0)
        #expect(picture.model.followedCount(of: .move) == 3)
    }
}
