import Testing

@testable import ViewerGateway

@Suite struct PageTests {
    private static let sample: StaticString = "<a>{{INGEST}}</a>{{INGES}} {{INGEST}}{{"
    private static let dashboard: StaticString = "<title>dashboard</title>"
    private static let script: StaticString = "export default 1"

    private func makeFixture() throws -> Fixture {
        func file(_ path: String, _ text: StaticString) -> StaticFile {
            StaticFile(
                path: path,
                bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        let fixture = try Fixture()
        fixture.gateway.files = [
            file("sample/index.html", Self.sample),
            file("dashboard/index.html", Self.dashboard), file("dashboard/main.js", Self.script),
            file("snippet/README.md", Self.script),
        ]
        return fixture
    }

    @Test func theSamplePageNamesTheIngestPort() throws {
        let fixture = try makeFixture()
        let page = try fixture.get("/")
        #expect(page.text == "<a>ws://127.0.0.1:8081</a> ws://127.0.0.1:8081{{")
        #expect(page.fields["content-type"] == "text/html; charset=utf-8")
        #expect(page.fields["cache-control"] == "no-cache")
        #expect(
            page.fields["content-security-policy"] == """
                default-src 'self'; connect-src ws://127.0.0.1:8081 http://127.0.0.1:8081; frame-ancestors 'none'; base-uri 'none'; form-action 'none'
                """)
        let again = try fixture.get("/", "If-None-Match: \(page.fields["etag"] ?? "")\r\n")
        #expect(again.status == 304)
        #expect(try fixture.get("/?a=b").text == page.text)
    }

    @Test func theDashboardTalksToItsOwnHostAlone() throws {
        let fixture = try makeFixture()
        let page = try fixture.get("/admin/ann")
        #expect(page.text == "<title>dashboard</title>")
        #expect(
            page.fields["content-security-policy"]
                == "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
        #expect(page.fields["referrer-policy"] == "same-origin")
        #expect(page.fields["x-content-type-options"] == "nosniff")
        #expect(page.fields["access-control-allow-origin"] == nil)
    }

    @Test func filesAreFoundByTheirPath() throws {
        let fixture = try makeFixture()
        for target in [
            "/assets/dashboard/main.js", "/assets/dashboard/m%61in.js?v=1",
        ] {
            let file = try fixture.get(target)
            #expect(file.status == 200 && file.text == "export default 1")
            #expect(file.fields["content-type"] == "text/javascript; charset=utf-8")
            #expect(file.fields["etag"] != nil)
        }
        for target in [
            "/assets/dashboard/", "/assets/dashboard/main", "/assets/sample/index.html",
            "/assets/snippet/README.md", "/assets/dashboard/../snippet/README.md", "/snippet/README.md",
        ] {
            #expect(try fixture.get(target).status == 404, "\(target)")
        }
    }

    @Test func everyFileThePagesNameIsInTheBinary() throws {
        let fixture = try Fixture()
        var targets = ["/", "/admin/ann"]
        var seen: Set<String> = []
        while let target = targets.popLast() {
            guard seen.insert(target).inserted else { continue }
            let file = try fixture.get(target)
            #expect(file.status == 200, "\(target)")
            #expect(file.fields["content-type"] != "application/octet-stream", "\(target)")
            #expect(!file.text.contains("{{INGEST}}"))
            // Both pages are one step below the base, which `./` and `../` lead to.
            for match in file.text.matches(of: /(?:src|href)="\.\.?(\/[^"]+\.[^"]+)"/) {
                targets.append(String(match.1))
            }
            for match in file.text.matches(of: /from ['"]\.\/([a-z-]+\.js)['"]/) {
                targets.append("/assets/dashboard/\(match.1)")
            }
        }
        #expect(seen.count > 10)
    }

    @Test func whatTheBinaryLacksIs404() throws {
        let fixture = try Fixture()
        fixture.gateway.files = []
        for target in ["/", "/pointerscope.js", "/admin/ann"] {
            #expect(try fixture.get(target).status == 404)
        }
    }
}
