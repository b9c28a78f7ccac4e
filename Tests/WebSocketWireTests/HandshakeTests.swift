import ByteCore
import HTTPWire
import Testing
import WebSocketWire

private func string(_ buffer: borrowing ByteBuffer) -> String {
    String(decoding: buffer.readable, as: UTF8.self)
}

/// What a server makes of `request`, and what it answers.
private func evaluate(
    _ request: String, policy: HandshakePolicy = HandshakePolicy()
) -> (decision: HandshakeDecision?, answer: String) {
    var head = HTTPRequestHead()
    var output = ByteBuffer()
    let decision: HandshakeDecision? = Array(request.utf8).withUnsafeBytes { bytes in
        guard case .complete(bytes.count) = HTTPRequestParser.parse(bytes, into: &head) else { return nil }
        return ServerHandshake.evaluate(head, bytes, policy: policy, into: &output)
    }
    if case .refuse(let refusal) = decision {
        #expect(output.isEmpty == true)
        refusal.append(to: &output)
    }
    return (decision, string(output))
}

@Suite("The opening handshake, the server's side")
struct HandshakeTests {
    @Test("the example of RFC 6455 section 1.3")
    func example() {
        let request = """
            GET /chat HTTP/1.1\r
            Host: server.example.com\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Origin: http://example.com\r
            Sec-WebSocket-Protocol: chat, superchat\r
            Sec-WebSocket-Version: 13\r
            \r

            """
        let (decision, answer) = evaluate(request)
        // Neither of the two is spoken here, so none is chosen and JSON holds.
        #expect(decision == .accept(.none))
        #expect(
            answer == """
                HTTP/1.1 101 Switching Protocols\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r

                """)
    }

    @Test(
        "a request that does not open a WebSocket is answered with its status",
        arguments: MalformedHandshake.all)
    func refused(_ malformed: MalformedHandshake) {
        let (decision, answer) = evaluate(malformed.text)
        guard case .refuse(let refusal) = decision else {
            Issue.record("\(String(describing: decision)) for \(malformed.name)")
            return
        }
        #expect(refusal.status.rawValue == malformed.status)
        #expect(answer.hasPrefix("HTTP/1.1 \(malformed.status) "))
        #expect(answer.contains("close\r\n") && answer.hasSuffix("\r\n\r\n\(refusal.reason)\n"))
        #expect(answer.contains("\r\nContent-Length: \(refusal.reason.utf8CodeUnitCount + 1)\r\n"))
        if malformed.status == 426 {
            #expect(answer.contains("\r\nUpgrade: websocket\r\n"))
            #expect(answer.contains("\r\nConnection: Upgrade, close\r\n"))
            #expect(answer.contains("\r\nSec-WebSocket-Version: 13\r\n"))
        }
        if malformed.status == 405 { #expect(answer.contains("\r\nAllow: GET\r\n")) }
    }

    @Test("the table covers every refusal but those of the policy")
    func cover() {
        var seen = Set(HandshakeRefusal.allCases.filter(\.isOfOrigin))
        seen.insert(.misdirected)
        // What a policy of its own has to ask for: DeflateOfferTests.
        seen.insert(.malformedExtensions)
        for malformed in MalformedHandshake.all {
            if case .refuse(let refusal) = evaluate(malformed.text).decision { seen.insert(refusal) }
        }
        #expect(seen == Set(HandshakeRefusal.allCases))
        #expect(Set(MalformedHandshake.all.map(\.name)).count == MalformedHandshake.all.count)
    }

    @Test(
        "names and tokens are compared as the RFC says",
        arguments: [
            ("Upgrade", "WebSocket"), ("Upgrade", "h2c, websocket"), ("Connection", "keep-alive, Upgrade"),
            ("Connection", "UPGRADE"), ("Host", "192.0.2.1:8081"),
            ("Sec-WebSocket-Key", "AQIDBAUGBwgJCgsMDQ4PEC=="),
        ])
    func lenient(name: String, value: String) {
        #expect(evaluate(MalformedHandshake.request(name, value)).decision == .accept(.none))
    }

    @Test(
        "json is chosen where it is offered, else none",
        arguments: [
            ("", .none, nil), ("Sec-WebSocket-Protocol: json\r\n", .json, "json"),
            ("Sec-WebSocket-Protocol: a, json , b\r\n", .json, "json"),
            ("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: json\r\n", .json, "json"),
            ("Sec-WebSocket-Protocol: JSON\r\n", .none, nil),
            ("Sec-WebSocket-Protocol: jsonx, x\r\n", .none, nil),
            ("Sec-WebSocket-Protocol:\r\n", .none, nil),
            ("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n", .none, nil),
        ] as [(String, WebSocketSubprotocol, String?)])
    func subprotocols(fields: String, chosen: WebSocketSubprotocol, name: String?) {
        let (decision, answer) = evaluate(MalformedHandshake.request(more: fields))
        #expect(decision == .accept(chosen))
        #expect(answer.contains("Sec-WebSocket-Protocol") == (name != nil))
        if let name { #expect(answer.contains("\r\nSec-WebSocket-Protocol: \(name)\r\n")) }
        #expect(!answer.contains("Sec-WebSocket-Extensions"))
    }

    @Test(
        "an origin is allowed exactly or not at all",
        arguments: [
            ("Origin: https://a.example\r\n", true), ("Origin: http://b.example:8080\r\n", true),
            ("Origin: https://A.example\r\n", false), ("Origin: https://a.example.evil\r\n", false),
            ("Origin: https://a.example/\r\n", false), ("Origin: http://a.example\r\n", false),
            ("Origin: http://b.example\r\n", false), ("Origin: null\r\n", false), ("Origin:\r\n", false),
            ("", false),
            ("Origin: https://a.example\r\nOrigin: https://a.example\r\n", false),
        ])
    func origins(field: String, isAllowed: Bool) {
        let list = ["https://a.example", "http://b.example:8080"].map { Array($0.utf8) }
        let request = MalformedHandshake.request(more: field)
        let refusal = field.contains("null") ? HandshakeRefusal.fileOriginNotAllowed : .originNotAllowed
        let expected: HandshakeDecision = isAllowed ? .accept(.none) : .refuse(refusal)
        #expect(evaluate(request, policy: HandshakePolicy(origins: .listed(list))).decision == expected)
        // Without a list every origin is served, and so is none.
        #expect(evaluate(request).decision == .accept(.none))
    }

    @Test(
        "pages of this machine are served by what their origin is called",
        arguments: [
            ("", nil), ("http://localhost", nil), ("http://localhost:3000", nil),
            ("https://localhost:8443", nil),
            ("HTTP://LOCALHOST", nil), ("http://shop.localhost", nil), ("http://a.b.localhost:1", nil),
            ("http://127.0.0.1:2112", nil), ("http://127.1.2.3", nil), ("http://[::1]:8080", nil),
            ("https://[::1]", nil), ("null", .fileOriginNotAllowed),
            ("https://evil.example", .originNotLoopback),
            ("http://localhost.evil.example", .originNotLoopback),
            ("http://evillocalhost", .originNotLoopback),
            ("http://127.0.0.1.evil.example", .originNotLoopback),
            ("http://128.0.0.1", .originNotLoopback), ("http://[::2]", .originNotLoopback),
            ("http://localhost/", .originNotLoopback), ("http://localhost:99999", .originNotLoopback),
            ("http://user@localhost", .originNotLoopback), ("http://", .originNotLoopback),
            ("ftp://localhost", .originNotLoopback), ("file://", .originNotLoopback),
            ("chrome-extension://localhost", .originNotLoopback), ("localhost", .originNotLoopback),
            ("Null", .originNotLoopback),
        ] as [(String, HandshakeRefusal?)])
    func loopbackOrigins(origin: String, refusal: HandshakeRefusal?) {
        let field = origin.isEmpty ? "" : "Origin: \(origin)\r\n"
        let policy = HandshakePolicy(origins: .loopback)
        let decision = evaluate(MalformedHandshake.request(more: field), policy: policy).decision
        #expect(decision == (refusal.map { .refuse($0) } ?? .accept(.none)))
    }

    @Test("two origins, or an empty one, are no page of this machine")
    func repeatedOrigin() {
        for field in ["Origin: http://localhost\r\nOrigin: http://localhost\r\n", "Origin:\r\n"] {
            let decision = evaluate(
                MalformedHandshake.request(more: field), policy: HandshakePolicy(origins: .loopback)
            ).decision
            #expect(decision == .refuse(.originNotLoopback))
        }
    }

    @Test("a refused origin is told what would admit it")
    func originAnswers() {
        for (refusal, mend) in [
            (HandshakeRefusal.fileOriginNotAllowed, "--origin null"), (.originNotLoopback, "--origin ORIGIN"),
        ] {
            var answer = ByteBuffer()
            refusal.append(to: &answer)
            #expect(String(decoding: answer.readable, as: UTF8.self).contains(mend))
        }
    }

    @Test("an answer to HEAD is its head alone", arguments: HandshakeRefusal.allCases)
    func head(refusal: HandshakeRefusal) {
        var whole = ByteBuffer()
        refusal.append(to: &whole)
        var head = ByteBuffer()
        refusal.append(to: &head, withBody: false)
        let text = String(decoding: head.readable, as: UTF8.self)
        #expect(text.hasSuffix("\r\n\r\n"))
        #expect(String(decoding: whole.readable, as: UTF8.self) == "\(text)\(refusal.reason)\n")
    }

    @Test("without authentication only a loopback host is served")
    func loopback() {
        let policy = HandshakePolicy(requiresLoopbackHost: true)
        let evil = MalformedHandshake.request("Host", "evil.example")
        #expect(evaluate(evil, policy: policy).decision == .refuse(.misdirected))
        #expect(evaluate(evil, policy: policy).answer.hasPrefix("HTTP/1.1 421 "))
        let local = MalformedHandshake.request("Host", "127.0.0.1:8081")
        #expect(evaluate(local, policy: policy).decision == .accept(.none))
    }

    @Test("the public name is served on any port, its pages whatever the list, and others told which it is")
    func publicName() throws {
        let url = try PublicURL(parsing: "https://watch.example.org/ps")
        for origins in [HandshakePolicy.Origins.loopback, .listed([Array("https://shop.example".utf8)])] {
            let policy = HandshakePolicy(origins: origins, requiresLoopbackHost: true, publicURL: url)
            func decision(_ host: String, _ origin: String) -> HandshakeDecision? {
                let request = MalformedHandshake.request("Host", "\(host)\r\nOrigin: \(origin)")
                return evaluate(request, policy: policy).decision
            }
            let own = "https://watch.example.org"
            for host in ["watch.example.org", "watch.example.org:8081", "WATCH.example.org.", "localhost"] {
                #expect(decision(host, own) == .accept(.none), "\(host)")
            }
            #expect(decision("evil.example", own) == .refuse(.misdirected))
            #expect(decision("watch.example.org", "http://watch.example.org") != .accept(.none))
            #expect(decision("watch.example.org", "https://evil.example") != .accept(.none))
        }
        var answer = ByteBuffer()
        HandshakeRefusal.misdirected.append(to: &answer, publicURL: url)
        #expect(
            string(answer).hasSuffix("\r\n\r\nonly watch.example.org and loopback hosts are served here\n"))
        #expect(string(answer).contains("Content-Length: 58\r\n"))
    }

    @Test("frames may stand right behind the head, in the same bytes")
    func framesBehind() {
        let request = Array(MalformedHandshake.request().utf8)
        let frame = WireFrame.text("[]").bytes
        var head = HTTPRequestHead()
        let outcome = (request + frame).withUnsafeBytes { HTTPRequestParser.parse($0, into: &head) }
        #expect(outcome == .complete(consumed: request.count))
    }
}
