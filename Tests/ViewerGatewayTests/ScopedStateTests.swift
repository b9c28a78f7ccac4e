import AccessControl
import Foundation
import PointerEvents
import Testing

@testable import ViewerGateway

/// `/api/state` for who may watch some pages.
@Suite struct ScopedStateTests {
    private func state(_ world: GateFixture, _ fields: String) throws -> [String: Any] {
        let answer = try world.fixture.get("/api/state", fields)
        #expect(answer.status == 200)
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    private func ids(_ state: [String: Any]) -> [String] {
        (state["visitors"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }.sorted()
    }

    @Test func hasTheVisitorsOfThosePagesAndNothingOfTheServer() throws {
        let world = try GateFixture()
        let crowd = Crowd(world.fixture)
        crowd.move("in", 1, 1, page: "/shop/cart")
        crowd.move("out", 1, 1, page: "/legal")
        crowd.move("nowhere", 1, 1)
        world.fixture.turn()
        let scoped = try state(world, try world.cookie(of: "cy"))
        #expect(ids(scoped) == ["in"])
        #expect((scoped["workers"] as? [Any])?.isEmpty == true)
        #expect((scoped["totals"] as? [String: Any])?["received"] == nil)
        let whole = try state(world, try world.cookie(of: "ben"))
        #expect(ids(whole) == ["in", "nowhere", "out"])
        #expect((whole["workers"] as? [Any])?.count == 1)
    }

    /// Many who may watch the same pages are answered together, and nothing is kept of it.
    @Test func isSharedByWhoMayWatchTheSame() throws {
        let names = (0..<8).map { "p\($0)" }
        let world = try GateFixture(admins: names.map { GateFixture.admin($0, .viewer, GateFixture.shop) })
        let clients = try names.map { name in
            let client = try Client(world.fixture.gateway.address)
            client.send("GET /api/state HTTP/1.1\r\nHost: localhost\r\n\(try world.cookie(of: name))\r\n")
            return client
        }
        var most = 0
        #expect(
            world.fixture.run {
                most = max(most, world.fixture.gateway.scopedStates.count)
                for client in clients { client.receive() }
                return clients.allSatisfy { $0.text.hasPrefix("HTTP/1.1 200 ") }
            })
        #expect(most == 1)
        world.fixture.advance(seconds: 1)
        world.fixture.turn()
        world.fixture.turn()
        #expect(world.fixture.gateway.scopedStates.isEmpty)
    }

    /// As many scopes as there may be are watched: who asks for another is told so, who asks for one of them
    /// is answered.
    @Test func beyondSixteenScopesIs503() throws {
        let admins = (0..<17).map { index in
            GateFixture.admin("p\(index)", .viewer, PageScope(parsing: Array("page:/\(index)".utf8))!)
        }
        let world = try GateFixture(admins: admins)
        let cookies = try admins.map { try world.cookie(of: $0.name.text) }
        let watchers = try cookies.prefix(16).map { try Watcher(world.fixture, "/receive/x", $0) }
        #expect(world.fixture.run { world.fixture.gateway.viewerCount == 16 })
        #expect(try state(world, cookies[3])["viewers"] as? Int == 1)
        let beyond = try world.fixture.get("/api/state", cookies[16])
        #expect(beyond.status == 503 && beyond.text.contains("16"))
        #expect(try world.fixture.get("/receive/x", cookies[16]).status == 503)
        #expect(watchers.count == 16)
    }
}
