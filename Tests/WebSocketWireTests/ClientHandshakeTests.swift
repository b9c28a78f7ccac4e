import ByteCore
import HTTPWire
import TestSupport
import Testing
import WebSocketWire

@Suite("The opening handshake, the client's side")
struct ClientHandshakeTests {
    /// "the sample nonce", the 16 bytes of the RFC's example, in memory order.
    private static let nonce: (UInt64, UInt64) = Array("the sample nonce".utf8).withUnsafeBytes {
        ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self))
    }

    private static let good = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r

        """

    private func request(_ handshake: ClientHandshake, origin: String?) -> [UInt8] {
        var output = ByteBuffer()
        Array("/ws?a=b".utf8).withUnsafeBytes { target in
            Array("localhost:8081".utf8).withUnsafeBytes { host in
                guard let origin else {
                    handshake.appendRequest(to: &output, target: target, host: host)
                    return
                }
                Array(origin.utf8).withUnsafeBytes { origin in
                    handshake.appendRequest(to: &output, target: target, host: host, origin: origin)
                }
            }
        }
        return Array(output.readable)
    }

    private func check(_ answer: String, offering: WebSocketSubprotocol = .json) -> ClientHandshakeOutcome? {
        let handshake = ClientHandshake(nonce: Self.nonce, offering: offering)
        var parser = HTTPResponseParser()
        var response = HTTPParsedResponse()
        return Array(answer.utf8).withUnsafeBytes { bytes in
            guard case .complete = parser.parse(bytes, into: &response) else { return nil }
            return handshake.check(response, bytes)
        }
    }

    @Test("asks as the RFC's example does")
    func request() {
        let handshake = ClientHandshake(nonce: Self.nonce, offering: .json)
        let text = String(decoding: request(handshake, origin: "http://localhost"), as: UTF8.self)
        #expect(
            text == """
                GET /ws?a=b HTTP/1.1\r
                Host: localhost:8081\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                Origin: http://localhost\r
                Sec-WebSocket-Protocol: json\r
                \r

                """)
    }

    @Test("takes the right answer")
    func opened() {
        #expect(check(Self.good + "\r\n") == .opened(.none))
        #expect(check(Self.good + "Sec-WebSocket-Protocol: json\r\n\r\n") == .opened(.json))
    }

    @Test("does not take a wrong one")
    func refused() {
        let good = Self.good
        #expect(check("HTTP/1.1 426 Upgrade Required\r\n\r\n") == .refused(status: 426))
        #expect(check("HTTP/1.1 200 OK\r\n\r\n") == .refused(status: 200))
        #expect(check("HTTP/1.1 101 X\r\n\r\n") == .violated(.upgradesElsewhere))
        func answer(without line: String, _ with: String = "") -> String {
            good.split(separator: "\r\n").map { $0.hasPrefix(line) ? with : $0 + "\r\n" }.joined() + "\r\n"
        }
        #expect(check(answer(without: "Upgrade")) == .violated(.upgradesElsewhere))
        #expect(check(answer(without: "Connection")) == .violated(.upgradesElsewhere))
        #expect(
            check(answer(without: "Connection", "Connection: close\r\n")) == .violated(.upgradesElsewhere))
        #expect(check(answer(without: "Sec-WebSocket-Accept")) == .violated(.wrongAnswer))
        let other = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\r\n"
        #expect(check(answer(without: "Sec-WebSocket-Accept", other)) == .violated(.wrongAnswer))
        #expect(check(answer(without: "Nothing", "") + "") == .opened(.none))
        #expect(check(good + other + "\r\n") == .violated(.wrongAnswer))
        let deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        #expect(check(good + deflate) == .violated(.extensionNotOffered))
        let json = "Sec-WebSocket-Protocol: json\r\n\r\n"
        #expect(check(good + json, offering: .none) == .violated(.subprotocolNotOffered))
        #expect(check(good + "Sec-WebSocket-Protocol: x\r\n\r\n") == .violated(.subprotocolNotOffered))
    }

    @Test("and the server's side understand each other", arguments: 0..<16 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let offered: WebSocketSubprotocol = random.below(2) == 0 ? .json : .none
        let handshake = ClientHandshake(nonce: (random.next(), random.next()), offering: offered)
        let bytes = request(handshake, origin: random.below(2) == 0 ? "https://a.example" : nil)
        var head = HTTPRequestHead()
        var output = ByteBuffer()
        let decision: HandshakeDecision? = bytes.withUnsafeBytes { bytes in
            guard case .complete(bytes.count) = HTTPRequestParser.parse(bytes, into: &head) else {
                return nil
            }
            return ServerHandshake.evaluate(head, bytes, policy: HandshakePolicy(), into: &output)
        }
        #expect(decision == .accept(offered))
        var parser = HTTPResponseParser()
        var response = HTTPParsedResponse()
        #expect(parser.parse(output.readable, into: &response) == .complete(consumed: output.count))
        let outcome = handshake.check(response, output.readable)
        #expect(outcome == .opened(offered))
    }
}
