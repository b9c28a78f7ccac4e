import AccessControl
import ByteCore
import Foundation
import PosixIO
import ProxyWire
import Testing

@testable import ViewerGateway

/// Streams whose session or token ends.
@Suite struct FarewellTests {
    private func watcher(_ world: GateFixture, _ fields: String, _ query: String = "")
        throws -> Watcher
    {
        let before = world.fixture.gateway.viewerCount
        let watcher = try Watcher(world.fixture, "/receive/x" + query, fields)
        #expect(world.fixture.run { world.fixture.gateway.viewerCount == before + 1 })
        return watcher
    }

    private func isSignedOut(_ watcher: Watcher, _ world: GateFixture, why: String) throws {
        #expect(
            try world.fixture.run {
                try watcher.read()
                return watcher.client.hasEnded
            })
        #expect(watcher.messages.last?.event == "signed-out")
        #expect(watcher.messages.last?.data == "{\"why\":\"\(why)\"}")
    }

    private func delete(_ world: GateFixture, _ cookie: String) throws -> Int {
        let value = cookie.split(separator: "=", maxSplits: 1)[1].prefix {
            $0 != ";" && $0 != "\r" && $0 != "\r\n"
        }
        let key = try #require(SessionKey(cookie: Array(value.utf8)))
        let code = String(decoding: world.gate.authority.formToken(of: key), as: UTF8.self)
        let body = "{\"token\":\"\(code)\"}"
        return try world.fixture.answer(
            "DELETE /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\(cookie)\r\n\(body)"
        ).status
    }

    @Test(arguments: ["", "?shape=frames&hz=60"])
    func itSaysWhyAndEnds(query: String) throws {
        let world = try GateFixture()
        let cookie = try world.cookie(of: "ann")
        let mine = try watcher(world, cookie, query)
        let other = try watcher(world, try world.cookie(of: "ben"), query)
        #expect(try delete(world, cookie) == 204)
        try isSignedOut(mine, world, why: "signed-out")
        try other.read()
        #expect(!other.client.hasEnded && other.messages.allSatisfy { $0.event != "signed-out" })
        #expect(world.fixture.gateway.viewerCount == 1)
        #expect(world.gate.counters.streamsEnded == 1)
        guard case .ended(_, streams: 1)? = world.keeper.notes.last else {
            Issue.record("\(world.keeper.notes)")
            return
        }
    }

    @Test func alsoWithATokenThatIsTakenBackOrExpires() throws {
        let world = try GateFixture()
        let first = try watcher(world, GateFixture.bearer)
        world.fixture.gateway.tokensChanged(to: [])
        try isSignedOut(first, world, why: "revoked")
        let soon = AccessGate.instant().epochSeconds + 2
        world.fixture.gateway.tokensChanged(to: [GateFixture.programToken(expiresAt: soon)])
        let second = try watcher(world, GateFixture.bearer)
        try isSignedOut(second, world, why: "expired")
        let late = AccessGate.instant().epochSeconds - soon
        #expect((0...2).contains(late))
    }

    @Test func alsoWhomAProxyNamesAndMayLessNow() throws {
        var gateway = GatewaySettings()
        gateway.trust = .init(proxies: try .init(parsing: ["127.0.0.1"]))
        let world = try GateFixture(
            settings: AccessSettings(identityHeader: Array("remote-user".utf8)), gateway: gateway)
        let ann = try watcher(world, "Remote-User: ann\r\n")
        let ben = try watcher(world, "Remote-User: ben\r\n")
        world.fixture.gateway.adminsChanged(to: [
            GateFixture.admin("ann", .viewer), GateFixture.admin("ben", .viewer),
        ])
        try isSignedOut(ann, world, why: "changed")
        try ben.read()
        #expect(!ben.client.hasEnded && world.fixture.gateway.viewerCount == 1)
    }

    /// A viewer that takes what it is given room for, and has taken a good part of a message.
    private func stuck(_ world: GateFixture) throws -> MemoryTransport {
        let transport = MemoryTransport(pieceBytes: 7)
        transport.incoming = Array(
            "GET /receive/x HTTP/1.1\r\nHost: localhost\r\n\(try world.cookie(of: "ann"))\r\n".utf8)
        world.fixture.gateway.admit(
            transport, from: .unixSocket, world.fixture.poller, now: world.fixture.now)
        let crowd = Crowd(world.fixture)
        turn(world, transport, 1000)
        for x in 0..<50 { crowd.move("u\(x % 7)", Double(x), 0) }
        transport.room = transport.outgoing.count + 101
        turn(world, transport, 1000)
        #expect(transport.outgoing.count == transport.room && world.fixture.gateway.viewerCount == 1)
        return transport
    }

    private func turn(_ world: GateFixture, _ transport: MemoryTransport, _ count: Int) {
        for _ in 0..<count {
            transport.poll(world.fixture)
            world.fixture.turn()
        }
    }

    @Test func notInTheMiddleOfAMessage() throws {
        let world = try GateFixture()
        let transport = try stuck(world)
        world.fixture.gateway.adminsChanged(to: [])
        turn(world, transport, 3)
        #expect(world.fixture.gateway.viewerCount == 1)
        // It reads again before its time is over: whole messages, and the last says why.
        transport.room = .max
        turn(world, transport, 3000)
        #expect(world.fixture.gateway.viewerCount == 0)
        let messages = transport.text.components(separatedBy: "\n\n").dropLast()
        #expect(messages.last == "event: signed-out\ndata: {\"why\":\"removed\"}")
        let samples = messages.filter { $0.hasPrefix("id: ") }
        #expect(samples.count > 1 && samples.count < 50)
        let isWhole = samples.allSatisfy {
            $0.wholeMatch(of: /id: [0-9a-f]{16}-\d+\ndata: {"id":"u\d","x":\d+,"y":0}/) != nil
        }
        #expect(isWhole, "\(transport.text)")
    }

    /// Who reads nothing is closed within a second, whatever it was told.
    @Test func whoReadsNothingIsClosedWithinASecond() throws {
        let world = try GateFixture()
        let transport = try stuck(world)
        world.fixture.gateway.adminsChanged(to: [])
        turn(world, transport, 1)
        #expect(world.fixture.gateway.viewerCount == 1)
        var steps = 0
        while world.fixture.gateway.viewerCount > 0, steps < 300 {
            world.fixture.advance(seconds: 0.01)
            turn(world, transport, 1)
            steps += 1
        }
        #expect(!transport.text.contains("signed-out") && transport.outgoing.count == transport.room)
        // Real time has passed as well, so that fewer steps than a hundred are needed.
        #expect(steps <= 100)
    }
}
