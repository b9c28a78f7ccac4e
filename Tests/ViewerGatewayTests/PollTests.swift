import AccessControl
import BroadcastHub
import Foundation
import PosixIO
import RateControl
import Testing

@testable import ViewerGateway

/// Long polls over real sockets.
@Suite struct PollTests {
    /// Asks, and turns until the poll waits or is answered.
    private func ask(_ fixture: Fixture, _ target: String, _ fields: String = "") throws -> Client {
        let client = try Client(fixture.gateway.address)
        client.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        _ = fixture.run {
            client.receive()
            return !fixture.gateway.polls.isEmpty || !client.received.isEmpty
        }
        return client
    }

    private func answer(_ fixture: Fixture, _ client: Client) throws -> Response {
        var answers: [Response] = []
        _ = fixture.run {
            client.receive()
            answers = Response.parse(client.received, isHead: false, ended: client.hasEnded)
            return !answers.isEmpty
        }
        client.clear()
        return try #require(answers.first)
    }

    private func lastID(_ text: String) -> String {
        text.split(separator: "\n").last { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) } ?? ""
    }

    @Test func oneConnectionAsksAgainAndAgain() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        let client = try ask(fixture, "/poll/ann")
        #expect(fixture.gateway.polls.count == 1 && client.received.isEmpty)
        crowd.move("u", 1, 2)
        let first = try answer(fixture, client)
        #expect(first.status == 200 && first.fields["content-type"] == "text/event-stream")
        #expect(first.fields["cache-control"] == "no-store" && first.fields["connection"] == "keep-alive")
        #expect(first.text == "id: 00c0ffee00c0ffee-1\ndata: {\"id\":\"u\",\"x\":1,\"y\":2}\n\n")
        for x in 2...4 { crowd.move("u", Double(x), 2) }
        fixture.turn()
        client.send("GET /poll/ann?cursor=\(lastID(first.text)) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let second = try answer(fixture, client)
        #expect(second.text.split(separator: "\n\n").count == 3 && lastID(second.text).hasSuffix("-4"))
        #expect(fixture.gateway.counters.polls[PollOutcome.messages.rawValue] == 2)
        #expect(fixture.hub.counters.offered == 4 && fixture.hub.counters.delivered == 4)
    }

    @Test func whatComesCloseTogetherComesInOneAnswer() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        crowd.move("u", 1, 2)
        fixture.turn()
        let client = try ask(fixture, "/poll/ann?shape=frames&hz=1&cursor=00c0ffee00c0ffee-1")
        for x in 2...9 {
            crowd.move("u", Double(x), 2)
            fixture.turn()
        }
        client.receive()
        #expect(client.received.isEmpty && fixture.gateway.polls.count == 1)
        fixture.advance(seconds: 1)
        let frame = try answer(fixture, client)
        #expect(frame.text.contains("event: frame") && frame.text.split(separator: #""x""#).count == 9)
    }

    @Test func withoutAnythingItEndsInTime() throws {
        let fixture = try Fixture()
        Crowd(fixture).move("u", 1, 2)
        fixture.turn()
        let client = try ask(fixture, "/poll/ann?cursor=00c0ffee00c0ffee-1")
        fixture.advance(seconds: 24.9)
        fixture.turn()
        client.receive()
        #expect(client.received.isEmpty)
        #expect(fixture.gateway.nextDeadline(now: fixture.now)! <= fixture.now + 100_000_000)
        fixture.advance(seconds: 0.1)
        let nothing = try answer(fixture, client)
        #expect(nothing.status == 200 && nothing.text.isEmpty && nothing.fields["content-length"] == "0")
        // Where it does not know where it stands it is told.
        let unanchored = try ask(fixture, "/poll/ann")
        fixture.advance(seconds: 1)
        let cursor = try answer(fixture, unanchored)
        #expect(cursor.text == "id: 00c0ffee00c0ffee-1\nevent: cursor\ndata: {\"n\":1}\n\n")
        #expect(fixture.gateway.counters.polls[PollOutcome.nothing.rawValue] == 2)
    }

    @Test func framesBeginWithAKeyframeAndTheStatusComes() throws {
        let fixture = try Fixture()
        Crowd(fixture).move("u", 1, 2, page: "/a")
        fixture.turn()
        let client = try ask(fixture, "/poll/ann?shape=frames&page=/a")
        let first = try answer(fixture, client)
        #expect(first.text.contains("event: keyframe") && first.text.contains(#"[{"id":"u""#))
        client.send(
            "GET /poll/ann?shape=frames&page=/a&cursor=\(lastID(first.text)) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        _ = fixture.run { !fixture.gateway.polls.isEmpty }
        fixture.advance(seconds: 1.1)
        let second = try answer(fixture, client)
        #expect(second.text.contains("event: status\ndata: {\"workers\":[{\"pid\":42"))
        // Of another filter: a boot that this one does not know.
        let third = try answer(
            fixture, try ask(fixture, "/poll/ann?shape=frames&cursor=\(lastID(first.text))"))
        #expect(third.text.contains("event: keyframe"))
    }

    @Test(arguments: ["x", "00c0ffee00c0ffee-", "-1", "%FF", "%2", "00c0ffee00c0ffee-1x"])
    func whatIsNoCursorIsRefused(cursor: String) throws {
        let answer = try Fixture().get("/poll/ann?cursor=\(cursor)")
        #expect(answer.status == 400 && answer.text.hasPrefix("cursor "))
    }

    @Test func methodsAndNames() throws {
        let fixture = try Fixture()
        let head = try fixture.get("/poll/ann", method: "HEAD")
        #expect(head.status == 200 && head.fields["content-type"] == "text/event-stream")
        #expect(try fixture.get("/poll/ann", method: "POST").status == 405)
        #expect(try fixture.get("/poll/a+b").status == 404 && fixture.get("/poll/").status == 404)
        #expect(try fixture.get("/poll/ann?shape=other").text.hasPrefix("shape "))
        #expect(try fixture.get("/poll/ann?shape=frames&hz=3").text.hasPrefix("hz "))
        #expect(fixture.gateway.polls.isEmpty)
    }

    @Test func whoGoesIsForgotten() throws {
        let fixture = try Fixture()
        let client = try ask(fixture, "/poll/ann")
        #expect(fixture.gateway.viewerCount == 1)
        client.close()
        #expect(fixture.run { fixture.gateway.polls.isEmpty })
        #expect(fixture.gateway.viewerCount == 0 && fixture.hub.counters.viewers == 0)
        #expect(fixture.gateway.counters.polls[PollOutcome.gone.rawValue] == 1)
    }

    /// A poll keeps its seat while it waits, as a stream does.
    @Test func aPollIsNotTheIdlest() throws {
        var settings = GatewaySettings()
        settings.connectionLimit = 2
        let fixture = try Fixture(settings: settings)
        let client = try ask(fixture, "/poll/ann?cursor=00c0ffee00c0ffee-0")
        fixture.advance(seconds: 5)
        let others = try (0..<4).map { _ in try Client(fixture.gateway.address) }
        for _ in 0..<20 { fixture.turn(timeoutMilliseconds: 1) }
        client.receive()
        #expect(!client.hasEnded && fixture.gateway.polls.count == 1)
        _ = others
    }

    @Test func somebodyWatchesBetweenTwoPollsToo() throws {
        let fixture = try Fixture()
        let changes = fixture.gateway.audienceChanges
        let client = try ask(fixture, "/poll/ann?shape=frames&hz=30&cursor=00c0ffee00c0ffee-0")
        #expect(fixture.gateway.isWatched && fixture.gateway.audienceChanges == changes + 1)
        #expect(fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now).count == 1)
        Crowd(fixture).move("u", 1, 2)
        _ = try answer(fixture, client)
        #expect(fixture.gateway.polls.isEmpty && fixture.gateway.isWatched)
        let demand = fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now)
        #expect(demand.count == 1 && demand.rate > 0)
        fixture.advance(seconds: 3)
        client.close()
        #expect(fixture.run { !fixture.gateway.isWatched })
        #expect(fixture.gateway.audienceChanges == changes + 2)
        #expect(fixture.gateway.demand(samplesPerSecond: 0, now: fixture.now).count == 0)
    }

    @Test func aServerThatStopsAnswers() throws {
        let fixture = try Fixture()
        let client = try ask(fixture, "/poll/ann?cursor=00c0ffee00c0ffee-0")
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        let last = try answer(fixture, client)
        #expect(last.status == 200 && last.text.isEmpty)
        client.close()
        #expect(fixture.run { fixture.gateway.isDrained })
    }

    @Test func whatThereIsNoMemoryForIs503() throws {
        let fixture = try Fixture(heldBytes: 2_000)
        let crowd = Crowd(fixture)
        for x in 0..<60 { crowd.move("u", Double(x), 2) }
        fixture.turn()
        let client = try ask(fixture, "/poll/ann?cursor=00c0ffee00c0ffee-0")
        #expect(try answer(fixture, client).status == 503)
        #expect(fixture.gateway.counters.polls[PollOutcome.memory.rawValue] == 1)
    }

    @Test func aPollEndsWithItsSession() throws {
        let gated = try GateFixture()
        let fixture = gated.fixture
        #expect(try fixture.get("/poll/ann").status == 401)
        let fields = try gated.cookie(of: "ben")
        let client = try ask(fixture, "/poll/ann?cursor=00c0ffee00c0ffee-0", fields)
        #expect(fixture.gateway.streams(of: GateFixture.name("ben")) == 1)
        fixture.gateway.adminsChanged(to: [GateFixture.admin("ann", .operator)])
        Crowd(fixture).move("u", 1, 2)
        let last = try answer(fixture, client)
        #expect(last.text == "event: signed-out\ndata: {\"why\":\"removed\"}\n\n")
        #expect(fixture.gateway.streams(of: GateFixture.name("ben")) == 0)
        #expect(fixture.gateway.counters.polls[PollOutcome.signedOut.rawValue] == 1)
    }

    @Test func aScopeBoundsWhatIsPolled() throws {
        let gated = try GateFixture()
        let fixture = gated.fixture
        let crowd = Crowd(fixture)
        let fields = try gated.cookie(of: "cy")
        let client = try ask(fixture, "/poll/cy?page=/private&page=/shop/a&visitor=u&visitor=v", fields)
        crowd.move("u", 1, 2, page: "/private")
        crowd.move("v", 3, 4, page: "/shop/a")
        let seen = try answer(fixture, client)
        #expect(seen.text.contains(#"{"id":"v","x":3"#) && !seen.text.contains("private"))
    }
}
