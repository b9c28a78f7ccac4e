import ByteCore
import HTTPWire
import Testing

/// Parses `text` as a whole head and hands it on.
private func withHead(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (borrowing HTTPRequestHead, UnsafeRawBufferPointer) -> Void
) {
    let bytes = Array(text.utf8)
    var head = HTTPRequestHead()
    let outcome = parse(bytes, into: &head)
    guard case .complete(let consumed) = outcome else {
        Issue.record("\(outcome) for \(text)", sourceLocation: sourceLocation)
        return
    }
    #expect(consumed <= bytes.count, sourceLocation: sourceLocation)
    bytes.withUnsafeBytes { body(head, $0) }
}

@Suite("Request heads")
struct RequestHeadTests {
    static let accepted = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.9\r\nHost:\r\n\r\n",
        "POST /events?x=[1]|{2}&y=\\ HTTP/1.1\r\nhOsT:\ta:80 \t\r\nContent-Length: 0012\r\n\r\nhello, world",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://B:8080?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: [::1]:2112\r\nX-Latin: \u{E9}\r\nX: \r\nX:a:b\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nConnection: x, CLOSE\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n"
            + (1...99).map { "X-\($0): a\r\n" }.joined() + "\r\nwhat follows is not the head's",
    ]

    @Test("are the same however they are cut", arguments: accepted)
    func whateverTheCut(_ text: String) {
        let bytes = Array(text.utf8)
        var head = HTTPRequestHead()
        let whole = parse(bytes, into: &head)
        guard case .complete = whole else {
            Issue.record("\(whole)")
            return
        }
        let image = HeadImage(head, bytes)
        for cut in cuts(of: bytes) {
            #expect(parse(bytes, cuts: [cut], into: &head) == whole)
            #expect(HeadImage(head, bytes) == image)
        }
        #expect(parse(bytes, cuts: 0..<bytes.count, into: &head) == whole)
        #expect(HeadImage(head, bytes) == image)
    }

    @Test("leave nothing of themselves in the heads that are parsed into the same place")
    func reuse() {
        var used = HTTPRequestHead()
        for first in Self.accepted {
            for second in Self.accepted {
                var fresh = HTTPRequestHead()
                _ = parse(Array(first.utf8), into: &used)
                _ = parse(Array(second.utf8), into: &used)
                _ = parse(Array(second.utf8), into: &fresh)
                #expect(HeadImage(used, Array(second.utf8)) == HeadImage(fresh, Array(second.utf8)))
            }
        }
    }

    @Test("are borrowed as ranges")
    func ranges() {
        let text =
            "GET /admin/me?shape=frames&hz=10 HTTP/1.1\r\n"
            + "Host: a:2112\r\nAccept:  x \r\naccept: y\r\n\r\nrest"
        withHead(text) { head, bytes in
            #expect(head.method == .get)
            #expect(head.target.slice(of: bytes).isEqual(to: "/admin/me?shape=frames&hz=10"))
            #expect(head.path.slice(of: bytes).isEqual(to: "/admin/me"))
            #expect(head.query?.slice(of: bytes).isEqual(to: "shape=frames&hz=10") == true)
            #expect(head.authority?.host.slice(of: bytes).isEqual(to: "a") == true)
            #expect(head.authority?.port == 2112)
            #expect(head.fields.count == 3)
            #expect(head.fields.count(of: "ACCEPT", in: bytes) == 2)
            #expect(head.fields.value(of: "accept", in: bytes)?.isEqual(to: "x") == true)
            #expect(head.fields.onlyValue(of: "accept", in: bytes) == nil)
            #expect(head.fields.value(of: "cookie", in: bytes) == nil)
            #expect(head.queryValue(of: "hz", in: bytes)?.isEqual(to: "10") == true)
            #expect(head.queryValue(of: "h", in: bytes) == nil)
        }
    }

    @Test("consume what is theirs and no byte more; the parser then stands before the next")
    func pipelined() {
        let first = Array("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let second = Array("GET /22 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        var head = HTTPRequestHead()
        let outcome = (first + second).withUnsafeBytes { parser.parse($0, into: &head) }
        #expect(outcome == .complete(consumed: first.count))
        let next = second.withUnsafeBytes { parser.parse($0, into: &head) }
        #expect(next == .complete(consumed: second.count))
        #expect(HeadImage(head, second).path == "/22")
    }

    @Test("of exactly 16 KiB are accepted, also one byte at a time")
    func atTheLimit() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: "
        let filler = HTTPLimits.headBytes - start.utf8.count - 4
        let bytes = Array((start + String(repeating: "x", count: filler) + "\r\n\r\n").utf8)
        #expect(bytes.count == HTTPLimits.headBytes)
        var head = HTTPRequestHead()
        #expect(parse(bytes, into: &head) == .complete(consumed: bytes.count))
        #expect(parse(bytes, cuts: cuts(of: bytes), into: &head) == .complete(consumed: bytes.count))
    }

    @Test("name the target by its form")
    func targets() {
        withHead("GET http://B:8080?q HTTP/1.1\r\nHost: a\r\n\r\n") { head, bytes in
            #expect(head.path.slice(of: bytes).isEqual(to: "/"))
            #expect(head.query?.slice(of: bytes).isEqual(to: "q") == true)
            #expect(head.authority?.host.slice(of: bytes).isEqual(to: "B") == true)
            #expect(head.authority?.port == 8080)
        }
        withHead("GET HTTPS://[::1]/x?y?z HTTP/1.1\r\nHost: a\r\n\r\n") { head, bytes in
            #expect(head.path.slice(of: bytes).isEqual(to: "/x"))
            #expect(head.query?.slice(of: bytes).isEqual(to: "y?z") == true)
            #expect(head.isForLoopback(in: bytes) == true)
        }
        withHead("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") { head, bytes in
            #expect(head.path.slice(of: bytes).isEqual(to: "*"))
        }
        withHead("CONNECT b:443 HTTP/1.1\r\nHost: a\r\n\r\n") { head, bytes in
            #expect(head.path.isEmpty)
            #expect(head.authority?.port == 443)
        }
    }

    @Test("know every method by its exact name")
    func methods() {
        for method in HTTPMethod.allCases where method != .other && method != .connect {
            withHead("\(method.name) / HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in
                #expect(head.method == method)
            }
        }
        for name in ["get", "GETS", "BREW", "G"] {
            withHead("\(name) / HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in #expect(head.method == .other) }
        }
    }

    @Test(
        "keep the connection or not",
        arguments: [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.0", "", false),
            ("1.0", "Connection: Keep-Alive\r\n", true), ("1.1", "Connection: upgrade\r\n", true),
            ("1.0", "Connection: keep-alive, close\r\n", false),
            ("1.1", "Connection: ,,x,\tClose \r\n", false),
            ("1.1", "Connection: x\r\nConnection: close\r\n", false), ("1.1", "Connection: closed\r\n", true),
        ])
    func keepAlive(version: String, field: String, expected: Bool) {
        withHead("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n") { head, _ in
            #expect(head.isKeepAlive == expected)
        }
    }

    @Test("say where the body ends")
    func framing() {
        withHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nContent-Length: 012\r\n\r\n") {
            head, _ in
            #expect(head.framing == .length(12))
            #expect(head.contentLength == 12)
            #expect(head.hasBody == true)
        }
        withHead("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n") { head, _ in
            #expect(head.contentLength == 999_999_999_999_999_999)
        }
        withHead("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n") { head, _ in
            #expect(head.hasBody == false)
        }
        withHead("GET / HTTP/1.1\r\nHost: a\r\n\r\n") { head, _ in #expect(head.framing == .none) }
        withHead("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,CHUNKED,\r\n\r\n") { head, _ in
            #expect(head.framing == .chunked)
            #expect(head.contentLength == nil)
            #expect(head.hasBody == true)
        }
    }

    @Test(
        "know a loopback host from one that only looks like it",
        arguments: [
            ("localhost", true), ("LOCALHOST:2112", true), ("app.localhost", true), ("127.0.0.1:80", true),
            ("127.255.0.9", true), ("[::1]:80", true), ("localhost.example", false), ("xlocalhost", false),
            ("127.0.0.1.example", false), ("127.0.0", false), ("127.0.0.256", false), ("128.0.0.1", false),
            ("127..0.1", false), ("[::2]", false), ("", false), (".localhost", false),
            ("1127.0.0.1", false), ("127.0.0.0001", false), ("evil.example:80", false),
            ("localhost.", true), ("LocalHost.:80", true), ("app.localhost.", true), ("127.0.0.1.", true),
            ("localhost..", false), (".", false), ("127.0.0.1..", false), ("example.localhost.evil", false),
            ("[0:0:0:0:0:0:0:1]", true), ("[0000:0000:0000:0000:0000:0000:0000:0001]:1", true),
            ("[0::1]", true), ("[::0:1]", true), ("[0:0::1]", true), ("[::0.0.0.1]", true),
            ("[::ffff:127.0.0.1]", true), ("[::FFFF:7f00:1]", true), ("[0:0:0:0:0:ffff:127.8.9.10]:80", true),
            ("[::ffff:128.0.0.1]", false), ("[::fffe:127.0.0.1]", false), ("[1::1]", false), ("[::]", false),
            ("[1::]", false), ("[0:0:0:0:0:0:1]", false), ("[0:0:0:0:0:0:0:0:1]", false), ("[::1::]", false),
            ("[:1]", false), ("[::1:]", false), ("[0:0:0:0:0:0:0::1]", false), ("[::00001]", false),
            ("[::127.0.0.1]", false), ("[::1.2.3]", false), ("[::ffff:127.0.0.1:0]", false),
            ("[0:0:0:0:0:0:0:127.0.0.1]", false), ("[::ffff:127.0.0.256]", false),
        ])
    func loopback(host: String, expected: Bool) {
        withHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") { head, bytes in
            #expect(head.isForLoopback(in: bytes) == expected)
        }
        // The target's host is the one that counts where it names one.
        withHead("GET http://evil.example/ HTTP/1.1\r\nHost: \(host)\r\n\r\n") { head, bytes in
            #expect(head.isForLoopback(in: bytes) == false)
        }
    }

    @Test("of HTTP/1.0 may come without a host")
    func withoutHost() {
        withHead("GET / HTTP/1.0\r\n\r\n") { head, bytes in
            #expect(head.authority == nil)
            #expect(head.isForLoopback(in: bytes) == true)
        }
        withHead("GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n") { head, bytes in
            #expect(head.isForLoopback(in: bytes) == false)
        }
    }

    @Test("visit list elements over all lines until told to stop")
    func elements() {
        withHead("GET / HTTP/1.1\r\nHost: a\r\nL: a, b ,,\r\nX: z\r\nl: c\r\nL:\r\n\r\n") { head, bytes in
            var seen: [String] = []
            head.fields.forEachElement(of: "l", in: bytes) {
                seen.append(String(decoding: $0, as: UTF8.self))
                return true
            }
            #expect(seen == ["a", "b", "c"])
            seen = []
            head.fields.forEachElement(of: "l", in: bytes) {
                seen.append(String(decoding: $0, as: UTF8.self))
                return false
            }
            #expect(seen == ["a"])
        }
    }

    @Test("Origins of the very host and port of a request") func ownOrigin() {
        for (host, origin, expected) in [
            ("localhost", "http://localhost", true), ("localhost", "HTTP://LOCALHOST", true),
            ("localhost:80", "http://localhost", true), ("localhost", "http://localhost:80", true),
            ("localhost:2112", "http://localhost:2112", true), ("[::1]:2112", "http://[::1]:2112", true),
            ("localhost:2112", "http://localhost:3000", false), ("localhost:2112", "http://localhost", false),
            ("localhost:2112", "http://127.0.0.1:2112", false), ("localhost", "https://localhost", false),
            ("localhost", "http://localhost/", false), ("localhost", "http://a@localhost", false),
            ("localhost", "http://localhost.evil.example", false), ("localhost", "http://", false),
            ("localhost", "localhost", false), ("localhost", "null", false), ("localhost", "", false),
        ] {
            withHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") { head, bytes in
                let isOwn = Array(origin.utf8).withUnsafeBytes { head.isForPages(ofOrigin: $0, in: bytes) }
                #expect(isOwn == expected, "\(host), \(origin)")
            }
        }
        withHead("GET / HTTP/1.0\r\n\r\n") { head, bytes in
            let isOwn = Array("http://localhost".utf8).withUnsafeBytes {
                head.isForPages(ofOrigin: $0, in: bytes)
            }
            #expect(!isOwn)
        }
    }
}
