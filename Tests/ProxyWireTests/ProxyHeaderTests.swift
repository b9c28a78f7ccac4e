import ByteCore
import ProxyWire
import TestSupport
import Testing

/// Reads `bytes` as a socket brings them, each piece behind the last: whole, and one byte at a time, which
/// has to come to the same. Memory has the size of what was there.
func header(_ bytes: [UInt8]) -> ProxyHeader.Outcome {
    let whole = bytes.withUnsafeBytes { ProxyHeader.parse($0) }
    var outcome = ProxyHeader.Outcome.incomplete
    for count in 0...bytes.count {
        outcome = Array(bytes[..<count]).withUnsafeBytes { ProxyHeader.parse($0) }
        guard outcome == .incomplete else { break }
    }
    #expect(outcome == whole, "\(String(decoding: bytes, as: UTF8.self)) in pieces: \(outcome)")
    return whole
}

func header(_ text: String) -> ProxyHeader.Outcome { header(Array(text.utf8)) }

/// `0D 0A ...` with spaces and line ends between, as it stands in a specification.
func hex(_ text: String) -> [UInt8] {
    text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { UInt8($0, radix: 16)! }
}

/// proxy-protocol.txt, section 2.2: the signature.
let signature = hex("0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A")

let longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

func address(_ text: String) -> IPAddress { IPAddress(text)! }

@Suite struct ProxyHeaderTests {
    // Section 2.1 of proxy-protocol.txt, its examples and its longest lines.
    @Test(arguments: [
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255", 56),
        ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n", "192.168.0.1", 47),
        ("PROXY TCP6 2001:db8::1 ::1 1 0\r\n\r\n", "2001:db8::1", 32),
        (
            "PROXY TCP6 \(longest) \(longest) 65535 65535\r\n",
            longest, 104
        ),
        ("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1", 37),
    ])
    func linesThatNameSomebody(text: String, client: String, count: Int) {
        #expect(header(text) == .header(.address(address(client)), count: count))
    }

    @Test(arguments: [
        "PROXY UNKNOWN\r\n", "PROXY UNKNOWN 1.2.3.4 nonsense\u{1}\r\n",
        "PROXY UNKNOWN \(longest) \(longest) 65535 65535\r\n",
    ])
    func linesThatNameNobody(text: String) {
        #expect(header(text) == .header(.unknown, count: text.utf8.count))
    }

    @Test(arguments: [
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
        "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 -2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n", "PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY unknown\r\n", "PROXY \r\n", "PROXY TCP6 [::1] ::1 1 2\r\n", "PROXY TCP6 ::1%lo ::1 1 2\r\n",
        "PROXY TCP4\t192.0.2.1 192.0.2.2 1 2\r\n",
    ])
    func linesThatAreNone(text: String) { #expect(header(text) == .refused(.malformed)) }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "POST / HTTP/1.1\r\n", "PUT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "proxy TCP4 ",
        "\r\n\r\nGET / HTTP/1.1\r\n", "\u{16}\u{3}\u{1}", "PROXY\tTCP4", "\0",
    ])
    func otherBeginnings(text: String) { #expect(header(text) == .refused(.absent)) }

    @Test func aLineEndsWithin107Bytes() {
        let filler = String(repeating: "x", count: 107 - 16)
        #expect(header("PROXY UNKNOWN \(filler)\r\n") == .header(.unknown, count: 107))
        #expect(header("PROXY UNKNOWN x\(filler)\r\n") == .refused(.tooLong))
        #expect(header("PROXY UNKNOWN \(filler)") == .incomplete)
        #expect(header("PROXY UNKNOWN x\(filler)") == .refused(.tooLong))
    }

    @Test func versionTwoNamesAnIPv4Client() {
        let bytes =
            signature
            + hex(
                """
                21
                11
                00 0C
                C0 00 02 01
                C6 33 64 02
                12 67
                01 BB
                """)
        // version 2, PROXY | AF_INET, STREAM | 12 bytes | source | destination | their ports
        #expect(header(bytes + Array("GET".utf8)) == .header(.address(address("192.0.2.1")), count: 28))
    }

    @Test func versionTwoNamesAnIPv6Client() {
        let ends =
            hex("20 01 0D B8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0D B8")
            + [UInt8](repeating: 2, count: 12)
        // AF_INET6, STREAM; 36 bytes of addresses and ports, then a TLV of type 4 (NOOP), 3 bytes, which is
        // skipped.
        let bytes = signature + hex("21 21 00 2A") + ends + hex("12 67 01 BB") + hex("04 00 03 FF FF FF")
        #expect(header(bytes + [1, 2, 3]) == .header(.address(address("2001:db8::1")), count: 58))
    }

    /// LOCAL, whatever family it says (section 2.2: the block is discarded).
    @Test(arguments: ["20 00 00 00", "20 11 00 00", "20 FF 00 02 AA BB", "20 21 00 01 07"])
    func versionTwoOfTheProxyItself(rest: String) {
        let bytes = signature + hex(rest)
        #expect(header(bytes + Array("PROXY".utf8)) == .header(.proxy, count: bytes.count))
    }

    /// Families and transports that are valid and mean nobody who could be known here.
    @Test(arguments: [0x00, 0x01, 0x10, 0x12, 0x20, 0x22, 0x30, 0x31, 0x32] as [UInt8])
    func versionTwoOfOthers(family: UInt8) {
        let body = [UInt8](repeating: 127, count: 216)
        let bytes = signature + [0x21, family, 0, 216] + body
        #expect(header(bytes) == .header(.unknown, count: 232))
    }

    @Test(arguments: [
        "11 11 00 0C", "01 11 00 0C", "22 11 00 0C", "2F 11 00 0C", "31 11 00 0C", "21 41 00 0C",
        "21 13 00 0C",
        "21 F1 00 0C", "21 1F 00 0C", "21 11 00 0B", "21 21 00 23", "21 31 00 D7",
    ])
    func versionTwoThatIsNone(rest: String) {
        let bytes = signature + hex(rest) + [UInt8](repeating: 0, count: 300)
        #expect(header(bytes) == .refused(.malformed))
    }

    @Test func versionTwoIsAtMost536Bytes() {
        let most = signature + hex("21 11 02 08") + [UInt8](repeating: 1, count: 520)
        #expect(header(most) == .header(.address(address("1.1.1.1")), count: 536))
        #expect(header(signature + hex("21 11 02 09")) == .refused(.tooLong))
        #expect(header(signature + hex("20 00 FF FF")) == .refused(.tooLong))
    }

    @Test func nothingBehindAHeaderIsLookedAt() {
        let line = Array("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".utf8)
        let binary = signature + hex("21 11 00 0C 01 02 03 04 05 06 07 08 00 01 00 02")
        for start in [line, binary] {
            let expected = header(start)
            for tail in [[UInt8](), [0x0D], [0x0A], line, binary, [UInt8](repeating: 0xFF, count: 5000)] {
                #expect(header(start + tail) == expected)
            }
        }
    }

    /// What is broken in a byte or two is a header, the start of one, or refused, and never longer than it
    /// is.
    @Test func strangeBytes() {
        var random = SplitMix64(seed: 20)
        let seeds = [
            Array("PROXY TCP6 2001:db8::1 ::1 1 0\r\n".utf8), Array("PROXY UNKNOWN\r\n".utf8),
            signature + hex("21 11 00 0C C0 00 02 01 C6 33 64 02 12 67 01 BB"),
            signature + hex("20 00 00 03 04 00 00"),
        ]
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.once(in: 2) { bytes.removeLast(random.below(bytes.count)) }
            if case .header(_, let count) = header(bytes) { #expect(count <= bytes.count) }
        }
    }

    @Test func whoIsBehindAProxy() {
        let peer = PeerAddress.ip(address("10.0.0.1"))
        #expect(ClientAddress(.proxy, over: peer) == .peer(peer))
        #expect(ClientAddress(.unknown, over: peer) == .unnamed)
        #expect(ClientAddress(.address(address("192.0.2.1")), over: peer) == .named(address("192.0.2.1")))
    }
}
