import ByteCore
import TestSupport
import Testing

@Suite struct IPAddressTests {
    @Test(
        "reads every spelling and writes the one of RFC 5952",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            // RFC 4291 section 2.2.
            ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
            ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
            ("FF01::101", "ff01::101"), ("::1", "::1"), ("::", "::"),
            ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"), ("::FFFF:129.144.52.38", "129.144.52.38"),
            // RFC 5952 sections 4.1 to 4.3.
            ("2001:0db8::0001", "2001:db8::1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
            ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1::", "1::"), ("::1:0:0:0:0", "0:0:0:1::"),
            ("fe80:0:0:0:0:0:0:0", "fe80::"), ("0:0:0:0:0:0:0:1", "::1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("::ffff:7f00:1", "127.0.0.1"),
        ])
    func spellings(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.text == canonical)
        #expect(IPAddress(canonical) == address)
        #expect(IPAddress(address.hexText) == address)
    }

    @Test(arguments: [
        "", " 1.2.3.4", "1.2.3.4 ", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "01.2.3.4", "1.2.3.04",
        "1.2.3.00",
        "1..2.3", "1.2.3.", "0x1.2.3.4", "1.2.3.4/8", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "::1::",
        "1::2::3", ":1::", "::1:", "12345::", "g::", "[::1]", "fe80::1%eth0", "::1.2.3", "::1.2.3.4.5",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7:8::", "::ffff:1.2.3.04", "1.2.3.4:80", "1.2.3.4::",
        "localhost",
    ])
    func refuses(text: String) { #expect(IPAddress(text) == nil) }

    @Test func whatIsWrittenIsReadBack() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            // Zeros in many places, so that every run of them comes.
            let mask = UInt64.random(in: .min ... .max, using: &random)
            var halves: [UInt64] = []
            for half in 0..<2 {
                var value: UInt64 = 0
                for group in 0..<4 {
                    let isZero = mask >> UInt64(half * 4 + group) & 1 == 0
                    value = value << 16 | (isZero ? 0 : UInt64.random(in: 0...0xFFFF, using: &random))
                }
                halves.append(value)
            }
            let address = IPAddress(high: halves[0], low: halves[1])
            #expect(IPAddress(address.text) == address, "\(address.text)")
            #expect(IPAddress(address.hexText) == address, "\(address.hexText)")
        }
    }

    @Test func leadingZerosAreOnlyForNames() {
        let text = Array("127.000.00.001".utf8)
        text.withUnsafeBytes {
            #expect(IPAddress.v4($0) == nil)
            #expect(IPAddress.v4($0, allowingZeros: true) == 0x7F00_0001)
        }
    }

    @Test(
        "networks",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("fd00::/8", "fdff::1", "fe00::"), ("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"),
            ("0.0.0.0/0", "203.0.113.9", "::1"), ("::/0", "::1", "203.0.113.9"),
            ("::ffff:10.0.0.0/104", "10.1.2.3", "11.0.0.0"),
            ("2001:db8::1:0/112", "2001:db8::1:ffff", "2001:db8::2:0"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::10.1.1.1"), ("::/64", "::1", "0.0.0.1"),
            ("2001:db8::/64", "2001:db8::ffff:0:0:1", "2001:db8:0:1::"),
        ])
    func networks(text: String, inside: String, outside: String) throws {
        let network = try IPNetwork(parsing: text)
        #expect(network.contains(try #require(IPAddress(inside))))
        #expect(!network.contains(try #require(IPAddress(outside))))
        #expect(try IPNetwork(parsing: network.text) == network)
    }

    @Test(arguments: [
        ("10.0.0.0/33", IPNetwork.ParseError.badLength(most: 32)), ("::/129", .badLength(most: 128)),
        ("10.0.0.0/", .badLength(most: 32)), ("10.0.0.0/08", .badLength(most: 32)),
        ("10.0.0.0/-1", .badLength(most: 32)), ("10.0.0.0/8/8", .badLength(most: 32)), ("/8", .badAddress),
        ("10.0.0/8", .badAddress), ("example.org", .badAddress), ("", .badAddress),
        ("10.0.0.0/+8", .badLength(most: 32)),
    ])
    func refusesNetworks(text: String, error: IPNetwork.ParseError) {
        #expect(throws: error) { try IPNetwork(parsing: text) }
    }

    @Test(arguments: [
        ("10.0.0.1/8", "10.0.0.0/8"), ("192.168.1.0/16", "192.168.0.0/16"), ("fd00::1/8", "fd00::/8"),
        ("2001:db8::ffff/120", "2001:db8::ff00/120"), ("1.2.3.4/0", "0.0.0.0/0"),
    ])
    func namesTheNetworkThatWasMeant(text: String, meant: String) throws {
        #expect(throws: IPNetwork.ParseError.hostBits(try IPNetwork(parsing: meant))) {
            try IPNetwork(parsing: text)
        }
        #expect(try IPNetwork(parsing: meant).text == meant)
    }
}
