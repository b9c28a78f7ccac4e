import AccessControl
import BroadcastHub
import Foundation
import PosixIO
import RateControl
import TestSupport
import Testing

@testable import ViewerGateway

/// Whom somebody looks at closely, and what those who watch have a use for.
@Suite struct LookTests {
    static func words(_ text: String, piece: Int) -> [FrontLines.Word] {
        var lines = FrontLines()
        var said: [FrontLines.Word] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            Array(rest.prefix(piece)).withUnsafeBytes { lines.receive($0) { word, _ in said.append(word) } }
            rest = rest.dropFirst(piece)
        }
        return said
    }

    static func ids(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let word = "K1rPq0cX2mVz7yQw"

    // MARK: The terminal's lines

    @Test(arguments: [1, 2, 7, 1000])
    func linesOfTheFront(piece: Int) {
        let longest = String(repeating: "a", count: 64)
        let said = Self.words(
            """
            look user123
            look
            look a b
            look \(longest)
            look \(longest)a
            look \n\
            looks x
            look\tx
            look x\u{7f}
            look é😀
            detach
            look unfinished
            """, piece: piece)
        #expect(
            said == [
                .look(Array("user123".utf8)), .look([]), .look(Array("a b".utf8)),
                .look(Array(longest.utf8)), .look(Array("é😀".utf8)), .detach,
            ])
    }

    @Test func whatIsNoUTF8IsNoID() {
        var lines = FrontLines()
        var count = 0
        let bytes = Array("look ".utf8) + [0xC3, 0x28, 0x0A]
        bytes.withUnsafeBytes { lines.receive($0) { _, _ in count += 1 } }
        #expect(count == 0)
    }

    @Test func theTerminalLooksAtWhoIsThere() throws {
        let fixture = try Fixture()
        let front = try attachFront(fixture)
        let crowd = Crowd(fixture)
        crowd.move("u", 1, 1)
        front.send("look u\n")
        #expect(fixture.run { fixture.gateway.looks(now: fixture.now) == Self.ids("u") })
        let changes = fixture.gateway.audienceChanges
        // The same once more is no news.
        front.send("look u\nlook u\n")
        for _ in 0..<5 { fixture.turn() }
        #expect(fixture.gateway.audienceChanges == changes)
        crowd.leave("u")
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty)
        crowd.move("u", 1, 1)
        #expect(fixture.gateway.looks(now: fixture.now) == Self.ids("u"), "whoever comes back is still meant")
        front.send("look\n")
        #expect(fixture.run { fixture.gateway.looks(now: fixture.now).isEmpty })
        front.send("look u\n")
        #expect(fixture.run { !fixture.gateway.looks(now: fixture.now).isEmpty })
        front.close()
        #expect(fixture.run { fixture.gateway.looks(now: fixture.now).isEmpty })
    }

    /// Somebody sits there for years and goes through lists.
    @Test func whatIsUnderstoodIsNeverTooMuch() throws {
        let fixture = try Fixture()
        let front = try attachFront(fixture)
        for round in 0..<2_000 {
            front.send("look visitor with a rather long name for a visitor \(round)\n")
            fixture.turn()
        }
        for _ in 0..<20 { fixture.turn() }
        #expect(fixture.gateway.isFrontAttached)
    }

    // MARK: POST /api/look

    func body(_ id: String?, word: String = word, token: String? = nil) -> String {
        let id = id.map { "\"\($0)\"" } ?? "null"
        return #"{"viewer":"\#(word)","id":\#(id)\#(token.map { #","token":"\#($0)""# } ?? "")}"#
    }

    func post(
        _ fixture: Fixture, _ body: String, _ fields: String = "", type: String = "application/json"
    ) throws -> Response {
        try fixture.answer(
            "POST /api/look HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", byteByByte: body.utf8.count < 64)
    }

    func watch(_ fixture: Fixture, word: String = word, _ fields: String = "") throws -> Watcher {
        let before = fixture.gateway.streamCount
        let watcher = try Watcher(
            fixture, "/receive/ann?shape=frames&hz=30&viewer=\(word)", fields)
        #expect(fixture.run { fixture.gateway.streamCount == before + 1 })
        return watcher
    }

    @Test func aLookHoldsAsLongAsItsStream() throws {
        let fixture = try Fixture()
        Crowd(fixture).move("u", 1, 1)
        let watcher = try watch(fixture)
        #expect(try post(fixture, body("u")).status == 204)
        #expect(fixture.gateway.looks(now: fixture.now) == Self.ids("u"))
        #expect(try post(fixture, body("nobody")).status == 204, "who is there is nobody's business")
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty)
        #expect(try post(fixture, body("u")).status == 204)
        #expect(try post(fixture, body(nil)).status == 204)
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty)
        #expect(try post(fixture, body("u"), "Origin: http://localhost\r\n").status == 204)
        watcher.client.close()
        #expect(fixture.run { fixture.gateway.streamCount == 0 })
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty)
        #expect(try post(fixture, body("u")).status == 404)
    }

    @Test func twoWhoLookAtOneAreOneLook() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for id in ["u", "v"] { crowd.move(id, 1, 1) }
        let first = try watch(fixture)
        let second = try watch(fixture, word: "another-word-of-mine")
        #expect(try post(fixture, body("u")).status == 204)
        #expect(try post(fixture, body("u", word: "another-word-of-mine")).status == 204)
        #expect(fixture.gateway.looks(now: fixture.now) == Self.ids("u"))
        first.client.close()
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        #expect(fixture.gateway.looks(now: fixture.now) == Self.ids("u"))
        _ = second
    }

    @Test func misuseIsRefusedAndCounted() throws {
        let fixture = try Fixture()
        let watcher = try watch(fixture)
        _ = watcher
        #expect(try fixture.get("/api/look").status == 405)
        #expect(try post(fixture, body("u"), type: "text/plain").status == 415)
        #expect(try post(fixture, body("u"), "Origin: https://evil.example\r\n").status == 403)
        #expect(try post(fixture, body("u"), "Origin: null\r\n").status == 403)
        // Another server of the same machine.
        #expect(try post(fixture, body("u"), "Origin: http://localhost:3000\r\n").status == 403)
        for broken in [
            "", "{", "[]", "null", #"{"viewer":"\#(Self.word)"}"#, #"{"id":"u"}"#, body("u") + "x",
            #"{"viewer":"\#(Self.word)","id":1}"#, #"{"viewer":"\#(Self.word)","id":""}"#,
            #"{"viewer":"\#(Self.word)","id":"a","id":"b"}"#, #"{"viewer":"\#(Self.word)","id":"a\u0000"}"#,
        ] {
            #expect(try post(fixture, broken).status == 400, "\(broken)")
        }
        #expect(try post(fixture, body("u", word: "K1rPq0cX2mVz7yQx")).status == 404)
        #expect(try post(fixture, body("u", word: "")).status == 404, "a stream without a word is nobody's")
        let long = body(String(repeating: "u", count: 1200))
        #expect(try post(fixture, long).status == 413)
        for rest in ["Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "\r\n", "\r\n\(body("u"))"] {
            let unsized = try fixture.answer(
                "POST /api/look HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(rest)")
            #expect(unsized.status == 411, "\(rest)")
        }
        let metrics = try fixture.get("/metrics").text
        for (reason, count) in [("forged", 3), ("malformed", 11), ("no-stream", 2), ("too-often", 0)] {
            let line = "pointerscope_looks_refused_total{reason=\"\(reason)\"} \(count)\n"
            #expect(metrics.contains(line), "\(reason)")
        }
    }

    @Test(arguments: ["short", "fifteen-letters", String(repeating: "a", count: 65), "not%20a%20word-at-all"])
    func aWordThatCanBeGuessedIsNone(word: String) throws {
        let fixture = try Fixture()
        #expect(try fixture.get("/receive/ann?viewer=\(word)").status == 400)
        #expect(try post(fixture, body("u", word: "short")).status == 404)
    }

    // MARK: Under --auth password

    @Test func aSessionLooksWithItsCodeAndOnlyByItsOwnStreams() throws {
        let world = try GateFixture()
        let fixture = world.fixture
        Crowd(fixture).move("u", 1, 1, page: "/other")
        let ann = try world.cookie(of: "ann")
        let ben = try world.cookie(of: "ben")
        let watcher = try watch(fixture, ann)
        _ = watcher
        func code(_ cookie: String) throws -> String {
            let text = try fixture.get("/api/session", cookie).text
            let parts = text.components(separatedBy: "\"token\":\"")
            return String(try #require(parts.dropFirst().first).prefix { $0 != "\"" })
        }
        #expect(try post(fixture, body("u")).status == 401)
        #expect(try post(fixture, body("u"), ann).status == 403)
        #expect(
            try post(fixture, body("u", token: try code(ben)), ann).status == 403)
        #expect(
            try post(fixture, body("u", token: try code(ben)), ben).status == 404,
            "it is ann's stream")
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty)
        #expect(
            try post(fixture, body("u", token: try code(ann)), ann).status == 204)
        #expect(fixture.gateway.looks(now: fixture.now) == Self.ids("u"))
    }

    @Test func whoMayWatchTheShopLooksAtNobodyElse() throws {
        let world = try GateFixture()
        let fixture = world.fixture
        let crowd = Crowd(fixture)
        crowd.move("inside", 1, 1, page: "/shop/a")
        crowd.move("outside", 1, 1, page: "/other")
        let cy = try world.cookie(of: "cy")
        let watcher = try watch(fixture, cy)
        _ = watcher
        let text = try fixture.get("/api/session", cy).text
        let parts = text.components(separatedBy: "\"token\":\"")
        let code = String(try #require(parts.dropFirst().first).prefix { $0 != "\"" })
        for (id, expected) in [("outside", []), ("inside", Self.ids("inside"))] {
            #expect(try post(fixture, body(id, token: code), cy).status == 204)
            #expect(fixture.gateway.looks(now: fixture.now) == expected, "\(id)")
        }
        crowd.move("inside", 1, 1, page: "/other")
        #expect(fixture.gateway.looks(now: fixture.now).isEmpty, "they went where cy may not look")
    }

    // MARK: What is wanted

    @Test func theFastestStreamIsWhatIsWanted() throws {
        let fixture = try Fixture()
        #expect(fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now) == ViewerDemand())
        let front = try attachFront(fixture)
        _ = front
        #expect(fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now).rate == 30)
        let watcher = try Watcher(fixture)
        _ = watcher
        #expect(fixture.run { fixture.gateway.streamCount == 2 })
        let demand = fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now)
        #expect(demand.rate == 120 && demand.count == 2 && demand.behind == 0)
    }

    @Test func whoTakesNothingIsSoonNobody() throws {
        let fixture = try Fixture()
        let watcher = try Watcher(fixture, buffer: 4096)
        _ = watcher
        #expect(fixture.run { fixture.gateway.streamCount == 1 })
        let crowd = Crowd(fixture)
        #expect(
            fixture.run {
                for visitor in 0..<500 { crowd.move("visitor \(visitor)", 1, 2) }
                return fixture.gateway.samplesRound.viewers[0].isBlocked
            })
        #expect(fixture.gateway.demand(samplesPerSecond: 10, now: fixture.now).behind == 1)
        let much = fixture.gateway.demand(samplesPerSecond: 1e9, now: fixture.now)
        #expect(much.behind == 0, "less than half a second of it")
        let later = fixture.gateway.demand(samplesPerSecond: 10, now: fixture.now + 1_000_000_000)
        #expect(later.behind == 0 && later.count == 1, "it does not get along with less either")
        #expect(
            fixture.gateway.demand(samplesPerSecond: 10, now: fixture.now + 6_000_000_000).count == 0)
    }
}
