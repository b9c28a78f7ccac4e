import ByteCore

@testable import HTTPWire
@testable import WebSocketWire

extension FuzzTarget {
    /// The server's side of the opening handshake; its answers are held against the client's side.
    static let serverHandshake = FuzzTarget(
        name: "server-handshake", longestInput: 1024, seeds: handshakeSeeds
    ) { input in
        var head = HTTPRequestHead()
        guard case .complete = HTTPRequestParser.parse(input, into: &head) else { return nil }
        let policies = [
            HandshakePolicy(), HandshakePolicy(origins: .loopback, requiresLoopbackHost: true),
            HandshakePolicy(origins: .listed([Array("https://example.org".utf8)])),
            HandshakePolicy(deflates: true),
        ]
        for policy in policies {
            var output = ByteBuffer(capacity: 256)
            let decision = ServerHandshake.evaluate(head, input, policy: policy, into: &output)
            if let complaint = complaint(about: decision, &output) { return complaint }
        }
        return nil
    }

    /// What is wrong with the answer to an opening handshake.
    private static func complaint(
        about decision: HandshakeDecision, _ output: inout ByteBuffer
    ) -> String? {
        let wanted: UInt16
        switch decision {
        case .accept: wanted = HTTPStatus.switchingProtocols.rawValue
        case .refuse(let refusal):
            guard output.isEmpty else { return "refused, and yet answered" }
            refusal.append(to: &output)
            wanted = refusal.status.rawValue
        }
        var parser = HTTPResponseParser()
        var answer = HTTPParsedResponse()
        guard case .complete(let consumed) = parser.parse(output.readable, into: &answer) else {
            return "an answer that is none"
        }
        guard answer.status == wanted else { return "answered \(answer.status), not \(wanted)" }
        switch answer.framing {
        case .none where consumed == output.count: return nil
        case .length(let count) where consumed + count == output.count: return nil
        default: return "an answer that ends elsewhere"
        }
    }

    private static let nonce: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)

    /// The client's side: an answer is whole or not, and opens the connection or not, however it came.
    static let clientHandshake = FuzzTarget(
        name: "client-handshake", longestInput: 1024, seeds: answerSeeds
    ) { input in
        Pieces.compare(input) { feed, transcript in
            let handshake = ClientHandshake(nonce: nonce, offering: .json)
            var parser = HTTPResponseParser()
            var answer = HTTPParsedResponse()
            var inbound = Inbound()
            var isOver = false
            while !isOver, let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var rest = UnsafeRawBufferPointer(bytes)
                    while !isOver {
                        switch parser.parse(rest, into: &answer) {
                        case .incomplete: return bytes.count - rest.count
                        case .interim(let consumed):
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                            continue
                        case .refused(let refusal): transcript.note(refusal.reason)
                        case .complete: transcript.note(described: handshake.check(answer, rest))
                        }
                        isOver = true
                    }
                    return bytes.count
                }
            }
        }
    }

    @Sendable private static func handshakeSeeds() -> [[UInt8]] {
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        let upgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        let version = "Sec-WebSocket-Version: 13\r\n"
        let get = "GET / HTTP/1.1\r\nHost: localhost:8081\r\n"
        return Seed.texts([
            get + upgrade + version + key + "\r\n",
            get + upgrade + version + key + "Origin: https://example.org\r\n\r\n",
            get + upgrade + version + key + "Origin: null\r\n\r\n",
            get + upgrade + version + key
                + "Origin: HTTP://[::1]:8000\r\nSec-WebSocket-Protocol: chat, json\r\n\r\n",
            get + upgrade + version + key + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
            get + upgrade + version + key + "Sec-WebSocket-Extensions: a; b=\"c\", permessage-deflate; "
                + "server_max_window_bits=10; client_max_window_bits; client_no_context_takeover\r\n\r\n",
            get + upgrade + "Sec-WebSocket-Version: 8\r\n" + key + "\r\n",
            get + upgrade + version + "\r\n", get + version + key + "\r\n",
            get + upgrade + version + key + key + "\r\n",
            get + upgrade + version + key + "Content-Length: 1\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: a\r\n" + upgrade + version + key + "\r\n",
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + upgrade + version + key + "\r\n",
        ])
    }

    @Sendable private static func answerSeeds() -> [[UInt8]] {
        let request = Seed.bytes { buffer in
            ClientHandshake(nonce: nonce, offering: .json).appendRequest(
                to: &buffer, target: ("/" as StaticString).rawBytes, host: ("a:1" as StaticString).rawBytes)
        }
        let accepted = Seed.bytes { buffer in
            var head = HTTPRequestHead()
            request.withUnsafeBytes { bytes in
                guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return }
                _ = ServerHandshake.evaluate(head, bytes, policy: HandshakePolicy(), into: &buffer)
            }
        }
        let refusals = HandshakeRefusal.allCases.map { refusal in Seed.bytes { refusal.append(to: &$0) } }
        return [accepted] + refusals
            + Seed.texts([
                "HTTP/1.1 101 \r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
            ]) + [Array("HTTP/1.1 100 Continue\r\n\r\n".utf8) + accepted]
    }
}
