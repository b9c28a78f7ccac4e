import PointerEvents
import TestSupport
import Testing

@testable import LiveModel

@Suite struct HostileMessageTests {
    static let messages: [(event: String, data: String)] = [
        (
            "keyframe",
            #"{"at":1700000000000,"visitors":[{"id":"u1","since":1699999990000,"worker":4242,"rate":12.4,"#
                + #""last":1699999999000,"x":1,"y":-2.5e1,"t":1,"k":"scroll","b":1,"w":800,"h":600,"#
                + #""p":"/a"}],"more":true}"#
        ),
        (
            "frame",
            #"{"at":1700000000100,"joins":[{"id":"u2","since":1700000000050,"worker":4243}],"#
                + #""samples":[{"id":"u2","x":5,"y":6,"k":"click"},{"id":"ü\ud83d\ude00","x":0,"y":0}],"#
                + #""leaves":["u1"]}"#
        ),
        ("status", HealthTests.status),
    ]

    @Test func everyMessageCutShortHasNoEffect() {
        for (event, data) in Self.messages {
            let bytes = Array(data.utf8)
            let picture = Picture()
            picture.join("a")
            let before = picture.model.nowMilliseconds
            for length in 0..<bytes.count {
                #expect(picture.apply(event, bytes: Array(bytes[..<length])) == .malformed)
            }
            #expect(picture.ids == ["a"])
            #expect(picture.model.nowMilliseconds == before)
            #expect(picture.model.status == ServerStatus())
            #expect(picture.apply(event, bytes: bytes) == .applied)
        }
    }

    @Test func whatIsNoMessageIsRefused() {
        let picture = Picture()
        for event in ["frame", "keyframe", "status"] {
            for data in ["", "[]", "null", "7", "{", "{}x", #"{"at":}"#, "{\"at\":1,\"x\":\"\u{1}\"}"] {
                #expect(picture.apply(event, data) == .malformed)
            }
            let deep =
                #"{"a":"# + String(repeating: "[", count: 200) + String(repeating: "]", count: 200) + "}"
            #expect(picture.apply(event, deep) == .malformed)
        }
        #expect(picture.apply("frame", "{}") == .malformed)
        #expect(picture.apply("frame", #"{"at":-1}"#) == .malformed)
        #expect(picture.apply("frame", #"{"at":1e300}"#) == .malformed)
        #expect(picture.apply("keyframe", #"{"at":1}"#) == .malformed)
        #expect(picture.apply("keyframe", #"{"at":1,"visitors":{}}"#) == .malformed)
    }

    @Test func entriesThatMakeNoSenseArePassedOver() {
        let picture = Picture()
        picture.join("a")
        let outcome = picture.frame(
            #""samples":[1,null,"a",[],{},{"id":5,"x":1,"y":1},{"id":"a","x":"1","y":1},{"id":"a","y":1},"#
                + #"{"id":"a","x":1e999,"y":1},{"id":"a","x":{},"y":[]},{"id":"a","x":9,"y":9,"k":7,"p":{}}]"#
        )
        #expect(outcome == .applied)
        #expect(picture.model.samples(secondsAgo: 0) == 1)
        #expect(picture.visitor("a")?.x == 9)
        #expect(picture.visitor("a")?.kind == .move)
    }

    @Test(arguments: 0..<8)
    func mutatedMessagesNeverBreakThePicture(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        var limits = LiveModelLimits()
        limits.visitors = 40
        limits.pages = 5
        let picture = Picture(limits: limits)
        let interesting =
            Array(#"{}[]",:\u0123456789eE+-.trufalsn"#.utf8) + [0, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        for _ in 0..<700 {
            let (event, data) = Self.messages[Int.random(in: 0..<Self.messages.count, using: &generator)]
            var bytes = Array(data.utf8)
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = interesting[Int.random(in: 0..<interesting.count, using: &generator)]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default:
                    let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
                    bytes.insert(contentsOf: bytes[place..<end], at: place)
                }
            }
            picture.apply(event, bytes: bytes)
            picture.pass(milliseconds: Int64.random(in: 0...400, using: &generator))
            look(at: picture, &generator)
        }
        #expect(picture.model.rowCount <= 40)
        let slots = picture.slots()
        #expect(slots.count == picture.model.rowCount)
        #expect(Set(slots).count == slots.count)
        for slot in slots {
            let id = picture.model.visitors.id(of: slot)
            #expect(picture.model.visitors.find(id) == slot)
            #expect(picture.model.rate(of: slot).isFinite)
        }
    }

    /// Asks for whatever a screen shows, and holds it against the limits.
    private func look(at picture: Picture, _ generator: inout SplitMix64) {
        if Int.random(in: 0..<20, using: &generator) == 0 {
            picture.model.follow(Int.random(in: -1..<45, using: &generator))
        }
        picture.model.noteShown(now: picture.now)
        var visitors: [RankedVisitor] = []
        let order = VisitorOrder.allCases.randomElement(using: &generator) ?? .rate
        let query = VisitorQuery(filter: VisitorFilter(parsing: "-rate>5 u"), order: order, isReversed: true)
        let count = picture.model.visitors(matching: query, from: 0, count: 50, into: &visitors)
        #expect(count == visitors.count && count <= picture.model.rowCount)
        var pages: [PageActivity] = []
        #expect(picture.model.pages(order: .rate, from: 0, count: 50, into: &pages) <= 6)
        #expect(pages.reduce(0) { $0 + $1.visitors } == picture.model.rowCount)
        var last = Int64.min
        picture.model.forEachTrace(since: picture.model.nowMilliseconds - 3_000) { point in
            #expect(abs(point.x) <= 1e9 && abs(point.y) <= 1e9 && point.atMilliseconds >= last)
            last = point.atMilliseconds
        }
        picture.model.forEachFollowedPoint { #expect(abs($0.x) <= 1e9) }
        #expect((0..<300).allSatisfy { picture.model.followedSpeed(secondsAgo: $0).isFinite })
        let status = picture.model.status
        #expect(status.audience.count <= 32 && status.log.count <= 24 && status.refusals.count <= 64)
        #expect(status.log.allSatisfy { $0.text.utf8.count <= 200 && [0, 8].contains($0.time.utf8.count) })
        #expect(picture.model.shownLatency.map(\.max.isFinite) ?? true)
    }
}
