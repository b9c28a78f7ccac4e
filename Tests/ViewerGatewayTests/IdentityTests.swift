import AccessControl
import HTTPWire
import ProxyWire
import Testing

@testable import ViewerGateway

/// Who a request is taken to be from: by Authorization, by what a trusted proxy says, by the cookie.
@Suite struct IdentityTests {
    private func world(trusting: Bool) throws -> GateFixture {
        var gateway = GatewaySettings()
        if trusting { gateway.trust = ProxyTrust(proxies: try TrustedProxies(parsing: ["127.0.0.1"])) }
        return try GateFixture(
            settings: AccessSettings(identityHeader: Array("remote-user".utf8)), gateway: gateway)
    }

    private func who(_ world: GateFixture, _ fields: String) throws -> String {
        let answer = try world.fixture.get("/api/session", fields)
        guard answer.status == 200 else { return "\(answer.status)" }
        let words = answer.text.split(separator: "\"")
        // {"name":"ann","role":"operator",...
        return words.count > 7 ? "\(words[3]) \(words[7])" : answer.text
    }

    @Test func authorizationWeighsMoreThanTheHeaderAndThatMoreThanTheCookie() throws {
        let world = try world(trusting: true)
        let cookie = try world.cookie(of: "cy")
        #expect(try who(world, GateFixture.bearer + "Remote-User: ann\r\n" + cookie) == "scraper viewer")
        #expect(try who(world, "Remote-User: ann\r\n" + cookie) == "ann operator")
        #expect(try who(world, "REMOTE-USER: ben\r\n" + cookie).hasPrefix("ben"))
        #expect(try who(world, "Remote-User: zoe\r\n" + cookie) == "cy viewer", "zoe is no admin")
        #expect(try who(world, "Remote-User: zoe\r\n") == "401")
        #expect(try who(world, cookie) == "cy viewer")
        #expect(try who(world, "") == "401")
    }

    @Test func theHeaderIsBelievedOfTrustedProxiesAlone() throws {
        let world = try world(trusting: false)
        #expect(try who(world, "Remote-User: ann\r\n") == "401")
        #expect(try who(world, "Remote-User: ann\r\n" + (try world.cookie(of: "cy"))) == "cy viewer")
        #expect(world.gate.counters[.header] == 0)
    }

    @Test(arguments: ["", "an n", "ann, ben", "José", "ann\r\nRemote-User: ann"])
    func aHeaderThatNamesNobodyIsNone(value: String) throws {
        let world = try world(trusting: true)
        #expect(try who(world, "Remote-User: \(value)\r\n") == "401")
        #expect(world.gate.counters[.header] == 1)
        #expect(try who(world, "Remote-User: \(value)\r\n" + (try world.cookie(of: "cy"))) == "cy viewer")
    }

    /// Basic of somebody in front is passed on by proxies; it is the cookie then, and counted no less.
    @Test(arguments: ["Basic YW5uOnBhc3N3b3Jk", "basic YW5uOnBhc3N3b3Jk", "BASIC !!!!"])
    func foreignBasicFallsThrough(value: String) throws {
        let world = try world(trusting: false)
        let field = "Authorization: \(value)\r\n"
        #expect(try who(world, field + (try world.cookie(of: "ann"))) == "ann operator")
        #expect(world.gate.counters[.malformed] == 1)
        #expect(try who(world, field) == "401")
    }

    @Test func basicWithATokenIsTheToken() throws {
        let world = try world(trusting: false)
        // scraper:ps_0000000000000007_q6ur...
        let pair = Array("x:".utf8) + GateFixture.token.text
        let field = "Authorization: Basic \(base64(pair))\r\n"
        #expect(try who(world, field + (try world.cookie(of: "ann"))) == "scraper viewer")
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for place in 0..<4 {
                text.append(place <= group.count ? letters[word >> (18 - 6 * place) & 63] : "=")
            }
        }
        return text
    }

    /// Any other that is wrong is refused with the cookie beside it: whoever sends one means it.
    @Test(arguments: [
        ("Bearer ps_0000000000000007_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", AccessRefusal.token),
        ("Bearer ps_7", .malformed), ("Digest x", .malformed), ("Bearer", .malformed), ("", .malformed),
        ("Bearer a.b.c", .jwt), ("Bearer x\r\nAuthorization: Bearer x", .malformed),
    ])
    func whatIsShownAndWrong(value: String, refusal: AccessRefusal) throws {
        let world = try world(trusting: false)
        let field = "Authorization: \(value)\r\n"
        #expect(try who(world, field + (try world.cookie(of: "ann"))) == "401")
        #expect(world.gate.counters[refusal] == 1)
        #expect(AccessRefusal.allCases.map { world.gate.counters[$0] }.reduce(0, +) == 1)
    }

    @Test func anExpiredTokenIsNone() throws {
        let world = try world(trusting: false)
        world.fixture.gateway.tokensChanged(to: [GateFixture.programToken(expiresAt: 1)])
        let answer = try world.fixture.get("/api/state", GateFixture.bearer)
        #expect(answer.status == 401 && answer.text == "the token has expired\n")
        #expect(world.keeper.words == ["ended", "programRefused"])
    }

    @Test func oursIsFoundBehindTossedCookies() throws {
        let world = try world(trusting: false)
        let cookie = try world.cookie(of: "ann")
        let tossed = (0..<7).map { "pointerscope=evil\($0)" }.joined(separator: "; ")
        #expect(try who(world, "Cookie: \(tossed)\r\n" + cookie) == "ann operator")
        #expect(try who(world, "Cookie: \(tossed); pointerscope=one-more\r\n" + cookie) == "401")
    }

    /// Whoever shows the cookie of a session that has ended is told why.
    @Test func theEndOfASessionIsToldToWhoShowsIt() throws {
        let world = try world(trusting: false)
        let cookie = try world.cookie(of: "ann")
        #expect(try who(world, cookie) == "ann operator")
        world.fixture.gateway.adminsChanged(to: [GateFixture.admin("ann", .viewer)])
        let answer = try world.fixture.get("/api/session", cookie)
        #expect(answer.status == 401 && answer.text == "{\"why\":\"changed\"}\n")
        let page = try world.fixture.get("/admin/ann", cookie + "Accept: text/html\r\n")
        #expect(page.status == 401 && page.text.contains("What you may see has changed."))
        #expect(try world.fixture.get("/api/session").text == "{\"why\":\"signed-out\"}\n")
    }
}
