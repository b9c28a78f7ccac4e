import PosixIO
import Testing

@testable import ViewerGateway

@Suite struct MalformedRequestTests {
    /// Heads that end the connection, with the status that says so.
    static let table: [(String, Int)] = [
        ("GET /healthz HTTP/1.1\nHost: localhost\n\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\n\r\n", 400),
        ("GET /healthz HTTP/1.1\rHost: localhost\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: local host\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost:99999\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nnocolon\r\n\r\n", 400),
        (
            "GET /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400
        ),
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", 400),
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        ("GET /nothing HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("GET  /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET /healthz\r\nHost: localhost\r\n\r\n", 400),
        ("GET healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET /heal thz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET /h\u{7f} HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
        ("GET / http/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}", 400),
        ("\n", 400),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 17000))\r\n\r\n", 431),
        ("GET /\(String(repeating: "a", count: 17000)) HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: 100))\r\n", 431),
    ]

    @Test(arguments: table.indices)
    func isAnsweredAndEnds(index: Int) throws {
        let fixture = try Fixture()
        let (request, status) = Self.table[index]
        let next = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for byteByByte in [false, true] where !byteByByte || request.utf8.count < 1000 {
            // What follows a head that cannot be trusted is no request.
            let answers = try fixture.exchange(request + next, answers: 2, byteByByte: byteByByte)
            #expect(answers.map(\.status) == [status], "\(request.prefix(80))")
            #expect(answers.first?.fields["connection"] == "close")
        }
        #expect(fixture.run { fixture.gateway.connections.count == 0 })
        #expect(try fixture.get("/healthz").status == 200)
    }

    @Test func everySplitIsAnsweredAlike() throws {
        let fixture = try Fixture()
        for (request, status) in Self.table.prefix(8) + [(Self.healthy, 200)] {
            let bytes = Array(request.utf8)
            for split in 1..<bytes.count {
                let client = try Client(fixture.gateway.address)
                client.send(Array(bytes[..<split]))
                fixture.turn()
                client.send(Array(bytes[split...]))
                var answers: [Response] = []
                _ = fixture.run {
                    client.receive()
                    answers = Response.parse(client.received, isHead: false, ended: client.hasEnded)
                    return !answers.isEmpty || client.hasEnded
                }
                #expect(answers.first?.status == status, "\(request) at \(split)")
            }
        }
    }

    private static let healthy = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func anAnswerToAMalformedHeadBehindHeadHasItsBody() throws {
        let fixture = try Fixture()
        let client = try Client(fixture.gateway.address)
        client.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\n")
        #expect(
            fixture.run {
                client.receive()
                return client.hasEnded
            })
        #expect(client.text.hasSuffix("a line ends without a carriage return\n"))
    }
}
