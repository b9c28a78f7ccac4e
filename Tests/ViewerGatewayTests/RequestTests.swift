import Foundation
import Testing

@testable import ViewerGateway

@Suite struct RequestTests {
    @Test(arguments: [false, true])
    func healthAndReadiness(byteByByte: Bool) throws {
        let fixture = try Fixture()
        let request = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:2112\r\n\r\n"
        let health = try fixture.answer(request, byteByByte: byteByByte)
        #expect(health.status == 200 && health.text == "ok\n")
        #expect(try fixture.get("/readyz").text == "ready\n")
        fixture.source.readiness = .unready("no worker is running")
        let unready = try fixture.get("/readyz")
        #expect(unready.status == 503 && unready.text == "no worker is running\n")
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func theSnippetMayBeLoadedFromEverywhere() throws {
        let fixture = try Fixture()
        let answer = try fixture.get("/pointerscope.js")
        #expect(answer.status == 200)
        #expect(answer.text.contains("function") || answer.text.contains("=>"))
        #expect(answer.fields["content-type"] == "text/javascript; charset=utf-8")
        #expect(answer.fields["access-control-allow-origin"] == "*")
        #expect(answer.fields["cross-origin-resource-policy"] == "cross-origin")
        #expect(answer.fields["cache-control"] == "public, max-age=300")
        #expect(answer.fields["x-content-type-options"] == "nosniff")
        #expect(try fixture.get("/healthz").fields["access-control-allow-origin"] == nil)
        #expect(try fixture.get("/api/state").fields["cross-origin-resource-policy"] == "same-origin")
    }

    @Test func aKnownTagIsAnswered304() throws {
        let fixture = try Fixture()
        let tag = try #require(try fixture.get("/pointerscope.js").fields["etag"])
        let again = try fixture.get("/pointerscope.js", "If-None-Match: \(tag)\r\n")
        #expect(again.status == 304 && again.body.isEmpty && again.fields["etag"] == tag)
        #expect(again.fields["content-length"] == nil)
        #expect(again.fields["cross-origin-resource-policy"] == "cross-origin")
        #expect(try fixture.get("/pointerscope.js", "If-None-Match: \"x\"\r\n").status == 200)
    }

    @Test(arguments: [
        "/", "/pointerscope.js", "/favicon.ico", "/admin/ann", "/metrics", "/healthz", "/readyz",
        "/api/state",
        "/assets/dashboard/none", "/nothing", "/receive/ann", "/receive/ann?hz=7",
    ])
    func headIsGetWithoutTheBody(target: String) throws {
        let fixture = try Fixture()
        let head = try fixture.get(target, method: "HEAD")
        #expect(head.body.isEmpty)
        if target == "/receive/ann" {
            #expect(head.status == 200 && head.fields["content-type"] == "text/event-stream")
            #expect(fixture.gateway.viewerCount == 0)
            return
        }
        let get = try fixture.get(target)
        #expect(head.status == get.status)
        // Counting the request changes the metrics' length.
        if target != "/metrics" { #expect(head.lastingFields == get.lastingFields) }
    }

    @Test func nothingFollowsTheHeadThatAnswersHead() throws {
        let fixture = try Fixture()
        let answered = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        for target in ["/pointerscope.js", "/nothing", "/healthz", "/api/state", "/receive/a?hz=7"] {
            let client = try Client(fixture.gateway.address)
            client.send("HEAD \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n\(answered)")
            #expect(
                fixture.run {
                    client.receive()
                    return client.hasEnded
                })
            let parts = client.text.components(separatedBy: "\r\n\r\n")
            #expect(parts.count == 3 && parts[1].hasPrefix("HTTP/1.1 200") && parts[2] == "ok\n", "\(target)")
        }
        for host in ["example.com", "a b"] {
            let client = try Client(fixture.gateway.address)
            client.send("HEAD /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n")
            #expect(
                fixture.run {
                    client.receive()
                    return client.hasEnded
                })
            // The second one's head cannot be trusted, so neither can its method.
            #expect(client.text.hasSuffix("\r\n\r\n") == (host == "example.com"))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    func otherMethodsAreRefused(method: String) throws {
        let fixture = try Fixture()
        for target in ["/", "/receive/a", "/metrics"] {
            let answer = try fixture.get(target, method: method)
            #expect(answer.status == 405)
            #expect(answer.fields["allow"] == "GET, HEAD")
        }
        #expect(try fixture.get("/nothing", method: method).status == 404)
    }

    @Test func unknownMethodsAreNotImplemented() throws {
        #expect(try Fixture().get("/", method: "BREW").status == 501)
    }

    @Test(arguments: [
        "/nothing", "/receive/", "/receive/a%2Fb", "/receive/a%00", "/receive/%zz", "/admin/",
        "/assets/dashboard/../snippet/pointerscope.js", "/assets/dashboard/%2e%2e/snippet/pointerscope.js",
    ])
    func whatIsNotThereIs404(target: String) throws {
        #expect(try Fixture().get(target).status == 404)
    }

    @Test func namesArePercentDecoded() throws {
        let fixture = try Fixture()
        #expect(try fixture.get("/receive/%61nn", method: "HEAD").status == 200)
        #expect(try fixture.get("/%68ealthz").status == 200)
    }

    @Test(arguments: [
        "localhost", "LocalHost:80", "localhost:2112", "demo.localhost", "127.0.0.1", "127.255.0.9:1",
        "[::1]",
        "[::1]:2112", "localhost.", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    ])
    func loopbackNamesAreAnswered(host: String) throws {
        #expect(try Fixture().answer("GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n").status == 200)
    }

    @Test(arguments: [
        "example.com", "localhost.example.com", "127.0.0.1.example.com", "127.1", "128.0.0.1", "[::2]", "",
        "xlocalhost", "0.0.0.0", "127.0.0.1.5", "127.0.0.256", "[::ffff:128.0.0.1]",
    ])
    func otherNamesAreMisdirected(host: String) throws {
        let fixture = try Fixture()
        #expect(try fixture.answer("GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n").status == 421)
        #expect(try fixture.answer("GET /receive/a HTTP/1.1\r\nHost: \(host)\r\n\r\n").status == 421)
        #expect(fixture.gateway.viewerCount == 0)
    }

    @Test func theTargetsHostStandsAboveTheField() throws {
        let fixture = try Fixture()
        let request = "GET http://example.com/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        #expect(try fixture.answer(request).status == 421)
        #expect(try fixture.answer("GET /healthz HTTP/1.0\r\n\r\n").status == 200)
        #expect(try fixture.answer("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").status == 200)
    }

    @Test func anyNameIsAnsweredWhereThatIsWanted() throws {
        var settings = GatewaySettings()
        settings.requiresLoopbackHost = false
        let fixture = try Fixture(settings: settings)
        #expect(try fixture.answer("GET /healthz HTTP/1.1\r\nHost: example.com\r\n\r\n").status == 200)
    }

    @Test func theStateIsJSONOfTheContract() throws {
        let fixture = try Fixture()
        let answer = try fixture.get("/api/state")
        #expect(answer.fields["content-type"] == "application/json")
        #expect(answer.fields["cache-control"] == "no-store")
        #expect(
            answer.text == """
                {"visitors":[],"workers":[{"pid":42,"state":"running","connections":3,"rate":1.5,\
                "restarts":0,"rss":1048576}],"viewers":0,"totals":{"received":7}}

                """)
    }
}
