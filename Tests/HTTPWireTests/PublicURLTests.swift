import Testing

@testable import HTTPWire

@Suite struct PublicURLTests {
    @Test(arguments: [
        ("https://watch.example.org", "https://watch.example.org", "", "wss://watch.example.org/ws"),
        ("https://watch.example.org/", "https://watch.example.org", "", "wss://watch.example.org/ws"),
        ("https://watch.example.org/ps", "https://watch.example.org", "/ps", "wss://watch.example.org/ps/ws"),
        (
            "https://watch.example.org/ps/", "https://watch.example.org", "/ps",
            "wss://watch.example.org/ps/ws"
        ),
        ("https://a.example/x/Y-._~9", "https://a.example", "/x/Y-._~9", "wss://a.example/x/Y-._~9/ws"),
        ("HTTPS://Watch.Example.ORG:443", "https://watch.example.org", "", "wss://watch.example.org/ws"),
        ("https://watch.example.org.", "https://watch.example.org", "", "wss://watch.example.org/ws"),
        ("https://a.example:8443/b", "https://a.example:8443", "/b", "wss://a.example:8443/b/ws"),
        ("https://a.example:80", "https://a.example:80", "", "wss://a.example:80/ws"),
        ("https://a.example:00443", "https://a.example", "", "wss://a.example/ws"),
        ("http://localhost:80", "http://localhost", "", "ws://localhost/ws"),
        ("http://localhost:2112/ps", "http://localhost:2112", "/ps", "ws://localhost:2112/ps/ws"),
        ("http://192.0.2.1", "http://192.0.2.1", "", "ws://192.0.2.1/ws"),
        (
            "https://[2001:DB8::1]:8443/ps", "https://[2001:db8::1]:8443", "/ps",
            "wss://[2001:db8::1]:8443/ps/ws"
        ),
        ("https://my_host-1", "https://my_host-1", "", "wss://my_host-1/ws"),
        (
            "https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "",
            "wss://xn--bcher-kva.example/ws"
        ),
    ])
    func itsPartsAreRead(text: String, origin: String, basePath: String, ingest: String) throws {
        let url = try PublicURL(parsing: text)
        #expect(url.origin == origin)
        #expect(url.basePath == basePath)
        #expect(url.text == "\(origin)\(basePath)/")
        #expect(url.ingestURL == ingest)
        #expect(url.isSecure == text.lowercased().hasPrefix("https"))
        #expect(try PublicURL(parsing: url.text) == url)
    }

    @Test(arguments: [
        ("", "begin with https://"), ("watch.example.org", "begin with https://"),
        ("//watch.example.org", "begin with https://"), ("https:/a.example", "begin with https://"),
        ("wss://a.example", "begin with https://"), ("ftp://a.example", "begin with https://"),
        ("https:", "begin with https://"), ("https://", "names no host"), ("https:///ps", "names no host"),
        ("https://.", "names no host"), ("https://:443", "names no host"),
        ("https://a.example?x", "no ?"), ("https://a.example/#x", "no ?"), ("https://a.example/ps?", "no ?"),
        ("https://ann@a.example", "no password"), ("https://ann:secret@a.example/", "no password"),
        ("https://a.example:0", "1 to 65535"), ("https://a.example:65536", "1 to 65535"),
        ("https://a.example:", "1 to 65535"), ("https://a.example:+80", "1 to 65535"),
        ("https://a.example:000443", "1 to 65535"), ("https://a.example:8 0", "1 to 65535"),
        ("https://::1", "1 to 65535"), ("https://a.example:1:2", "1 to 65535"),
        ("https://[::1", "IPv6"), ("https://[]", "IPv6"), ("https://[::g]", "IPv6"),
        ("https://[1.2.3.4]", "IPv6"),
        ("https://[::1]x", "IPv6"), ("https://[fe80::1%25eth0]", "IPv6"),
        ("https://a..example", "neither a name"), ("https://-a.example", "neither a name"),
        ("https://a-.example", "neither a name"), ("https://*.example", "neither a name"),
        ("https://a b.example", "neither a name"), ("https://a.example\n", "neither a name"),
        ("https://a'b", "neither a name"), ("https://bücher.example", "xn--"),
        ("https://127.1", "IPv4"), ("https://0x7f.1", "IPv4"), ("https://1", "IPv4"),
        ("https://010.0.0.1", "IPv4"), ("https://256.0.0.1", "IPv4"), ("https://1.2.3.4.5", "IPv4"),
        ("https://a.example//", "empty part"), ("https://a.example//ps", "empty part"),
        ("https://a.example/ps//", "empty part"), ("https://a.example/.", "empty part"),
        ("https://a.example/../ps", "empty part"), ("https://a.example/ps/..", "empty part"),
        ("https://a.example/p%73", "letters"), ("https://a.example/a b", "letters"),
        ("https://a.example/a;b", "letters"), ("https://a.example/a'", "letters"),
        ("https://a.example/\u{e9}", "letters"), ("https://a.example/\\ps", "letters"),
    ])
    func whatIsNoneIsRefusedWithTheMend(text: String, mend: String) {
        let complaint = complaint(text)
        #expect(complaint?.contains(mend) == true, "\(text): \(complaint ?? "taken")")
        #expect(complaint?.contains("\n") != true)
    }

    private func complaint(_ text: String) -> String? {
        do throws(PublicURL.ParseError) {
            _ = try PublicURL(parsing: text)
            return nil
        } catch {
            return error.complaint
        }
    }

    @Test func namesAndPathsHaveAnEnd() {
        let label = String(repeating: "a", count: 63)
        let name = [label, label, label, String(label.dropLast(2))].joined(separator: ".")
        #expect(name.utf8.count == 253)
        #expect(complaint("https://\(name)") == nil)
        #expect(complaint("https://\(name)a") != nil)
        #expect(complaint("https://\(label)a.example") != nil)
        let path = "/" + String(repeating: "p", count: 127)
        #expect(complaint("https://a.example\(path)/") == nil)
        #expect(complaint("https://a.example\(path)p") != nil)
    }

    /// Whether requests with this Host are for the server: by its port too, and whatever the port.
    private func isFor(_ text: String, host: String, version: String = "1.1") throws -> [Bool] {
        let url = try PublicURL(parsing: text)
        let field = host == "-" ? "" : "Host: \(host)\r\n"
        let request = Array("GET / HTTP/\(version)\r\n\(field)\r\n".utf8)
        return request.withUnsafeBytes { bytes in
            var head = HTTPRequestHead()
            guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return [] }
            return [
                head.isForServer(at: url, in: bytes), head.isForServer(at: url, anyPort: true, in: bytes),
            ]
        }
    }

    @Test(arguments: [
        ("https://watch.example.org/ps", "watch.example.org", [true, true]),
        ("https://watch.example.org", "WATCH.example.ORG", [true, true]),
        ("https://watch.example.org", "watch.example.org.", [true, true]),
        ("https://watch.example.org", "watch.example.org:443", [true, true]),
        ("https://watch.example.org", "watch.example.org.:443", [true, true]),
        ("https://watch.example.org", "watch.example.org:8081", [false, true]),
        ("https://watch.example.org", "watch.example.org:80", [false, true]),
        ("http://watch.example.org", "watch.example.org:80", [true, true]),
        ("https://watch.example.org:8443", "watch.example.org:8443", [true, true]),
        ("https://watch.example.org:8443", "watch.example.org", [true, true]),
        ("https://watch.example.org:8443", "watch.example.org:443", [false, true]),
        ("https://watch.example.org", "example.org", [false, false]),
        ("https://watch.example.org", "xwatch.example.org", [false, false]),
        ("https://watch.example.org", "watch.example.org.evil.example", [false, false]),
        ("https://watch.example.org", "watch.example.orgx", [false, false]),
        ("https://watch.example.org", "watch.example.org..", [false, false]),
        ("https://watch.example.org", "", [false, false]),
        ("https://watch.example.org", "localhost:1", [true, true]),
        ("https://watch.example.org", "[::1]", [true, true]),
        ("https://[2001:db8::1]", "[2001:0db8:0:0:0:0:0:1]", [true, true]),
        ("https://[2001:db8::1]", "[2001:db8::2]", [false, false]),
        ("https://[2001:db8::1]", "2001", [false, false]),
        ("https://[2001:db8::1]", "", [false, false]),
        ("https://192.0.2.1", "192.0.2.1:443", [true, true]),
        ("https://192.0.2.1", "192.0.2.2", [false, false]),
    ])
    func hostsAreCompared(url: String, host: String, expected: [Bool]) throws {
        #expect(try isFor(url, host: host) == expected)
    }

    @Test func HTTP10NamesNoHost() throws {
        #expect(try isFor("https://watch.example.org", host: "-", version: "1.0") == [true, true])
        #expect(
            try isFor("https://watch.example.org", host: "evil.example", version: "1.0") == [false, false])
    }

    @Test(arguments: [
        ("https://watch.example.org/ps", "https://watch.example.org", true),
        ("https://watch.example.org", "https://watch.example.org:443", true),
        ("https://watch.example.org", "HTTPS://Watch.Example.org", true),
        ("https://watch.example.org:8443", "https://watch.example.org:8443", true),
        ("https://watch.example.org:8443", "https://watch.example.org", false),
        ("https://watch.example.org", "https://watch.example.org:8443", false),
        ("https://watch.example.org", "http://watch.example.org", false),
        ("https://watch.example.org", "https://watch.example.org/", false),
        ("https://watch.example.org", "https://watch.example.org.evil.example", false),
        ("https://watch.example.org", "https://evil.example", false),
        ("https://watch.example.org", "https://", false),
        ("https://watch.example.org", "https://watch.example.org https://evil.example", false),
        ("https://watch.example.org", "null", false),
        ("https://watch.example.org", "", false),
        ("https://[2001:db8::1]", "https://[2001:db8:0::1]", true),
        ("http://localhost:2112", "http://localhost:2112", true),
        ("http://localhost:2112", "http://127.0.0.1:2112", false),
    ])
    func originsAreCompared(url: String, origin: String, isSame: Bool) throws {
        let url = try PublicURL(parsing: url)
        #expect(Array(origin.utf8).withUnsafeBytes { url.isOrigin($0) } == isSame)
    }

    @Test func itsOwnOriginIsItsOwn() throws {
        for text in ["https://a.example:8443/ps", "http://localhost", "https://[::1]:1", "http://192.0.2.1"] {
            let url = try PublicURL(parsing: text)
            #expect(Array(url.origin.utf8).withUnsafeBytes { url.isOrigin($0) }, "\(text)")
        }
    }

    @Test(arguments: [
        ("http://localhost:1/ps", true), ("https://watch.localhost", true), ("http://127.9.9.9", true),
        ("http://[::1]", true), ("http://[::ffff:127.0.0.1]", true), ("http://192.168.0.1", false),
        ("https://localhost.example", false), ("https://[2001:db8::1]", false),
    ])
    func loopbackIsTold(text: String, isLoopback: Bool) throws {
        #expect(try PublicURL(parsing: text).isLoopback == isLoopback)
    }
}
