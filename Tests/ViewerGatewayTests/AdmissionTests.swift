import AccessControl
import HTTPWire
import ProxyWire
import Testing

@testable import ViewerGateway

/// Who gets what under `--auth password`.
@Suite struct AdmissionTests {
    /// Statuses for nobody, a viewer, an operator, and a viewer of the shop.
    struct Row: Sendable, CustomTestStringConvertible {
        let target: String
        let nobody: Int
        let viewer: Int
        let scoped: Int
        /// Whether a browser that may not is shown the sign-in page.
        var isPage = false
        var testDescription: String { target }
    }

    static let rows = [
        // Open to everybody.
        Row(target: "/favicon.ico", nobody: 204, viewer: 204, scoped: 204),
        Row(target: "/pointerscope.js", nobody: 200, viewer: 200, scoped: 200),
        Row(target: "/healthz", nobody: 200, viewer: 200, scoped: 200),
        Row(target: "/readyz", nobody: 200, viewer: 200, scoped: 200),
        Row(target: "/ws", nobody: 404, viewer: 404, scoped: 404),
        Row(target: "/events", nobody: 404, viewer: 404, scoped: 404),
        Row(target: "/ps", nobody: 301, viewer: 301, scoped: 301),
        Row(target: "/sign-in", nobody: 200, viewer: 303, scoped: 303),
        Row(target: "/sign-out", nobody: 404, viewer: 404, scoped: 404),
        Row(target: "/take-over", nobody: 404, viewer: 404, scoped: 404),
        Row(target: "/first-admin", nobody: 403, viewer: 403, scoped: 403),
        Row(target: "/first-admin?token=x", nobody: 403, viewer: 403, scoped: 403),
        Row(target: "/assets/pages/style.css", nobody: 200, viewer: 200, scoped: 200),
        Row(target: "/assets/dashboard/theme.css", nobody: 200, viewer: 200, scoped: 200),
        Row(target: "/assets/dashboard/icon.svg", nobody: 200, viewer: 200, scoped: 200),
        // To who is let in.
        Row(target: "/", nobody: 401, viewer: 303, scoped: 303, isPage: true),
        Row(target: "/admin/ann", nobody: 401, viewer: 200, scoped: 200, isPage: true),
        Row(target: "/admin/Jos%C3%A9", nobody: 401, viewer: 404, scoped: 404, isPage: true),
        Row(target: "/nothing", nobody: 401, viewer: 404, scoped: 404, isPage: true),
        Row(target: "/assets/dashboard/main.js", nobody: 401, viewer: 200, scoped: 200),
        Row(target: "/assets/sample/field.js", nobody: 401, viewer: 200, scoped: 200),
        Row(target: "/api/state", nobody: 401, viewer: 200, scoped: 200),
        Row(target: "/api/session", nobody: 401, viewer: 200, scoped: 200),
        Row(target: "/metrics", nobody: 401, viewer: 200, scoped: 403),
    ]

    private func settings() throws -> GatewaySettings {
        var settings = GatewaySettings()
        settings.publicURL = try PublicURL(parsing: "http://localhost/ps")
        return settings
    }

    @Test(arguments: rows)
    func everyRoute(row: Row) throws {
        let world = try GateFixture(gateway: try settings())
        let people = [
            ("", row.nobody), (try world.cookie(of: "ann"), row.viewer),
            (try world.cookie(of: "ben"), row.viewer),
            (try world.cookie(of: "cy"), row.scoped), (GateFixture.bearer, row.viewer),
        ]
        for (fields, status) in people {
            let isProgram = fields.hasPrefix("Auth")
            // A token begins no session, so its bearer can be shown the sign-in page.
            let expected = isProgram && row.target == "/sign-in" ? 200 : status
            let answer = try world.fixture.get(row.target, fields)
            #expect(answer.status == expected, "\(fields)")
            #expect((answer.fields["www-authenticate"] != nil) == (expected == 401), "\(fields)")
            let page = try world.fixture.get(row.target, fields + "Accept: text/html,*/*;q=0.8\r\n")
            #expect(page.status == expected)
            if expected == 401 {
                #expect((page.fields["content-type"]?.hasPrefix("text/html") == true) == row.isPage)
                #expect((page.fields["www-authenticate"] == nil) == row.isPage)
                if row.isPage { #expect(page.text.contains("name=\"password\"")) }
            }
        }
    }

    /// A stream's head says whether there would be one.
    @Test func streams() throws {
        let world = try GateFixture()
        #expect(try world.fixture.get("/receive/ann", method: "HEAD").status == 401)
        #expect(try world.fixture.get("/receive/ann", "Accept: text/html\r\n").status == 401)
        for name in ["ann", "ben", "cy"] {
            #expect(
                try world.fixture.get("/receive/x", try world.cookie(of: name), method: "HEAD").status == 200)
        }
        #expect(try world.fixture.get("/receive/x", GateFixture.bearer, method: "HEAD").status == 200)
        #expect(
            try world.fixture.get(
                "/receive/x?token=\(String(decoding: GateFixture.token.text, as: UTF8.self))"
            ).status == 401)
    }

    @Test(arguments: ["/sign-in", "/sign-out", "/take-over", "/first-admin"])
    func formsWantAFormOfOurs(target: String) throws {
        let world = try GateFixture()
        func post(_ fields: String, _ body: String = "name=ann&password=p") throws -> Int {
            try world.fixture.answer(
                "POST \(target) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
            ).status
        }
        let form = "Content-Type: application/x-www-form-urlencoded\r\n"
        #expect(try post("Origin: http://localhost\r\n") == 415)
        #expect(try post("Origin: http://localhost\r\nContent-Type: text/plain\r\n") == 415)
        #expect(try post(form) == 403)
        #expect(try post(form + "Origin: null\r\n") == 403)
        #expect(try post(form + "Origin: http://evil.example\r\n") == 403)
        #expect(try post(form + "Origin: http://localhost:3000\r\n") == 403)
        #expect(try post(form + "Origin: http://127.0.0.1\r\n") == 403)
        #expect(try post(form + "Origin: http://localhost\r\nOrigin: http://localhost\r\n") == 403)
        #expect(try post(form + "Origin: http://localhost\r\n", "name=%zz") == 400)
        #expect(try post(form + "Origin: http://localhost\r\n", String(repeating: "a", count: 8193)) == 413)
        let unsized = try world.fixture.answer(
            "POST \(target) HTTP/1.1\r\nHost: localhost\r\n\(form)Origin: http://localhost\r\n\r\n")
        #expect(unsized.status == 411)
        #expect(world.gate.counters[.forged] == 6)
        #expect(world.keeper.words == Array(repeating: "forged", count: 6))
        #expect(world.keeper.compared.isEmpty)
    }

    @Test func theSamplePageIsShownWhereItIsWanted() throws {
        let world = try GateFixture(settings: AccessSettings(showsSamplePage: true))
        #expect(try world.fixture.get("/").status == 200)
        #expect(try world.fixture.get("/assets/sample/field.js").status == 200)
        #expect(try world.fixture.get("/assets/dashboard/main.js").status == 401)
        #expect(try world.fixture.get("/", try world.cookie(of: "ann")).status == 200)
    }

    @Test func withoutAGateThereIsNothingToSignInAt() throws {
        let fixture = try Fixture()
        for target in ["/sign-in", "/sign-out", "/take-over", "/first-admin"] {
            #expect(try fixture.get(target).status == 404, "\(target)")
            #expect(try fixture.get(target, method: "POST").status == 404, "\(target)")
        }
        #expect(try fixture.get("/api/session").text.contains(#""auth":"none""#))
    }

    /// The page is below whatever was asked for, and what it leads to as well.
    @Test(arguments: [
        ("/", "./", "/"), ("/ps/", "./", "/"), ("/admin/ann", "./../", "/admin/ann"),
        ("/ps/admin/ann", "./../", "/admin/ann"), ("/ps/nothing", "./", "/nothing"),
        ("/nothing/x", "./../", "/nothing/x"),
    ])
    func theSignInPageLeadsBack(target: String, base: String, back: String) throws {
        let world = try GateFixture(gateway: try settings())
        let page = try world.fixture.get(target, "Accept: text/html\r\n")
        #expect(page.status == 401)
        #expect(page.text.contains("action=\"\(base)sign-in\""), "\(page.text)")
        #expect(page.text.contains("value=\"\(back)\""), "\(page.text)")
    }

    /// Where the base is called like a route, the way back is found all the same.
    @Test(arguments: [("/admin/ann", "./../"), ("/admin/admin/ann", "./../")])
    func alsoBelowABaseCalledLikeARoute(target: String, base: String) throws {
        var settings = GatewaySettings()
        settings.publicURL = try PublicURL(parsing: "http://localhost/admin")
        let world = try GateFixture(gateway: settings)
        let page = try world.fixture.get(target, "Accept: text/html\r\n")
        #expect(page.text.contains("value=\"/admin/ann\"") && page.text.contains("action=\"\(base)sign-in\""))
    }

    /// Our own page sends its way back along as it is, below the base.
    @Test func theWayBackIsTheSameAfterAFormThatFails() throws {
        var settings = GatewaySettings()
        settings.publicURL = try PublicURL(parsing: "http://localhost/admin")
        let world = try GateFixture(gateway: settings)
        let body = "name=ann&password=x&return=%2Fadmin%2Fann"
        let page = try world.fixture.answer(
            "POST /admin/sign-in HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
        #expect(page.status == 403 && page.text.contains("value=\"/admin/ann\""))
        #expect(page.text.contains("your browser keeps no cookies"))
    }
}
