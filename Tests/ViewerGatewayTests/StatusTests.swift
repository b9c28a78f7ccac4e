import BroadcastHub
import ByteCore
import Foundation
import FramesShape
import Glibc
import PointerEvents
import PosixIO
import Testing

@testable import ViewerGateway

/// What the status tells beyond the state: audience, delays, refusals, log; and its bound.
@Suite struct StatusTests {
    private func status(_ fixture: Fixture, limit: Int = 60 * 1024) throws -> [String: Any] {
        var text = ByteBuffer()
        fixture.gateway.appendStatus(to: &text, now: fixture.now, limit: limit)
        #expect(text.count <= limit)
        let object = try JSONSerialization.jsonObject(with: Data(text.readable))
        return try #require(object as? [String: Any])
    }

    private func audience(_ fixture: Fixture) throws -> [[String: Any]] {
        try #require(try status(fixture)["audience"] as? [[String: Any]])
    }

    @Test func theAudienceSaysWhoIsBehind() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let front = Watcher(bare: try attachFront(fixture))
        let quick = try Watcher(fixture, "/receive/%71uick?shape=frames&hz=1")
        let stuck = try Watcher(fixture, "/receive/st-u_c.k~", buffer: 4096)
        #expect(fixture.run { fixture.gateway.viewerCount == 2 })
        for round in 0..<400 {
            for visitor in 0..<100 { crowd.move("u\(visitor)", Double(round), 0) }
            fixture.turn()
            try quick.read()
            try front.read()
        }
        fixture.advance(seconds: 3)
        #expect(
            try fixture.run {
                try quick.read()
                try front.read()
                return try audience(fixture).count { $0["behind"] as? Int == 0 } == 2
            })
        let rows = try audience(fixture)
        #expect(rows[0]["name"] as? String == "st-u_c.k~")
        #expect(Set(rows.dropFirst().map { $0["name"] as? String }) == ["quick", "(terminal)"])
        #expect(rows[0]["shape"] as? String == "samples" && rows[0]["hz"] == nil)
        #expect(try #require(rows[0]["behind"] as? Int) > 10_000)
        #expect(try #require(rows[0]["sent"] as? Int) > 2048)
        #expect(try #require(rows[0]["age"] as? Double) >= 3)
        #expect(try #require(rows[0]["idle"] as? Double) >= 3)
        let other = try #require(rows.first { $0["name"] as? String == "quick" })
        #expect(
            Set(other.keys) == ["name", "shape", "hz", "behind", "conflated", "sent", "age", "idle", "from"])
        #expect(other["from"] as? String == "127.0.0.1")
        #expect(other["shape"] as? String == "frames" && other["hz"] as? Int == 1)
        #expect(try status(fixture)["viewers"] as? Int == 2)
        _ = stuck
    }

    @Test func nobodyCanTakeTheTerminalsName() throws {
        let fixture = try Fixture()
        for name in ["(terminal)", "%28terminal%29", "%22%7D", "a%0Ab", "%1B%5B31m", "%C3%A9", ""] {
            #expect(try fixture.get("/receive/\(name)").status == 404)
        }
    }

    @Test func anyNameIsEscaped() throws {
        let fixture = try Fixture()
        _ = try attachFront(fixture)
        let token = try #require(fixture.gateway.front?.token)
        let found = fixture.gateway.connections.find(token)
        let connection = try #require(found)
        connection.pointee.name = Array("\"}],\u{1B}\n\\é".utf8)
        #expect(try audience(fixture).first?["name"] as? String == "\"}],\u{1B}\n\\é")
        var text = ByteBuffer()
        fixture.gateway.appendStatus(to: &text, now: fixture.now, limit: 60 * 1024)
        #expect(!text.readable.contains { $0 < 0x20 })
    }

    @Test func thirtyTwoAreListed() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        // They come one after the other with a sample in between, and none of them reads.
        for _ in 0..<40 {
            _ = fixture.hub.attach(shape: .samples, resume: .head, now: fixture.now)
            let id = fixture.hub.attach(shape: .samples, resume: .head, now: fixture.now)
            let nobody = Token(kind: 0, index: .max)
            _ = fixture.gateway.samplesRound.append(Viewer(connection: nobody, id: id, isFront: false))
            crowd.move("u", 1, 1)
        }
        #expect(try audience(fixture).map { $0["behind"] as? Int } == (9...40).reversed().map { $0 })
    }

    @Test func delaysAreToldInMilliseconds() throws {
        let fixture = try Fixture()
        #expect(try status(fixture)["latency"] == nil)
        let watcher = try Watcher(fixture, "/receive/a?shape=frames&hz=60")
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        Crowd(fixture).move("u", 1, 1)
        #expect(
            try fixture.run {
                try watcher.read()
                return watcher.messages.contains { $0.event == "frame" }
            })
        let latency = try #require(try status(fixture)["latency"] as? [String: [String: Double]])
        #expect(Set(latency.keys) == ["relayed", "encoded"])
        for hop in latency.values {
            #expect(Set(hop.keys) == ["p50", "p99", "max"])
            #expect(hop["p50"]! <= hop["p99"]! && hop["p99"]! <= hop["max"]! && hop["max"]! > 0)
        }
    }

    @Test func aBriefOneTellsNothingOfOthers() throws {
        let fixture = try Fixture()
        var text = ByteBuffer()
        fixture.gateway.appendStatus(to: &text, now: fixture.now, limit: 60 * 1024, isBrief: true)
        let brief = try #require(
            try JSONSerialization.jsonObject(with: Data(text.readable)) as? [String: Any])
        let whole = try status(fixture)
        #expect(Set(whole.keys).subtracting(brief.keys) == ["audience", "log"])
        #expect(Set(brief.keys).isSubset(of: whole.keys))
    }

    @Test func eachGetsTheStatusThatIsForThem() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture, "/receive/a?shape=frames&hz=60")
        let less = fixture.hub.attach(
            shape: .frames(.hz60), resume: .head, showsLess: true, now: fixture.now)
        let scope = try #require(PageScope(parsing: "page:/shop*".utf8))
        let held = try fixture.hub.attach(
            shape: .frames(.hz60), resume: .head, within: scope, now: fixture.now)
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        Crowd(fixture).move("u", 1, 1)
        var texts = (less: "", held: "")
        #expect(
            try fixture.run {
                try watcher.read()
                texts.less += text(fixture, less)
                texts.held += text(fixture, held)
                return texts.less.contains("event: status") && texts.held.contains("event: status")
                    && watcher.messages.contains { $0.event == "status" }
            })
        let whole = try #require(watcher.messages.first { $0.event == "status" })
        #expect(whole.data.contains("\"log\":") && whole.data.contains("\"audience\":"))
        #expect(!texts.less.contains("\"log\":") && !texts.less.contains("\"audience\":"))
        #expect(texts.less.contains("\"pid\":42"))
        #expect(
            texts.held.contains(
                "event: status\ndata: {\"workers\":[],\"viewers\":1,\"totals\":{\"relayed\":0,"
                    + "\"offered\":0,\"delivered\":0,\"conflated\":0},\"uptime\":12.3}\n\n"))
    }

    /// Everything that a viewer without a connection is given.
    private func text(_ fixture: Fixture, _ viewer: ViewerID) -> String {
        var text = ""
        var vector = iovec()
        while fixture.hub.hasOutput(viewer) {
            let size = withUnsafeMutablePointer(to: &vector) {
                let vectors = UnsafeMutableBufferPointer(start: $0, count: 1)
                return fixture.hub.fillVectors(viewer, into: vectors, limit: 100_000)
            }
            guard size.byteCount > 0 else { break }
            let bytes = UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
            text += String(decoding: bytes, as: UTF8.self)
            fixture.hub.took(viewer, bytes: size.byteCount, now: fixture.now)
        }
        return text
    }

    @Test func itStaysWithinItsBound() throws {
        let fixture = try Fixture()
        Crowd(fixture).move("u", 1, 1)
        let whole = try status(fixture)
        #expect((whole["refused"] as? [String: Int])?["1002"] == 1)
        #expect((whole["log"] as? [[String: String]])?.first?["event"] == "ready")
        #expect(fixture.source.logLimit! > 59 * 1024)
        var counts: Set<Int> = []
        let optional: Set = ["audience", "sampling", "latency", "refused", "log"]
        for padding in stride(from: 60 * 1024 - 800, to: 60 * 1024 - 150, by: 3) {
            fixture.source.padding = padding
            var text = ByteBuffer()
            fixture.gateway.appendStatus(to: &text, now: fixture.now, limit: 60 * 1024)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.readable)) as? [String: Any])
            let told = optional.intersection(object.keys)
            counts.insert(told.count)
            // Without the parts that may be left out it is as long as the owner's texts make it.
            #expect(text.count <= 60 * 1024 || told.isEmpty)
            #expect(Set(object.keys).subtracting(optional).count == 6)
        }
        #expect(counts.contains(0) && counts.contains(5))
    }
}
