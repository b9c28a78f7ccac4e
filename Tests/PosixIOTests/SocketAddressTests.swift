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
    ])
    func refuses(text: String, error: SocketAddress.ParseError) {
        #expect(throws: error) { try SocketAddress(parsing: text) }
    }
}
