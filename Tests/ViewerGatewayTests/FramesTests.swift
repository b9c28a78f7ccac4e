import BroadcastHub
import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

@Suite struct FramesTests {
    @Test func keyframeThenFramesThenStatus() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        crowd.move("u1", 1, 2)
        fixture.turn()
        let watcher = try Watcher(fixture, "/receive/a?shape=frames&hz=60")
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.contains { $0.event == "keyframe" }
            })
        #expect(watcher.messages.first?.event == "keyframe")
        #expect(watcher.messages.first?.data.contains(#""id":"u1""#) == true)
        crowd.move("u2", 3, 4)
        crowd.leave("u1")
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.contains {
                    $0.event == "frame" && $0.data.contains(#""leaves":["u1"]"#)
                }
            })
        #expect(watcher.messages.contains { $0.event == "frame" && $0.data.contains(#""x":3,"y":4"#) })
        fixture.advance(seconds: 1)
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.contains { $0.event == "status" }
            })
        let status = try #require(watcher.messages.last { $0.event == "status" })
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(status.data.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "workers", "viewers", "totals", "uptime", "ingest", "http", "audience", "sampling", "latency",
                "refused", "log",
            ])
        #expect(object["viewers"] as? Int == 1)
        #expect(object["uptime"] as? Double == 12.3)
        #expect(object["ingest"] as? String == "127.0.0.1:8081")
        #expect(object["http"] as? String == fixture.gateway.address.text)
    }

    @Test func statusComesOnceASecond() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture, "/receive/a?shape=frames&hz=60")
        func count() throws -> Int {
            try watcher.read()
            return watcher.messages.count { $0.event == "status" }
        }
        #expect(try fixture.run { try count() == 1 })
        for expected in 2...5 {
            for _ in 0..<4 {
                fixture.advance(seconds: 0.26)
                for _ in 0..<4 { fixture.turn() }
            }
            #expect(try fixture.run { try count() >= expected })
            #expect(try count() == expected)
        }
    }

    @Test func theFrontIsServedWithoutAHead() throws {
        let fixture = try Fixture()
        Crowd(fixture).move("u1", 1, 2)
        let front = Watcher(bare: try attachFront(fixture))
        #expect(fixture.gateway.isFrontAttached && fixture.gateway.viewerCount == 0)
        #expect(fixture.gateway.streamCount == 1)
        #expect(
            try fixture.run {
                try front.read()
                return front.messages.contains { $0.event == "keyframe" }
                    && front.messages.contains { $0.event == "status" }
            })
        #expect(!front.text.contains("HTTP/"))
        front.client.close()
        #expect(fixture.run { !fixture.gateway.isFrontAttached })
        #expect(fixture.gateway.streamCount == 0)
    }

    @Test func aStalledFrontIsNeverClosedForSlowness() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let front = Watcher(bare: try attachFront(fixture, bufferBytes: 4096))
        for round in 0..<300 {
            for visitor in 0..<20 { crowd.move("u\(visitor)", Double(round), 0) }
            fixture.advance(seconds: 3)
            fixture.turn()
        }
        #expect(fixture.gateway.isFrontAttached)
        // What it is given once it reads again is current.
        #expect(
            try fixture.run {
                try front.read()
                return front.messages.last { $0.event != "status" }?.data.contains(#""x":299"#) == true
            })
    }

    @Test func aFrontThatGoesIsNoticedByTheWriteToo() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let front = try attachFront(fixture)
        crowd.move("u", 1, 1)
        front.close()
        fixture.hub.endTurn(now: fixture.now)
        fixture.hub.tick(now: fixture.now)
        fixture.gateway.serve(fixture.poller, now: fixture.now)
        #expect(!fixture.gateway.isFrontAttached && fixture.gateway.streamCount == 0)
    }

    @Test func aNewFrontTakesTheOldOnesPlace() throws {
        let fixture = try Fixture()
        let old = try attachFront(fixture)
        let new = try attachFront(fixture)
        #expect(fixture.gateway.streamCount == 1 && fixture.gateway.isFrontAttached)
        old.receive()
        #expect(old.hasEnded)
        new.close()
        #expect(fixture.run { !fixture.gateway.isFrontAttached })
    }
}
