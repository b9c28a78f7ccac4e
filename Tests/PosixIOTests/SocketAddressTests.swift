import PosixIO
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80", true),
        ("localhost:0", "127.0.0.1:0", true),
        ("[::1]:65535", "[::1]:65535", true),
        ("0.0.0.0:1", "0.0.0.0:1", false),
        ("[::]:1", "[::]:1", false),
        ("127.255.255.254:9", "127.255.255.254:9", true),
        ("[::ffff:127.0.0.1]:9", "[::ffff:127.0.0.1]:9", true),
        ("[::ffff:128.0.0.1]:9", "[::ffff:128.0.0.1]:9", false),
        ("unix:/run/a b.sock", "unix:/run/a b.sock", true),
        ("unix:127.0.0.1:80", "unix:127.0.0.1:80", true),
    ])
    func parses(text: String, shown: String, isLoopback: Bool) throws {
        let address = try SocketAddress(parsing: text)
        #expect(address.text == shown)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        ("127.0.0.1", SocketAddress.ParseError.missingPort),
        ("127.0.0.1:", .badPort),
        ("127.0.0.1:65536", .badPort),
        ("127.0.0.1:+1", .badPort),
        ("127.0.0.1:-1", .badPort),
        ("127.0.0.1: 1", .badPort),
        (":80", .badHost),
        ("::1:80", .badHost),
        ("[127.0.0.1]:80", .badHost),
        ("[]:80", .badHost),
        ("example.org:80", .badHost),
        ("127.1:80", .badHost),
        ("127.0.0.1\0.example:80", .badHost),
        ("[::1\0x]:80", .badHost),
        ("unix:", .badPath),
        ("unix:/a\0b", .badPath),
        ("unix:" + String(repeating: "a", count: 108), .longPath(bytes: 108)),
        ("unix:" + String(repeating: "ä", count: 54), .longPath(bytes: 108)),
    ])
    func refuses(text: String, error: SocketAddress.ParseError) {
        #expect(throws: error) { try SocketAddress(parsing: text) }
    }

    @Test func aHostMayBeCalledUnix() {
        #expect(throws: SocketAddress.ParseError.badHost) { try SocketAddress(parsingIP: "unix:80") }
    }

    @Test(arguments: [
        ("0.0.0.0:80", "127.0.0.1:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80", "[::1]:80"),
        ("[0:0::0]:80", "[::1]:80", "[::1]:80"), ("192.0.2.1:80", "192.0.2.1:80", "192.0.2.1:80"),
        ("unix:/a", "unix:/a", "localhost"),
    ])
    func whereAClientReachesIt(text: String, reachable: String, authority: String) throws {
        let address = try SocketAddress(parsing: text).reachable
        #expect(address.text == reachable)
        #expect(address.authority == authority)
    }
}
