import AccessControl
import Foundation
import Testing

@testable import ViewerGateway

/// Sign-ins that wait for a hash, which another process computes.
@Suite struct HashWaitTests {
    @Test func waitsHoweverLongAndIsAnswered() throws {
        let world = try GateFixture()
        let client = try Client(world.fixture.gateway.address)
        let id = try #require(world.signIn(by: client))
        #expect(world.keeper.compared.map(\.password) == [Array("correct horse".utf8)])
        #expect(world.keeper.compared.first?.hash == .decoy)
        // No timeout of a request ends what waits for us.
        for _ in 0..<5 {
            world.fixture.advance(seconds: 60)
            world.fixture.turn()
            client.receive()
        }
        #expect(client.received.isEmpty && !client.hasEnded)
        let answer = try world.answer(id, .matches, to: client)
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix(#"{"name":"ann","role":"operator","scope":null,"endsAt":"#))
        #expect(answer.fields["set-cookie"]?.hasPrefix("pointerscope-device=") == true)
        #expect(client.text.contains("\r\nSet-Cookie: pointerscope="))
        #expect(client.text.contains("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax\r\n"))
        #expect(world.gate.authority.sessionCount == 1 && world.gate.hashing.isEmpty)
        #expect(world.keeper.words == ["signedIn"])
    }

    @Test func aWrongPasswordAndAnUnknownNameAreAnsweredAlike() throws {
        var texts: Set<String> = []
        for name in ["ann", "nobody", "n\\u0000"] {
            let world = try GateFixture()
            let client = try Client(world.fixture.gateway.address)
            let id = try #require(
                world.signIn("{\"name\":\"\(name)\",\"password\":\"wrong horse x\"}", by: client))
            let answer = try world.answer(id, .differs, to: client)
            #expect(answer.status == 401 && answer.fields["set-cookie"] == nil)
            texts.insert(answer.text)
            #expect(world.keeper.words == ["refused"] && world.gate.authority.sessionCount == 0)
        }
        #expect(texts == ["{\"why\":\"credentials\"}\n"])
    }

    @Test func whereThereIsNoRoomItSaysWhenToComeAgain() throws {
        let world = try GateFixture()
        world.keeper.isFullFor = 4
        let client = try Client(world.fixture.gateway.address)
        #expect(world.signIn(by: client) == nil)
        _ = world.fixture.run {
            client.receive()
            return client.text.contains("}\n")
        }
        let answer = try #require(Response.parse(client.received, isHead: false, ended: false).first)
        #expect(answer.status == 503 && answer.fields["retry-after"] == "4")
        #expect(world.gate.counters[.overloaded] == 1 && world.keeper.words == ["overloaded"])
        #expect(world.gate.hashing.isEmpty)
        // It was no failure: the next tries are free still.
        world.keeper.isFullFor = nil
        for _ in 0..<5 {
            let client = try Client(world.fixture.gateway.address)
            let id = try #require(world.signIn(by: client))
            #expect(try world.answer(id, .differs, to: client).status == 401)
        }
        let last = try Client(world.fixture.gateway.address)
        #expect(world.signIn(by: last) == nil)
        #expect(last.text.hasPrefix("HTTP/1.1 429 ") && last.text.contains("\r\nRetry-After: 1\r\n"))
    }

    @Test func aHashThatFailsIs503AndNoTry() throws {
        let world = try GateFixture()
        for _ in 0..<12 {
            let client = try Client(world.fixture.gateway.address)
            let id = try #require(world.signIn(by: client))
            let answer = try world.answer(id, .failed, to: client)
            #expect(answer.status == 503 && answer.fields["retry-after"] == "1")
        }
        #expect(world.gate.counters[.overloaded] == 12)
    }

    @Test func whoEndsWhatTheySayIsAnsweredStill() throws {
        let world = try GateFixture()
        let client = try Client(world.fixture.gateway.address)
        let id = try #require(world.signIn(by: client))
        client.endWriting()
        for _ in 0..<5 { world.fixture.turn(timeoutMilliseconds: 1) }
        #expect(world.keeper.cancelled.isEmpty)
        #expect(try world.answer(id, .matches, to: client).status == 200)
    }

    @Test(arguments: [true, false])
    func whoGoesMeanwhileIsForgotten(isGivenUp: Bool) throws {
        let world = try GateFixture()
        world.keeper.canCancel = isGivenUp
        let client = try Client(world.fixture.gateway.address)
        // Who closes with an answer unread goes for good; who only ends what they say may still listen.
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        var id: UInt64 = 0
        let body = #"{"name":"ann","password":"correct horse"}"#
        client.send(
            "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(
            world.fixture.run {
                id = world.keeper.next() ?? 0
                return id > 0
            })
        client.close()
        #expect(world.fixture.run { !world.keeper.cancelled.isEmpty })
        #expect(world.keeper.cancelled == [id])
        #expect(world.gate.hashing.isEmpty == isGivenUp)
        // What was under way is finished, counts, and is told to nobody.
        world.fixture.gateway.hashed(id, .differs, world.fixture.poller, now: world.fixture.now)
        world.fixture.gateway.hashed(id, .matches, world.fixture.poller, now: world.fixture.now)
        #expect(world.gate.hashing.isEmpty && world.gate.authority.sessionCount == 0)
        #expect(world.keeper.words == (isGivenUp ? [] : ["refused"]))
        #expect(try world.fixture.get("/healthz").status == 200)
    }

    @Test(arguments: [
        (#"{"name":"","password":"x"}"#, 400), (#"{"name":"ann"}"#, 400), (#"{"password":"x"}"#, 400),
        ("{}", 400),
        ("[]", 400), ("", 400), (#"{"ticket":"x"}"#, 401),
    ])
    func whatIsNoSignInCostsNoHash(body: String, status: Int) throws {
        let world = try GateFixture()
        let client = try Client(world.fixture.gateway.address)
        #expect(world.signIn(body, by: client) == nil)
        #expect(client.text.hasPrefix("HTTP/1.1 \(status) "), "\(client.text)")
        #expect(world.keeper.compared.isEmpty)
    }

    @Test func aSecondSignInIsOfferedToTakeOver() throws {
        let world = try GateFixture()
        let cookie = try world.cookie(of: "ann")
        let client = try Client(world.fixture.gateway.address)
        let id = try #require(world.signIn(by: client))
        let answer = try world.answer(id, .matches, to: client)
        #expect(answer.status == 409 && answer.text.hasPrefix(#"{"why":"taken","since":"#))
        #expect(try world.fixture.get("/api/session", cookie).status == 200)
        let ticket = try #require(answer.text.split(separator: "\"").dropLast().last)
        let other = try Client(world.fixture.gateway.address)
        #expect(world.signIn("{\"ticket\":\"\(ticket)\"}", by: other) == nil)
        #expect(other.text.hasPrefix("HTTP/1.1 200 "))
        let old = try world.fixture.get("/api/session", cookie)
        #expect(old.status == 401 && old.text == "{\"why\":\"taken-over\",\"by\":\"127.0.0.1\"}\n")
        // A ticket is good once.
        let third = try Client(world.fixture.gateway.address)
        #expect(world.signIn("{\"ticket\":\"\(ticket)\"}", by: third) == nil)
        #expect(third.text.hasPrefix("HTTP/1.1 401 "))
        #expect(world.keeper.words == ["occupied", "ended", "signedIn", "refused"])
    }

    @Test func theFirstAdminIsMadeByWhoHoldsTheLink() throws {
        let world = try GateFixture(admins: [])
        let made = world.gate.authority.makeInvite(
            random: world.keeper.drawSecret(), now: AccessGate.instant())
        let link = String(decoding: try #require(made), as: UTF8.self)
        let page = try world.fixture.get("/first-admin?token=\(link)")
        #expect(page.status == 200)
        let crumb = try #require(page.fields["set-cookie"]?.split(separator: ";").first)
        let code = try #require(page.text.components(separatedBy: "name=\"token\" value=\"").last)
            .prefix { $0 != "\"" }
        func post(_ invite: String, _ password: String, _ again: String) throws -> Client {
            let body = "token=\(code)&invite=\(invite)&name=ann&password=\(password)&again=\(again)"
            let client = try Client(world.fixture.gateway.address)
            client.send(
                "POST /first-admin HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nCookie: \(crumb)\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            _ = world.fixture.run {
                client.receive()
                return !client.received.isEmpty || !world.keeper.waiting.isEmpty
            }
            return client
        }
        #expect(try post(link, "short", "short").text.hasPrefix("HTTP/1.1 400 "))
        #expect(try post(link, "correct+horse", "correct+hors").text.hasPrefix("HTTP/1.1 400 "))
        #expect(
            try post("x" + link.dropFirst(), "correct+horse", "correct+horse").text.hasPrefix("HTTP/1.1 403 ")
        )
        #expect(world.gate.authority.counters[.invite] == 1)
        let client = try post(link, "correct+horse", "correct+horse")
        let id = try #require(world.keeper.next())
        world.fixture.gateway.hashed(id, .made(.decoy), world.fixture.poller, now: world.fixture.now)
        let admin = try #require(world.keeper.kept.first)
        #expect(admin.name.text == "ann" && admin.role == .operator && admin.scope == nil)
        // Only once it is written is anybody let in.
        #expect(client.received.isEmpty && world.gate.authority.sessionCount == 0)
        world.fixture.gateway.adminsChanged(to: [admin])
        world.fixture.gateway.firstAdminKept(nil, world.fixture.poller, now: world.fixture.now)
        #expect(
            world.fixture.run {
                client.receive()
                return client.text.hasPrefix("HTTP/1.1 303 ")
            })
        #expect(client.text.contains("\r\nLocation: ./admin/ann\r\n"))
        #expect(try world.fixture.get("/first-admin?token=\(link)").status == 403)
        #expect(world.keeper.words == ["refused", "madeFirstAdmin"])
    }
}
