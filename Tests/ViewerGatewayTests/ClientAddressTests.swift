import ByteCore
import Foundation
import PosixIO
import ProxyWire
import Testing

@testable import ViewerGateway

/// Who asks, over sockets, behind proxies and PROXY headers.
@Suite struct ClientAddressTests {
    private let line = "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"
    private let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func settings(
        trusting proxies: [String] = [], expectsProxyHeader: Bool = false
    ) throws -> GatewaySettings {
        var settings = GatewaySettings()
        settings.trust.proxies = try TrustedProxies(parsing: proxies)
        settings.expectsProxyHeader = expectsProxyHeader
        return settings
    }

    /// Opens a stream with these bytes in front of its request, and fields in it; whom it is from, and
    /// whether its connection counts as a trusted proxy's.
    private func viewer(
        _ settings: GatewaySettings, at address: String = "127.0.0.1:0", from client: String? = nil,
        _ fields: String = "", behind start: String = ""
    ) throws -> (ClientAddress, isTrusted: Bool) {
        let fixture = try Fixture(settings: settings, address: address)
        let target =
            try client.map { try SocketAddress(parsing: "\($0):\(fixture.gateway.address.port)") }
            ?? fixture.gateway.address
        let client = try Client(target)
        client.send("\(start)GET /receive/a HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        _ = fixture.run { fixture.gateway.viewerCount == 1 }
        var found: (ClientAddress, isTrusted: Bool)?
        fixture.gateway.forEachConnection { _, connection in
            found = (connection.pointee.viewer, fixture.gateway.isFromTrustedProxy(connection))
        }
        return try #require(found)
    }

    private func ip(_ text: String) -> IPAddress { IPAddress(text)! }

    @Test func aPeerIsItself() throws {
        let plain = try settings()
        #expect(try viewer(plain, "X-Forwarded-For: 6.6.6.6\r\n") == (.peer(.ip(ip("127.0.0.1"))), false))
        #expect(try viewer(plain, at: "[::1]:0") == (.peer(.ip(ip("::1"))), false))
        #expect(try viewer(plain, at: "[::]:0", from: "127.0.0.1") == (.peer(.ip(ip("127.0.0.1"))), false))
        let path = "/tmp/pointerscope-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"
        #expect(try viewer(plain, at: "unix:\(path)") == (.peer(.unixSocket), false))
    }

    @Test func aTrustedProxyNamesItsClient() throws {
        let field = "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\n"
        let named = (ClientAddress.named(ip("192.0.2.7")), true)
        #expect(try viewer(settings(trusting: ["127.0.0.1"]), field) == named)
        #expect(
            try viewer(settings(trusting: ["127.0.0.1"]), at: "[::]:0", from: "127.0.0.1", field) == named)
        let others = try settings(trusting: ["127.0.0.2", "unix"])
        #expect(try viewer(others, field) == (.peer(.ip(ip("127.0.0.1"))), false))
    }

    @Test func aHeaderNamesTheClientInItsProxysPlace() throws {
        let field = "X-Forwarded-For: 6.6.6.6\r\n"
        let open = try settings(expectsProxyHeader: true)
        #expect(try viewer(open, field, behind: line) == (.named(ip("192.0.2.1")), false))
        let listed = try settings(trusting: ["127.0.0.1"], expectsProxyHeader: true)
        // The proxy only passed bytes on: what is in them is its client's word.
        #expect(try viewer(listed, field, behind: line) == (.named(ip("192.0.2.1")), false))
        // Where it names nobody, its own address must not stand in: it would be believed.
        #expect(try viewer(listed, field, behind: "PROXY UNKNOWN\r\n") == (.unnamed, false))
        let local = "\r\n\r\n\0\r\nQUIT\n\u{20}\0\0\0"
        #expect(try viewer(listed, "", behind: local) == (.peer(.ip(ip("127.0.0.1"))), true))
        // A proxy in front of the one that speaks the header.
        let chained = try settings(trusting: ["127.0.0.1", "192.0.2.1"], expectsProxyHeader: true)
        #expect(try viewer(chained, field, behind: line) == (.named(ip("6.6.6.6")), true))
    }

    @Test func requestsBehindAHeaderAreAnswered() throws {
        let fixture = try Fixture(settings: settings(expectsProxyHeader: true))
        for byteByByte in [false, true] {
            let answers = try fixture.exchange(line + request + request, answers: 2, byteByByte: byteByByte)
            #expect(answers.map(\.status) == [200, 200])
        }
        #expect(fixture.gateway.counters.proxyHeaders.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", ProxyHeaderFault.absent),
        ("PROXY TCP4 nonsense\r\n", .malformed),
        ("PROXY UNKNOWN " + String(repeating: "x", count: 200), .tooLong),
    ])
    func whoSaysSomethingElseIsClosed(said: String, fault: ProxyHeaderFault) throws {
        let fixture = try Fixture(settings: settings(expectsProxyHeader: true))
        #expect(try fixture.exchange(said).isEmpty)
        #expect(fixture.gateway.counters.proxyHeaders[Int(fault.rawValue)] == 1)
        #expect(fixture.gateway.counters.proxyHeaders.reduce(0, +) == 1)
        #expect(fixture.gateway.connections.count == 0)
    }

    @Test func aHeaderHasThreeSecondsHoweverItTrickles() throws {
        let fixture = try Fixture(settings: settings(expectsProxyHeader: true))
        let (silent, slow) = (try Client(fixture.gateway.address), try Client(fixture.gateway.address))
        #expect(fixture.run { fixture.gateway.connections.count == 2 })
        for part in ["PROXY ", "U"] {
            fixture.advance(seconds: 1.4)
            slow.send(part)
            for _ in 0..<3 { fixture.turn(timeoutMilliseconds: 1) }
            #expect(fixture.gateway.connections.count == 2)
        }
        fixture.advance(seconds: 0.4)
        // Not until it holds: that would be later.
        for _ in 0..<5 { fixture.turn(timeoutMilliseconds: 1) }
        #expect(fixture.gateway.connections.count == 0)
        #expect(fixture.gateway.counters.proxyHeaders[Int(ProxyHeaderFault.late.rawValue)] == 2)
        _ = silent
    }

    @Test func onlyTheListedMaySpeakIt() throws {
        let fixture = try Fixture(settings: settings(trusting: ["192.0.2.0/24"], expectsProxyHeader: true))
        #expect(try fixture.exchange(line + request).isEmpty)
        #expect(fixture.gateway.counters.proxyHeaders[Int(ProxyHeaderFault.untrusted.rawValue)] == 1)
        #expect(fixture.gateway.counters.connectionsAccepted == 0)
    }

    @Test func whatCannotBeReadIsCounted() throws {
        let fixture = try Fixture(settings: settings(trusting: ["127.0.0.0/8"]))
        #expect(try fixture.get("/healthz", "X-Forwarded-For: nonsense\r\n").status == 200)
        #expect(try fixture.get("/healthz", "X-Forwarded-For:\r\n").status == 200)
        #expect(try fixture.get("/healthz").status == 200)
        #expect(fixture.gateway.counters.forwarded == [1, 1, 0])
        let text = try fixture.get("/metrics").text
        #expect(text.contains("pointerscope_forwarded_malformed_total{reason=\"malformed\"} 1\n"))
    }
}
