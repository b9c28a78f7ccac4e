import Testing

@testable import ViewerGateway

@Suite struct RouteTests {
    private func find(_ path: String) -> Route { Array(path.utf8).withUnsafeBytes { Route.find($0) } }

    @Test(arguments: [
        ("/", Route.samplePage), ("/pointerscope.js", .snippet), ("/pointerscope.mjs", .snippet),
        ("/pointerscope-live.js", .snippet), ("/pointerscope-options.js", .snippet),
        ("/pointerscope-fallback.js", .snippet), ("/favicon.ico", .favicon),
        ("/admin/ann", .dashboard), ("/receive/ann", .receive), ("/metrics", .metrics),
        ("/healthz", .health), ("/readyz", .readiness), ("/api/state", .state),
        ("/.well-known/gpc.json", .privacyControl),
        ("/assets/dashboard/main.js", .asset),
        ("/assets/dashboard/", .asset), ("/assets/sample/a.js", .asset), ("/assets/pages/style.css", .asset),
        ("/api/session", .session), ("/ws", .samples), ("/events", .samples),
        ("/admin/", .unnamed), ("/admin/a b", .unnamed), ("/receive/", .unnamed), ("/receive/a\0", .unnamed),
        ("/receive/\u{e9}", .unnamed),
    ])
    func findsTheRoutes(path: String, route: Route) {
        #expect(find(path) == route)
    }

    @Test(arguments: [
        "", "//", "/admin", "/admin/a/b", "/receive", "/receive/a/", "/metrics/", "/Metrics", "/healthz2",
        "/api", "/api/",
        "/api/state/",
        "/assets/", "/assets/sample/index.html", "/assets/dashboard/index.html",
        "/assets/snippet/pointerscope.js",
        "/pointerscope.jsx", "/pointerscope.js.gz", "/pointerscope-.js", "/pointerscope-live.mjs", "*",
        "/../admin/a",
    ])
    func findsNothingElse(path: String) {
        #expect(find(path) == .notFound)
    }

    @Test func namesAreOneToSixtyFourUnreservedCharacters() {
        #expect(find("/receive/" + String(repeating: "a", count: 64)) == .receive)
        #expect(find("/receive/" + String(repeating: "a", count: 65)) == .unnamed)
        for byte in UInt8.min...UInt8.max {
            let isUnreserved =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || Array("-._~".utf8).contains(byte)
            #expect([byte].withUnsafeBytes { Route.isName($0) } == isUnreserved)
        }
    }
}

@Suite struct ContentTypeTests {
    @Test(arguments: [
        ("a/index.html", "text/html; charset=utf-8"), ("a.js", "text/javascript; charset=utf-8"),
        ("x.min.mjs", "text/javascript; charset=utf-8"), ("s.css", "text/css; charset=utf-8"),
        ("i.svg", "image/svg+xml"), ("noending", "application/octet-stream"),
        ("a.exe", "application/octet-stream"), ("a.", "application/octet-stream"),
    ])
    func followsTheExtension(path: String, type: String) {
        #expect("\(ContentType.find(path: path))" == type)
    }
}
