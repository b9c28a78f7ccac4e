import ByteCore
import HTTPWire
import ProxyWire

@testable import PointerscopeCommands

extension FuzzTarget {
    /// What a proxy puts in front of a connection.
    static let proxyHeader = FuzzTarget(
        name: "proxy-header", longestInput: 600, seeds: { proxyHeaderSeeds }
    ) { input in
        Pieces.compare(input) { feed, transcript in
            var inbound = Inbound()
            var isOver = false
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    guard !isOver else { return bytes.count }
                    switch ProxyHeader.parse(UnsafeRawBufferPointer(bytes)) {
                    case .incomplete: return 0
                    case .refused(let fault): transcript.note(fault.word)
                    case .header(let source, let count):
                        guard count > 0, count <= bytes.count else {
                            transcript.complain("\(count) bytes of \(bytes.count)")
                            return bytes.count
                        }
                        transcript.note(described: source)
                        transcript.note(count)
                    }
                    isOver = true
                    return bytes.count
                }
            }
            transcript.note(isOver ? "over" : "open")
        }
    }

    private static let proxyHeaderSeeds: [[UInt8]] = {
        let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
        return Seed.texts([
            "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n",
            "PROXY TCP6 2001:db8::1 ::1 1 0\r\n", "PROXY UNKNOWN ffff::ffff\r\n", "GET / HTTP/1.1\r\n",
        ]) + [
            signature + [0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 2, 0x12, 0x67, 1, 187],
            signature + [0x21, 0x21, 0, 39] + [UInt8](repeating: 32, count: 36) + [4, 0, 0],
            signature + [0x20, 0, 0, 0, 71], signature + [0x21, 0x31, 2, 8],
        ]
    }()

    /// Fields in which proxies name their clients, in each of the ways; the first byte says which.
    static let forwarded = FuzzTarget(
        name: "forwarded", longestInput: 400,
        seeds: {
            Seed.texts([
                "0192.0.2.1, 10.0.0.1", "0[2001:db8::1]:4711,unknown\n10.0.0.1:80",
                "1for=192.0.2.60;proto=http;by=_x",
                "1For=\"[2001:db8::17]:4711\", for=10.0.0.1\nfor=\"1\\0.0.0.2\"",
                "1for=_hidden, for=unknown;",
                "2192.0.2.1", "2192.0.2.1\n192.0.2.2", "0,,\t,", "1;;,;a=\"b,c\"",
            ])
        }
    ) { input in
        guard let first = input.first else { return nil }
        let name = ["X-Forwarded-For", "Forwarded", "X-Real-IP"][Int(first % 3)]
        // A line feed separates lines; whatever no field may hold is none of this target's business.
        let lines = input.dropFirst().split(separator: 10, omittingEmptySubsequences: false)
        let request: [UInt8] =
            Array("GET / HTTP/1.1\r\nHost: a\r\n".utf8)
            + lines.flatMap { Array("\(name): ".utf8) + $0 + [13, 10] } + [13, 10]
        let exact = ExactCopy(request)
        var head = HTTPRequestHead()
        guard case .complete = HTTPRequestParser.parse(exact.readable, into: &head),
            let proxies = try? TrustedProxies(parsing: ["10.0.0.0/8", "fd00::/8"]),
            let field = try? ForwardedField(parsing: name)
        else { return nil }
        let peer = ClientAddress.peer(.ip(IPAddress(v4: 0x0A00_0001)))
        let trust = ProxyTrust(proxies: proxies, field: field)
        let finding = trust.client(peer, head.fields, in: exact.readable)
        if finding.fault != nil, finding.client != peer { return "a fault names \(finding.client)" }
        let stranger = ClientAddress.peer(.ip(IPAddress(v4: 0xC000_0209)))
        guard trust.client(stranger, head.fields, in: exact.readable).client == stranger else {
            return "a stranger is believed"
        }
        // What a client puts in front of what its proxy appends changes nothing, but that nobody is named.
        guard field.name != "x-real-ip", let text = String(validating: input.dropFirst(), as: UTF8.self)
        else {
            return nil
        }
        let appended = field.name == "forwarded" ? "for=192.0.2.77" : "192.0.2.77"
        let longer = ExactCopy(
            Array(
                "GET / HTTP/1.1\r\n\(name): \(text.filter { $0 != "\n" }), \(appended)\r\nHost: a\r\n\r\n"
                    .utf8))
        guard case .complete = HTTPRequestParser.parse(longer.readable, into: &head) else { return nil }
        let behind = trust.client(peer, head.fields, in: longer.readable).client
        return behind == peer || behind == .named(IPAddress(v4: 0xC000_024D)) ? nil : "\(behind) came through"
    }

    /// Addresses, networks, and origins with them.
    static let networkAddress = FuzzTarget(
        name: "network-address", longestInput: 80,
        seeds: {
            Seed.texts([
                "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::8:800:200c:417a", "::", "1::", "10.0.0.0/8",
                "fd00::/8",
                "10.0.0.1/8", "::/0", "https://[::1]:443", "HTTP://A.example:80", "https://*.example", "null",
                "unix:/run/x", "1:2:3:4:5:6:7::",
            ])
        }
    ) { input in
        let exact = ExactCopy(input)
        if let address = IPAddress(exact.readable) {
            guard IPAddress(address.text) == address, IPAddress(address.hexText) == address else {
                return "\(address.text) is another address"
            }
            guard address.text.utf8.count <= 39 else { return "\(address.text) is too long" }
        }
        guard let text = String(validating: input, as: UTF8.self) else { return nil }
        do throws(IPNetwork.ParseError) {
            let network = try IPNetwork(parsing: text)
            guard (try? IPNetwork(parsing: network.text)) == network, network.contains(network.base) else {
                return "\(network.text) is another network"
            }
        } catch .hostBits(let meant) {
            guard (try? IPNetwork(parsing: meant.text)) == meant else { return "\(meant.text) is no mend" }
        } catch {}
        if let origin = try? OriginText.canonical(text) {
            guard (try? OriginText.canonical(origin)) == origin else { return "\(origin) is not its own" }
        }
        return nil
    }
}
