import ByteCore
import HTTPWire
import ProxyWire
import TestSupport
import Testing

/// Who a request with these fields is from, in words: `192.0.2.1`, `unnamed`, `peer`, and a fault's word
/// behind `peer`.
func client(
    _ fields: String, believing name: String = "X-Forwarded-For", over connection: ClientAddress = proxy,
    trusting proxies: [String] = ["10.0.0.0/8", "fd00::/8"]
) throws -> String {
    let trust = ProxyTrust(
        proxies: try TrustedProxies(parsing: proxies), field: try ForwardedField(parsing: name))
    let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
    var head = HTTPRequestHead()
    return request.withUnsafeBytes { bytes in
        guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return "no request" }
        let finding = trust.client(connection, head.fields, in: bytes)
        let fault = finding.fault.map { " \($0.word)" } ?? ""
        if finding.client == connection { return "peer" + fault }
        switch finding.client {
        case .peer: return "another peer" + fault
        case .named(let address): return address.text + fault
        case .unnamed: return "unnamed" + fault
        }
    }
}

let proxy = ClientAddress.peer(.ip(address("10.1.2.3")))

@Suite struct ProxyTrustTests {
    @Test(arguments: [
        ("", "peer"),
        ("X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"),
        ("x-forwarded-FOR:192.0.2.1\t\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1"),
        ("X-Forwarded-For: [2001:DB8::1]\r\n", "2001:db8::1"),
        ("X-Forwarded-For: [2001:db8::1]:4711\r\n", "2001:db8::1"),
        ("X-Forwarded-For: 192.0.2.1:65535\r\n", "192.0.2.1"),
        ("X-Forwarded-For: ::ffff:192.0.2.1\r\n", "192.0.2.1"),
        // Right to left: what a client wrote itself stands in front, and is not looked at.
        ("X-Forwarded-For: 6.6.6.6, 192.0.2.1\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 6.6.6.6, 192.0.2.1, 10.0.0.9\r\n", "192.0.2.1"),
        ("X-Forwarded-For: nonsense, \",192.0.2.1 , fd00::1,10.0.0.9:80\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 10.0.0.1, 6.6.6.6\r\n", "6.6.6.6"),
        // Several lines are one list, in order.
        ("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 192.0.2.1\r\nHost2: b\r\nX-Forwarded-For: 10.0.0.1\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For:\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 192.0.2.1,,\t, 10.0.0.2 ,\r\n", "192.0.2.1"),
        // Everybody is a proxy: who stands leftmost.
        ("X-Forwarded-For: 10.0.0.7, fd00::1, 10.0.0.1\r\n", "10.0.0.7"),
        ("X-Forwarded-For: fd00::2\r\nX-Forwarded-For: 10.0.0.1\r\n", "fd00::2"),
        // Nothing that can be read.
        ("X-Forwarded-For:\r\n", "peer empty"), ("X-Forwarded-For: , ,\r\n", "peer empty"),
        ("X-Forwarded-For: 6.6.6.6, nonsense\r\n", "peer malformed"),
        ("X-Forwarded-For: 6.6.6.6, nonsense, 10.0.0.1\r\n", "peer malformed"),
        ("X-Forwarded-For: 192.0.2.1 192.0.2.2\r\n", "peer malformed"),
        ("X-Forwarded-For: 192.0.2.1:65536\r\n", "peer malformed"),
        ("X-Forwarded-For: 192.0.2.1:\r\n", "peer malformed"),
        ("X-Forwarded-For: 192.0.2.01\r\n", "peer malformed"),
        ("X-Forwarded-For: [192.0.2.1]\r\n", "peer malformed"),
        ("X-Forwarded-For: [2001:db8::1\r\n", "peer malformed"),
        ("X-Forwarded-For: [2001:db8::1]80\r\n", "peer malformed"),
        ("X-Forwarded-For: \"192.0.2.1\"\r\n", "peer malformed"),
        ("X-Forwarded-For: fe80::1%eth0\r\n", "peer malformed"),
        ("X-Forwarded-For: _hidden\r\n", "peer malformed"),
        ("X-Forwarded-For: 6.6.6.6, Unknown\r\n", "unnamed"),
        // Another kind is never believed.
        ("Forwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-Host: 6.6.6.6\r\n", "peer"),
        ("X-Forwarded-For2: 6.6.6.6\r\nX-Forwarded-Fo: 6.6.6.6\r\n", "peer"),
    ])
    func lists(fields: String, expected: String) throws {
        #expect(try client(fields) == expected)
    }

    @Test(arguments: [
        // RFC 7239 section 4 and 6, their examples.
        ("Forwarded: for=192.0.2.43, for=198.51.100.17\r\n", "198.51.100.17"),
        ("Forwarded: for=192.0.2.60;proto=http;by=203.0.113.43\r\n", "192.0.2.60"),
        ("Forwarded: For=\"[2001:db8:cafe::17]:4711\"\r\n", "2001:db8:cafe::17"),
        ("Forwarded: for=\"_gazonk\"\r\n", "unnamed"), ("Forwarded: for=_SEVKISEK\r\n", "unnamed"),
        ("Forwarded: for=unknown, for=10.0.0.1\r\n", "unnamed"),
        ("Forwarded: for=192.0.2.43\r\nForwarded: for=\"10.0.0.1:80\"\r\n", "192.0.2.43"),
        ("Forwarded: proto=https;For=192.0.2.1;by=\"_x\";ext=\"a\\\"b,c;d=e\"\r\n", "192.0.2.1"),
        ("Forwarded: for=\"192.0.2.1:_port\"\r\n", "192.0.2.1"),
        ("Forwarded: ,, for=192.0.2.1 ,\r\n", "192.0.2.1"),
        ("Forwarded: for=\"1\\92.0.2.1\"\r\n", "192.0.2.1"), ("Forwarded: ;for=192.0.2.1;\r\n", "192.0.2.1"),
        ("Forwarded: for=6.6.6.6, by=10.0.0.1;proto=https\r\n", "unnamed"),
        ("Forwarded: for=10.0.0.7, for=10.0.0.1\r\n", "10.0.0.7"), ("Forwarded:\r\n", "peer empty"),
        ("Forwarded: for=2001:db8::1\r\n", "peer malformed"),
        ("Forwarded: for=\"2001:db8::1\"\r\n", "peer malformed"),
        ("Forwarded: for=192.0.2.1:80\r\n", "peer malformed"), ("Forwarded: for=\r\n", "peer malformed"),
        ("Forwarded: for=\"\"\r\n", "peer malformed"), ("Forwarded: for = 192.0.2.1\r\n", "peer malformed"),
        ("Forwarded: for=192.0.2.1;for=6.6.6.6\r\n", "peer malformed"),
        ("Forwarded: 192.0.2.1\r\n", "peer malformed"),
        ("Forwarded: for=_\r\n", "peer malformed"), ("Forwarded: for=\"192.0.2.1\r\n", "peer malformed"),
        // A quote that a client opens swallows nothing of what its proxy appends, and names nobody.
        ("Forwarded: for=6.6.6.6, x=\", for=192.0.2.1;proto=\"https\"\r\n", "peer malformed"),
        ("Forwarded: for=\", for=\"[2001:db8::1]:4711\"\r\n", "peer malformed"),
        ("Forwarded: for=\"6.6.6.6\r\nForwarded: for=192.0.2.1\r\n", "192.0.2.1"),
        ("X-Forwarded-For: 6.6.6.6\r\n", "peer"),
    ])
    func forwarded(fields: String, expected: String) throws {
        #expect(try client(fields, believing: "Forwarded") == expected)
    }

    @Test(arguments: [
        ("X-Real-IP: 192.0.2.1\r\n", "192.0.2.1"), ("X-Real-IP: 10.0.0.8\r\n", "10.0.0.8"),
        ("X-Real-IP: 2001:db8::1\r\n", "2001:db8::1"), ("X-Real-IP:\r\n", "peer empty"),
        ("X-Real-IP: 192.0.2.1, 192.0.2.2\r\n", "peer malformed"), ("X-Real-IP: unknown\r\n", "unnamed"),
        ("X-Real-IP: 6.6.6.6\r\nX-Real-IP: 10.0.0.1\r\n", "peer repeated"),
        ("X-Forwarded-For: 6.6.6.6\r\n", "peer"),
    ])
    func singleAddresses(fields: String, expected: String) throws {
        #expect(try client(fields, believing: "X-Real-IP") == expected)
        let other = "CF-Connecting-IP"
        let swapped = fields.split(separator: "\r\n").map { line in
            line.hasPrefix("X-Real-IP") ? other + line.dropFirst(9) : String(line)
        }
        #expect(try client(swapped.map { $0 + "\r\n" }.joined(), believing: other) == expected)
    }

    @Test func onlyProxiesAreBelieved() throws {
        let field = "X-Forwarded-For: 6.6.6.6\r\n"
        for connection in [
            ClientAddress.peer(.ip(address("192.0.2.9"))), .peer(.unixSocket), .named(address("192.0.2.9")),
            .unnamed,
        ] {
            #expect(try client(field, over: connection) == "peer")
        }
        #expect(try client(field, trusting: []) == "peer")
        #expect(try client(field, over: .peer(.unixSocket), trusting: ["unix"]) == "6.6.6.6")
        #expect(try client(field, over: .named(address("10.0.0.1"))) == "6.6.6.6")
        // A PROXY header that names nobody takes the place of the proxy's own address: else it would be
        // believed what strangers say through it.
        #expect(try client(field, over: .unnamed, trusting: ["0.0.0.0/0", "::/0", "unix"]) == "peer")
        let trust = ProxyTrust(proxies: try TrustedProxies(parsing: ["0.0.0.0/0", "::/0", "unix"]))
        #expect(!trust.includes(.unnamed) && trust.includes(proxy) && trust.includes(.peer(.unixSocket)))
    }

    @Test(arguments: [
        ("10.0.0.1/8", "did you mean 10.0.0.0/8?"), ("nobody", "must be a network"),
        ("10.0.0.0/64", "from 0 to 32"),
        ("Unix", "must be a network"), ("", "must be a network"),
    ])
    func refusesProxies(word: String, complaint: String) {
        do {
            _ = try TrustedProxies(parsing: [word])
            Issue.record("\(word) was taken")
        } catch {
            #expect(error.complaint.contains(complaint), "\(error.complaint)")
        }
    }

    @Test func proxiesAreBounded() throws {
        let many = (0..<256).map { "10.0.\($0).0/24" }
        let proxies = try TrustedProxies(parsing: many + ["unix"])
        #expect(proxies.words == many + ["unix"])
        #expect(throws: TrustedProxies.ParseError.self) { try TrustedProxies(parsing: many + ["192.0.2.1"]) }
    }

    @Test(arguments: ["", "X Forwarded", "Forwarded:", "Host", "x-forwarded-host", "X-Forwarded-Proto", "ü"])
    func refusesFields(name: String) {
        #expect(throws: ForwardedField.ParseError.self) { try ForwardedField(parsing: name) }
    }
}
