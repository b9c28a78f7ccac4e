import HTTPWire
import Testing

@testable import ViewerGateway

/// The port under a public name and a base path, which a proxy passes on or takes off.
@Suite struct PublicURLServingTests {
    private func makeFixture(_ url: String) throws -> Fixture {
        var settings = GatewaySettings()
        settings.publicURL = try PublicURL(parsing: url)
        return try Fixture(settings: settings)
    }

    @Test func itsHostAndLoopbackAreAnsweredAndNoOther() throws {
        let fixture = try makeFixture("https://watch.example.org/ps")
        func ask(_ host: String) throws -> Response {
            try fixture.answer("GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        }
        for host in ["watch.example.org", "Watch.Example.Org:443", "watch.example.org.", "localhost:2112"] {
            #expect(try ask(host).status == 200, "\(host)")
        }
        for host in ["example.org", "watch.example.org:2112", "evil.example", "192.0.2.1", ""] {
            let answer = try ask(host)
            #expect(answer.status == 421, "\(host)")
            #expect(answer.text == "only watch.example.org and loopback names are answered here\n")
            #expect(answer.fields["connection"] == "close")
        }
        let metrics = try fixture.get("/metrics").text
        #expect(metrics.contains("pointerscope_http_requests_refused_total{reason=\"host\"} 5\n"))
        let plain = try Fixture().answer("GET / HTTP/1.1\r\nHost: watch.example.org\r\n\r\n")
        #expect(plain.status == 421 && plain.text.contains("--public-url"))
    }

    @Test func everyRouteIsBelowTheBaseAndWithoutIt() throws {
        let fixture = try makeFixture("https://watch.example.org/a/ps")
        for target in [
            "/", "/pointerscope.js", "/admin/ann", "/metrics", "/healthz", "/readyz", "/api/state",
            "/api/session", "/assets/dashboard/main.js", "/assets/sample/field.js", "/assets/pages/style.css",
        ] {
            let bare = try fixture.get(target)
            let below = try fixture.get("/a/ps" + target)
            #expect(bare.status == 200 && below.status == 200, "\(target)")
            if target != "/metrics" { #expect(below.text == bare.text, "\(target)") }
        }
        #expect(try fixture.get("/a/ps/favicon.ico").status == 204)
        #expect(try fixture.get("/%61/p%73/healthz?x=/").status == 200)
        let stream = try fixture.get("/a/ps/receive/ann?hz=7")
        #expect(stream.status == 400)
        for target in [
            "/a", "/a/", "/a/psx", "/a/ps/a/ps/", "/a/pshealthz", "//a/ps/", "/ps/", "/a/ps//", "/a%2Fpsx/",
        ] {
            #expect(try fixture.get(target).status == 404, "\(target)")
        }
    }

    @Test func theBaseWithoutItsSlashLeadsToIt() throws {
        let fixture = try makeFixture("https://watch.example.org/ps")
        let answer = try fixture.get("/ps?a=b")
        #expect(answer.status == 301 && answer.fields["location"] == "/ps/")
        #expect(answer.fields["content-length"] == "0")
        #expect(try fixture.get("/ps", method: "POST").status == 405)
        #expect(try Fixture().get("/ps").status == 404)
    }

    /// Where a base is called like a route both are found, wherever the proxy takes it off.
    @Test func aBaseMayBeCalledLikeARoute() throws {
        let fixture = try makeFixture("https://watch.example.org/admin")
        for target in ["/admin/admin/ann", "/admin/ann", "/admin/", "/admin/healthz", "/healthz", "/"] {
            #expect(try fixture.get(target).status == 200, "\(target)")
        }
    }

    @Test func aStreamIsNamedWhateverItsPath() throws {
        let fixture = try makeFixture("https://watch.example.org/ps")
        let client = try Client(fixture.gateway.address)
        client.send("GET /ps/receive/ann HTTP/1.1\r\nHost: watch.example.org\r\n\r\n")
        #expect(fixture.run { fixture.gateway.viewerCount == 1 })
        fixture.gateway.forEachConnection { _, connection in
            #expect(connection.pointee.name == Array("ann".utf8))
        }
    }

    @Test func pagesAndSnippetSendSamplesToThePublicName() throws {
        let fixture = try makeFixture("https://watch.example.org:8443/ps")
        let page = try fixture.get("/ps/")
        #expect(page.text.contains("data-ingest=\"wss://watch.example.org:8443/ps/ws\""))
        #expect(!page.text.contains("127.0.0.1"))
        let policy = page.fields["content-security-policy"] ?? ""
        #expect(
            policy.contains("connect-src wss://watch.example.org:8443 https://watch.example.org:8443;"))
        let snippet = try fixture.get("/ps/pointerscope.js")
        #expect(
            snippet.text.hasSuffix(
                #"("wss://watch.example.org:8443/ps/ws","https://watch.example.org:8443/ps/")"#))
        #expect(!snippet.text.contains("8081"))
        let plain = try Fixture().get("/pointerscope.js")
        #expect(plain.text.contains(#"("ws://127.0.0.1:8081","http://127.0.0.1:"#))
        #expect(snippet.fields["etag"] != plain.fields["etag"])
        let tag = snippet.fields["etag"] ?? ""
        #expect(try fixture.get("/pointerscope.js", "If-None-Match: \(tag)\r\n").status == 304)
    }

    @Test func onlyUnderTLSBrowsersAreHeldToIt() throws {
        let field = "strict-transport-security"
        let secure = try makeFixture("https://watch.example.org")
        for target in ["/", "/healthz", "/nothing", "/pointerscope.js", "/admin/ann", "/api/state"] {
            #expect(try secure.get(target).fields[field] == "max-age=31536000", "\(target)")
            #expect(try makeFixture("http://localhost").get(target).fields[field] == nil)
        }
    }

    @Test func theStatusNamesIt() throws {
        let fixture = try makeFixture("https://watch.example.org/ps")
        let client = try Client(fixture.gateway.address)
        client.send("GET /receive/ann?shape=frames HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(
            fixture.run {
                client.receive()
                return client.text.contains(#","url":"https://watch.example.org/ps/""#)
            })
    }

    @Test func whoSendsSamplesToTheWrongPortIsToldSo() throws {
        let fixture = try makeFixture("https://watch.example.org/ps")
        for (target, method) in [("/ps/ws", "GET"), ("/ws", "GET"), ("/ps/events", "POST")] {
            let answer = try fixture.get(target, method: method)
            #expect(answer.status == 404 && answer.text.contains("ingest port"), "\(target)")
        }
    }
}

/// Names that nobody can have, and what every answer says.
@Suite struct PortAnswerTests {
    private static let names = "a name is 1 to 64 of the characters A-Z a-z 0-9 - . _ ~"

    @Test(arguments: [
        "/admin/Jos%C3%A9", "/admin/me@x", "/receive/me@x", "/admin/", "/receive/a%00", "/admin/a%20b",
        "/admin/\(String(repeating: "a", count: 65))",
    ])
    func aNameThatCannotBeIsToldWhichCan(target: String) throws {
        let fixture = try Fixture()
        let line = try fixture.get(target, "Accept: */*\r\n")
        #expect(line.status == 404 && line.text == Self.names + "\n")
        #expect(line.fields["content-type"] == "text/plain; charset=utf-8")
        let page = try fixture.get(target, "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n")
        #expect(page.status == 404 && page.text.contains(Self.names))
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.fields["content-security-policy"]?.contains("style-src 'self'") == true)
        #expect(page.text.contains("href=\"../assets/pages/style.css\""))
        #expect(try fixture.get(target, method: "POST").status == 404)
    }

    @Test(arguments: [
        "/", "/admin/ann", "/pointerscope.js", "/assets/dashboard/main.js", "/healthz", "/api/state",
        "/metrics", "/nothing", "/admin/me@x", "/receive/ann?hz=7", "/favicon.ico", "/api/session",
    ])
    func everyAnswerKeepsStrangersOut(target: String) throws {
        let fixture = try Fixture()
        for method in ["GET", "HEAD", "POST", "BREW"] {
            let fields = try fixture.get(target, method: method).fields
            #expect(fields["x-content-type-options"] == "nosniff")
            #expect(fields["x-frame-options"] == "DENY")
            #expect(fields["cross-origin-opener-policy"] == "same-origin")
            #expect(fields["cross-origin-resource-policy"] != nil)
            #expect(fields["cache-control"] != nil)
            #expect(fields["strict-transport-security"] == nil)
            let policy = fields["content-security-policy"] ?? ""
            #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
            let date = fields["date"] ?? ""
            #expect(date.hasSuffix(" GMT") && date.utf8.count == 29)
        }
        let isPageOfOurs = target.hasPrefix("/admin/ann")
        let referrer = try fixture.get(target).fields["referrer-policy"]
        #expect(referrer == (isPageOfOurs ? "same-origin" : "no-referrer"))
    }

    @Test func whatCannotBeReadIsRefusedWithTheSame() throws {
        let answer = try Fixture().answer("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")
        #expect(answer.status == 400)
        #expect(answer.fields["date"] != nil && answer.fields["x-frame-options"] == "DENY")
    }
}
