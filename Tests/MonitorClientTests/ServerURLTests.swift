import Testing

@testable import MonitorClient

@Suite struct ServerURLTests {
    @Test(arguments: [
        ("127.0.0.1:2112", "127.0.0.1", 2112, "http://127.0.0.1:2112"),
        ("http://127.0.0.1:2112", "127.0.0.1", 2112, "http://127.0.0.1:2112"),
        ("http://127.0.0.1:2112/", "127.0.0.1", 2112, "http://127.0.0.1:2112"),
        ("HTTP://Server.example", "Server.example", 80, "http://Server.example:80"),
        ("http://server.example/", "server.example", 80, "http://server.example:80"),
        ("localhost:1", "localhost", 1, "http://localhost:1"),
        ("my_host-1:65535", "my_host-1", 65535, "http://my_host-1:65535"),
        ("[::1]:2112", "::1", 2112, "http://[::1]:2112"),
        ("http://[fe80::1]", "fe80::1", 80, "http://[fe80::1]:80"),
        ("server.example:1/", "server.example", 1, "http://server.example:1"),
    ])
    func serversAreNamed(text: String, host: String, port: UInt16, whole: String) throws {
        let url = try ServerURL(parsing: text)
        #expect(url.host == host && url.port == port && url.text == whole && url.basePath == "")
        #expect("http://" + url.authority == whole)
    }

    @Test(arguments: [
        ("https://watch.example", 443, "watch.example", "", "https://watch.example"),
        ("HTTPS://watch.example:443/", 443, "watch.example", "", "https://watch.example"),
        ("https://[2001:db8::1]", 443, "[2001:db8::1]", "", "https://[2001:db8::1]"),
        (
            "https://watch.example:8443/ps/", 8443, "watch.example:8443", "/ps",
            "https://watch.example:8443/ps"
        ),
        ("https://watch.example:80", 80, "watch.example:80", "", "https://watch.example:80"),
    ])
    func theyMayBeUnderTLS(text: String, port: UInt16, authority: String, path: String, whole: String) throws
    {
        let url = try ServerURL(parsing: text)
        #expect(url.isSecure && url.port == port && url.authority == authority && url.basePath == path)
        #expect(try url.text == whole && ServerURL(parsing: whole) == url)
        let plain = try ServerURL(parsing: "http" + text.dropFirst(5))
        #expect(!plain.isSecure)
    }

    @Test(arguments: [
        ("http://server.example/ps", "/ps", "http://server.example:80/ps"),
        ("http://server.example:1/a/P-s._~1/", "/a/P-s._~1", "http://server.example:1/a/P-s._~1"),
        ("[::1]:2112/ps", "/ps", "http://[::1]:2112/ps"),
    ])
    func theyMayHaveAPath(text: String, path: String, whole: String) throws {
        let url = try ServerURL(parsing: text)
        #expect(url.basePath == path && url.text == whole)
        #expect(try ServerURL(parsing: whole) == url)
        let request = WatchRequest.bytes(for: url, name: "ann", rate: 5, lastEventID: [], credential: .none)
        #expect(
            String(decoding: request, as: UTF8.self).hasPrefix("GET \(path)/receive/ann?shape=frames&hz=5 "))
    }

    @Test(arguments: [
        ("ftp://server.example", "http://"),
        ("https://", "is empty"),
        ("https://server.example:0", "1 to 65535"),
        ("server.example", "needs a port"),
        ("", "is empty"),
        (":2112", "neither a name nor an address"),
        ("http://", "is empty"),
        ("http:///", "is empty"),
        ("server.example:0", "1 to 65535"),
        ("server.example:65536", "1 to 65535"),
        ("server.example:", "1 to 65535"),
        ("server.example:+80", "1 to 65535"),
        ("http://server.example:21x", "1 to 65535"),
        ("http://server.example/receive/me", "leave out /receive"),
        ("http://server.example/ps/admin/me/", "leave out /admin"),
        ("http://server.example:1?x", "no ?"),
        ("http://server.example:1/ps#x", "no #"),
        ("http://server.example:1/a//b", "path of other parts"),
        ("http://server.example:1/../b", "path of other parts"),
        ("http://server.example:1/p%73", "path of other parts"),
        ("http://server.example:1/\u{e9}", "path of other parts"),
        ("http://server.example:1/\(String(repeating: "p", count: 256))", "path of other parts"),
        ("http://user@server.example:1", "no password"),
        ("ser ver:1", "neither a name nor an address"),
        ("s\u{1B}[31mrver:1", "neither a name nor an address"),
        ("sérvér:1", "neither a name nor an address"),
        ("::1:2112", "[::1]:2112"),
        ("[::1", "[::1]:2112"),
        ("[zz]:1", "[::1]:2112"),
        ("[]:1", "[::1]:2112"),
    ])
    func othersAreRefusedWithTheMend(text: String, mend: String) {
        let complaint = ServerURL.complaint(text)
        #expect(complaint?.contains(mend) == true, "\(text): \(complaint ?? "taken")")
        #expect(complaint?.contains("\n") != true)
    }

    @Test func namesOfHostsHaveAnEnd() {
        let long = String(repeating: "x", count: 253)
        #expect(ServerURL.complaint(long + ":1") == nil)
        #expect(ServerURL.complaint(long + "x:1") != nil)
    }

    @Test func viewersAreNamedSafely() {
        #expect(WatchRequest.viewerName(user: "ann", host: "laptop.local") == "ann-laptop.local")
        #expect(WatchRequest.viewerName(user: "a/b\r\n", host: "é") == "a-b----")
        #expect(WatchRequest.viewerName(user: nil, host: "") == "top")
        #expect(WatchRequest.viewerName(user: "x", host: String(repeating: "y", count: 99)).count == 64)
    }

    @Test func theRateIsTheNextAbove() {
        #expect(
            [1, 2, 5, 6, 10, 11, 15, 16, 30].map(WatchRequest.rate) == [1, 5, 5, 10, 10, 15, 15, 30, 30])
    }

    @Test func theRequestGoesOnWhereItEnded() throws {
        let server = try ServerURL(parsing: "[::1]:2112")
        func text(_ id: String) -> String {
            let bytes = WatchRequest.bytes(
                for: server, name: "ann", rate: 15, lastEventID: Array(id.utf8), credential: .none)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(
            text("").hasPrefix(
                "GET /receive/ann?shape=frames&hz=15 HTTP/1.1\r\nHost: [::1]:2112\r\nAccept: text/event-stream\r\n"
            ))
        #expect(!text("").contains("Last-Event-ID") && text("").hasSuffix("\r\n\r\n"))
        #expect(text("0f-1").contains("\r\nLast-Event-ID: 0f-1\r\n"))
        // A server's word goes back to it and nowhere else: it cannot end the field.
        #expect(text("0f\r\nX: y").contains("\r\nLast-Event-ID: 0f  X: y\r\n"))
        #expect(!text(String(repeating: "0", count: 1000)).contains("Last-Event-ID"))
    }
}
