import PosixIO
import Testing

@testable import ViewerGateway

/// Who gets a seat when all are taken: nobody can hold the port shut, however they hold their seats.
@Suite struct SeatTests {
    private static let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func fixture(seats: Int, viewers: Int = 1) throws -> Fixture {
        var settings = GatewaySettings()
        settings.connectionLimit = seats
        settings.viewerLimit = viewers
        return try Fixture(settings: settings)
    }

    /// A client that asks, and is answered where there is anything to answer.
    private func client(_ fixture: Fixture, _ request: String, receiveBufferBytes: Int32? = nil) throws
        -> Client
    {
        let client = try Client(fixture.gateway.address, receiveBufferBytes: receiveBufferBytes)
        let before = fixture.gateway.counters.connectionsAccepted
        client.send(request)
        #expect(fixture.run { fixture.gateway.counters.connectionsAccepted > before })
        for _ in 0..<5 { fixture.turn(timeoutMilliseconds: 1) }
        return client
    }

    private func isGone(_ client: Client) -> Bool {
        client.receive()
        return client.hasEnded
    }

    @Test func theIdlestMakesRoom() throws {
        let fixture = try fixture(seats: 3)
        let kept = try (0..<3).map { _ in try client(fixture, Self.health) }
        fixture.advance(seconds: 2)
        // The first one asks again: now the second has been idle for longest.
        kept[0].clear()
        kept[0].send(Self.health)
        #expect(
            fixture.run {
                kept[0].receive()
                return !kept[0].received.isEmpty
            })
        #expect(try fixture.get("/").status == 200)
        #expect(fixture.run { isGone(kept[1]) })
        #expect(!isGone(kept[0]) && !isGone(kept[2]))
        #expect(fixture.gateway.counters.connectionsEvicted == 1)
        #expect(fixture.gateway.counters.connectionsRefused == 0)
    }

    /// Half a head, nothing at all, an answer that is not read, many of them, a close that is not answered.
    @Test(arguments: [
        "", "GET /healthz HT", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", health,
        String(repeating: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 400),
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nx",
    ])
    func noWayToHoldASeatLasts(request: String) throws {
        let fixture = try fixture(seats: 4)
        let holders = try (0..<4).map { _ in try client(fixture, request, receiveBufferBytes: 4096) }
        // As long as the kernel takes what they do not read they are being answered.
        var sent = UInt64.max
        while sent != fixture.gateway.counters.bytesSent {
            sent = fixture.gateway.counters.bytesSent
            for _ in 0..<50 { fixture.turn(timeoutMilliseconds: 1) }
        }
        // Within the 2 s that the end of a connection is waited for, the 10 s of a head, the 30 s of an
        // answer.
        fixture.advance(seconds: 1.5)
        var newcomers: [Client] = []
        for count in 1...4 {
            newcomers.append(try client(fixture, Self.health))
            #expect(
                fixture.run {
                    newcomers[count - 1].receive()
                    return newcomers[count - 1].text.hasSuffix("ok\n")
                })
            #expect(fixture.gateway.counters.connectionsEvicted == count)
        }
        #expect(fixture.gateway.counters.connectionsRefused == 0)
        // Those who did not read may be long in finding out.
        #expect(fixture.gateway.connections.count == 4 && !newcomers.contains { isGone($0) })
        for holder in holders { holder.close() }
    }

    @Test func aStreamKeepsItsSeat() throws {
        let fixture = try fixture(seats: 4, viewers: 3)
        let watchers = try (0..<3).map { _ in try Watcher(fixture) }
        #expect(fixture.run { fixture.gateway.viewerCount == 3 })
        var clients: [Client] = []
        for _ in 0..<20 {
            fixture.advance(seconds: 1.5)
            clients.append(try client(fixture, Self.health))
        }
        #expect(fixture.gateway.viewerCount == 3 && fixture.gateway.connections.count == 4)
        #expect(fixture.gateway.counters.connectionsEvicted == 19)
        Crowd(fixture).move("u", 1, 1)
        #expect(
            try fixture.run {
                for watcher in watchers { try watcher.read() }
                return watchers.allSatisfy { !$0.messages.isEmpty }
            })
    }

    @Test func whereAllHaveWorkANewcomerIsToldSo() throws {
        let fixture = try fixture(seats: 2)
        let busy = try (0..<2).map { _ in try client(fixture, Self.health) }
        for target in ["/", "/receive/a", "/api/state", "/nothing"] {
            let answer = try fixture.get(target)
            #expect(answer.status == 503 && answer.text == "too many connections\n")
            #expect(answer.fields["connection"] == "close" && answer.fields["retry-after"] == "1")
        }
        for target in ["/healthz", "/readyz", "/metrics"] {
            let answer = try fixture.get(target)
            #expect(answer.status == 200 && answer.fields["connection"] == "close")
        }
        #expect(try fixture.answer("GET /healthz HTTP/1.1\r\nHost: example.com\r\n\r\n").status == 421)
        #expect(fixture.gateway.counters.connectionsRefused == 8)
        #expect(fixture.run { fixture.gateway.connections.count == 2 })
        #expect(!busy.contains { isGone($0) })
    }

    @Test func whoIsRefusedAndSaysNothingGoesSoon() throws {
        let fixture = try fixture(seats: 1)
        let busy = try client(fixture, Self.health)
        let silent = try (0..<70).map { _ in try Client(fixture.gateway.address) }
        // The oldest make room, and are told as well.
        #expect(fixture.run { silent.count { isGone($0) } >= 6 })
        #expect(fixture.gateway.connections.count <= 1 + Limits.refusalSeats)
        for client in silent where client.hasEnded { #expect(client.text.hasPrefix("HTTP/1.1 503 ")) }
        // With every seat of both kinds held, it can still be found out how the server does.
        for target in ["/healthz", "/metrics", "/readyz"] { #expect(try fixture.get(target).status == 200) }
        fixture.advance(seconds: 2.1)
        // The busy one has become an idle one by now; the others have had their time.
        #expect(fixture.run { silent.allSatisfy { isGone($0) } })
        for client in silent { #expect(client.text.hasPrefix("HTTP/1.1 503 ")) }
        #expect(!isGone(busy))
    }
}
