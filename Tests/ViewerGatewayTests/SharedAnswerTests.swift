import Foundation
import PosixIO
import Testing

@testable import ViewerGateway

/// Answers that are dear to make are made seldom, a piece at a time, and for all who ask.
@Suite struct SharedAnswerTests {
    private static let state = "GET /api/state HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func visitors(_ response: Response) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return try #require(object?["visitors"] as? [[String: Any]])
    }

    private func unlisted(_ response: Response) throws -> Int? {
        let object = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return object?["unlisted"] as? Int
    }

    @Test(arguments: ["/api/state", "/metrics"])
    func tenASecondAreMadeHoweverManyAsk(target: String) throws {
        let fixture = try Fixture()
        let request = "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let clients = try (0..<10).map { _ in try Client(fixture.gateway.address) }
        var asked = [Int](repeating: 0, count: 10)
        var answered = 0
        let began = fixture.now
        for client in clients { client.send(request) }
        // A second of the gateway's clock, ten milliseconds at a time; who is answered asks again.
        for _ in 0..<100 {
            for _ in 0..<4 { fixture.turn(timeoutMilliseconds: 1) }
            for (index, client) in clients.enumerated() {
                client.receive()
                let count = Response.parse(client.received, isHead: false, ended: false).count
                answered += count - asked[index]
                for _ in asked[index]..<count { client.send(request) }
                asked[index] = count
            }
            fixture.advance(seconds: 0.01)
        }
        let made = target == "/metrics" ? fixture.source.metrics : fixture.source.states
        // The clock goes on by itself as well.
        let seconds = Double(fixture.now - began) / 1e9
        #expect(made >= 8 && Double(made) <= seconds * 10 + 1)
        #expect(answered >= made * 8)
    }

    @Test func nobodyGetsWhatIsOlderThanTheirQuestion() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for x in 1...20 {
            crowd.move("u\(x)", Double(x), 0)
            #expect(try visitors(fixture.get("/api/state")).count == x)
        }
    }

    @Test func theHeadAloneCostsNothing() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for target in ["/api/state", "/metrics"] {
            let first = try fixture.get(target, method: "HEAD")
            #expect(first.status == 200 && first.body.isEmpty)
            let made = (fixture.source.states, fixture.source.metrics)
            for x in 0..<50 {
                crowd.move("u\(x)", 1, 1)
                let next = try fixture.get(target, method: "HEAD")
                #expect(next.lastingFields == first.lastingFields)
            }
            #expect(made == (fixture.source.states, fixture.source.metrics))
        }
    }

    @Test func theStateOfManyIsMadeInPieces() throws {
        let fixture = try Fixture()
        let crowd = Crowd(fixture)
        for index in 0..<20_000 { crowd.move("visitor\(index)", Double(index), 0) }
        for _ in 0..<3 { crowd.move("visitor77", 1, 1) }
        crowd.move("visitor5", 1, 1)
        fixture.turn()
        let early = try Client(fixture.gateway.address)
        early.send(Self.state)
        #expect(fixture.run { fixture.gateway.draft != nil })
        // Who has been found, and leaves before being written down, is left out; who asks now gets the next.
        for _ in 0..<10 { fixture.turn() }
        crowd.leave("visitor10100")
        let late = try Client(fixture.gateway.address)
        late.send(Self.state)
        var turns = 0
        while fixture.gateway.draft != nil, turns < 1000 {
            #expect(fixture.gateway.nextDeadline(now: 1) == 1)
            fixture.turn()
            turns += 1
        }
        // Twenty thousand entries to look at, ten thousand to write down.
        #expect(turns > 12 && fixture.source.states == 1)
        func answer(_ client: Client) throws -> Response {
            #expect(
                fixture.run {
                    client.receive()
                    return !Response.parse(client.received, isHead: false, ended: false).isEmpty
                })
            return try #require(Response.parse(client.received, isHead: false, ended: false).first)
        }
        let listed = try visitors(try answer(early))
        #expect(listed.count == 9_999)
        let ids = listed.prefix(4).compactMap { $0["id"] as? String }
        #expect(ids == ["visitor77", "visitor5", "visitor19999", "visitor19998"])
        let later = try answer(late)
        #expect(try visitors(later).count == 10_000)
        // Nobody is missing without a word.
        #expect(try unlisted(later) == 9_999)
        #expect(fixture.source.states == 2)
    }

    @Test func aTurnAnswersSoManyRequests() throws {
        let fixture = try Fixture()
        let health = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        let clients = try (0..<30).map { _ in try Client(fixture.gateway.address) }
        for client in clients { client.send(String(repeating: health, count: 100)) }
        var most: UInt64 = 0
        var answered: UInt64 = 0
        #expect(
            fixture.run {
                let now = fixture.gateway.counters.requests[2]
                most = max(most, now - answered)
                answered = now
                return answered == 3000
            })
        #expect(most > 32 && most <= UInt64(Limits.requestsPerTurn + Limits.requestsPerConnection))
        #expect(
            fixture.run {
                for client in clients { client.receive() }
                return clients.allSatisfy { $0.text.matches(of: /ok\n/).count == 100 }
            })
    }

    @Test func whoWaitsIsAnsweredBeforeTheEnd() throws {
        let fixture = try Fixture()
        _ = try fixture.get("/api/state")
        let client = try Client(fixture.gateway.address)
        client.send(Self.state)
        #expect(fixture.run { !fixture.gateway.demands[SharedAnswer.state.rawValue].waiting.isEmpty })
        fixture.gateway.beginStop(fixture.poller, now: fixture.now)
        #expect(
            fixture.run {
                client.receive()
                return client.hasEnded
            })
        #expect(Response.parse(client.received, isHead: false, ended: true).first?.status == 200)
        #expect(fixture.run { fixture.gateway.isDrained })
    }

    @Test func whoWaitsAndGoesIsForgotten() throws {
        let fixture = try Fixture()
        _ = try fixture.get("/api/state")
        let client = try Client(fixture.gateway.address)
        client.send(Self.state)
        #expect(fixture.run { !fixture.gateway.demands[SharedAnswer.state.rawValue].waiting.isEmpty })
        client.close()
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(try fixture.get("/api/state").status == 200)
    }
}
