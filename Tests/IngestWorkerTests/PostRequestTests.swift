import ByteCore
import HTTPWire
import TestSupport
import Testing
import WebSocketWire

@testable import IngestWorker

/// What a head comes to, and a body in pieces of any size.
@Suite struct PostRequestTests {
    private func decide(_ text: String, _ policy: HandshakePolicy = HandshakePolicy()) -> String {
        var head = HTTPRequestHead()
        return Array(text.utf8).withUnsafeBytes { bytes in
            guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return "no head" }
            guard PostRequest.isMeant(by: head, bytes) else { return "none of ours" }
            switch PostRequest.evaluate(head, bytes, policy: policy) {
            case .read(let request):
                let origin = request.answer.origin.map { String(decoding: $0, as: UTF8.self) } ?? "-"
                return "\(request.framing) \(origin)\(request.awaitsContinue ? " waits" : "")"
                    + (request.answer.isKeptAlive ? "" : " ends")
            case .preflight(let answer): return "preflight\(answer.isKeptAlive ? "" : " ends")"
            case .refuse(let refusal, let answer):
                #expect(!answer.isKeptAlive)
                return "\(refusal.status.rawValue)"
            }
        }
    }

    private func post(_ fields: String, _ line: String = "POST /events HTTP/1.1") -> String {
        "\(line)\r\nHost: x\r\nContent-Type: text/plain; charset=UTF-8\r\n\(fields)\r\n"
    }

    @Test func heads() {
        #expect(decide(post("Content-Length: 5\r\n")) == "length(5) -")
        #expect(decide(post("Content-Length: 65536\r\n")) == "length(65536) -")
        #expect(decide(post("Content-Length: 65537\r\n")) == "413")
        #expect(decide(post("Content-Length: 5\r\nContent-Length: 5\r\n")) == "400")
        #expect(decide(post("Transfer-Encoding: CHUNKED\r\nOrigin: http://a\r\n")) == "chunked http://a")
        #expect(decide(post("Transfer-Encoding: , chunked\r\n")) == "400")
        #expect(decide(post("")) == "411")
        #expect(decide(post("Content-Length: 5\r\nConnection: close\r\n")) == "length(5) - ends")
        #expect(decide(post("Content-Length: 5\r\nExpect: 100-continue\r\n")) == "length(5) - waits")
        #expect(
            decide(
                post(
                    "Content-Length: 5\r\nExpect: x\r\nConnection: keep-alive\r\n", "POST /a/events HTTP/1.0")
            )
                == "length(5) - ends")
        #expect(decide(post("Content-Length: 5\r\nExpect: x\r\n")) == "417")
        #expect(decide(post("Content-Length: 5\r\nExpect:\r\n")) == "length(5) -", "it expects nothing")
        #expect(
            decide(post("Content-Length: 5\r\nExpect: ,\r\nExpect: 100-continue\r\n"))
                == "length(5) - waits")
        #expect(decide(post("Content-Length: 5\r\nSec-GPC: 1\r\n")) == "403")
        #expect(decide(post("Content-Length: 5\r\nSec-GPC: 1\r\nSec-GPC: 0\r\n")) == "403")
        #expect(decide(post("Content-Length: 5\r\nSec-GPC: 0\r\nSec-GPC: 1\r\n")) == "403")
        #expect(decide(post("Content-Length: 5\r\nSec-GPC: 0\r\n")) == "length(5) -")
        #expect(decide(post("Content-Length: 5\r\nContent-Encoding: br\r\n")) == "415")
        #expect(decide(post("", "OPTIONS /events HTTP/1.1")) == "preflight")
        #expect(decide(post("Connection: close\r\n", "OPTIONS /events HTTP/1.1")) == "preflight ends")
        #expect(decide(post("Content-Length: 5\r\n", "OPTIONS /events HTTP/1.1")) == "400")
        #expect(decide(post("", "PUT /events HTTP/1.1")) == "405")
        #expect(decide(post("Upgrade: websocket\r\n", "GET /events HTTP/1.1")) == "none of ours")
        #expect(decide(post("", "GET /events HTTP/1.1")) == "405")
        #expect(decide(post("", "POST /event HTTP/1.1")) == "none of ours")
        #expect(decide(post("", "POST events HTTP/1.1")) == "no head")
    }

    @Test func theOriginListHoldsAsForWebSockets() {
        let listed = HandshakePolicy(origins: .listed([Array("https://a.example".utf8)]))
        let fields = "Content-Length: 5\r\n"
        #expect(
            decide(post(fields + "Origin: https://a.example\r\n"), listed) == "length(5) https://a.example")
        #expect(decide(post(fields + "Origin: https://b.example\r\n"), listed) == "403")
        #expect(decide(post(fields), listed) == "403")
        #expect(decide(post("Origin: https://b.example\r\n", "OPTIONS /events HTTP/1.1"), listed) == "403")
        let loopback = HandshakePolicy(origins: .loopback, requiresLoopbackHost: true)
        #expect(decide(post(fields), loopback) == "421")
        // More than one names nobody, and may be told to nobody.
        let twice = "Origin: http://a\r\nOrigin: http://b\r\n"
        #expect(decide(post(fields + twice)) == "length(5) -")
    }

    /// The body, or why there is none, with everything given in pieces of these sizes.
    private func read(_ bytes: [UInt8], _ framing: HTTPBodyFraming, size: Int) -> (String, rest: Int) {
        let exchange = PostExchange(
            PostRequest(framing: framing, answer: PostAnswer(isKeptAlive: true), awaitsContinue: false))
        var start = 0
        while start < bytes.count {
            let end = min(start + size, bytes.count)
            let found: String? = Array(bytes[start..<end]).withUnsafeBytes { piece in
                let (consumed, step) = exchange.take(piece)
                start += consumed
                switch step {
                case .needMore:
                    #expect(consumed == piece.count)
                    return nil
                case .whole(let body): return String(decoding: body, as: UTF8.self)
                case .refused(let refusal): return "\(refusal.status.rawValue)"
                }
            }
            if let found { return (found, bytes.count - start) }
        }
        return ("more", 0)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func bodiesInPiecesOfAnySize(size: Int) {
        // 5;a CR LF <5 bytes> CR LF 6 CR LF <6 bytes> CR LF 0 CR LF CR LF, and what stands behind it.
        let chunks = Array("5;a\r\nhello\r\n6\r\n world\r\n0\r\n\r\nPOST".utf8)
        #expect(read(chunks, .chunked, size: size).0 == "hello world")
        #expect(read(Array("hello, world".utf8), .length(5), size: size).0 == "hello")
        #expect(read(chunks, .chunked, size: 1000).rest == 4)
        #expect(read(Array("hell".utf8), .length(5), size: size).0 == "more")
        #expect(read(Array("10001\r\nhello".utf8), .chunked, size: size).0 == "413")
        #expect(read(Array("ffffffffffffffff\r\n".utf8), .chunked, size: size).0 == "413")
        #expect(read(Array("5;a=\"b\r\nhello\r\n".utf8), .chunked, size: size).0 == "400")
        #expect(read(Array("0\r\nA: b\r\n\r\n".utf8), .chunked, size: size).0 == "400")
    }

    @Test func anEmptyBodyIsWholeAtOnce() {
        let exchange = PostExchange(
            PostRequest(framing: .length(0), answer: PostAnswer(isKeptAlive: true), awaitsContinue: false))
        let (consumed, step) = exchange.take(UnsafeRawBufferPointer(start: nil, count: 0))
        guard case .whole(let body) = step else { return #expect(Bool(false)) }
        #expect(consumed == 0 && body.isEmpty)
    }

    @Test func answersInFull() {
        func text(_ write: (inout ByteBuffer) -> Void) -> String {
            var output = ByteBuffer(capacity: 256)
            write(&output)
            return String(decoding: output.readable, as: UTF8.self)
        }
        let page = PostAnswer(origin: Array("https://a.example".utf8), isKeptAlive: true)
        #expect(
            text { page.appendTaken(intervalMilliseconds: 5000, to: &$0) }
                == """
                HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 18\r
                Connection: keep-alive\r\nAccess-Control-Allow-Origin: https://a.example\r
                Vary: Origin\r\nCache-Control: no-store\r\n\r\n{"interval":5000}\n
                """)
        #expect(
            text { page.append(.noRoom, publicURL: nil, to: &$0) }
                == """
                HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r
                Content-Length: 39\r\nConnection: close\r\nAccess-Control-Allow-Origin: https://a.example\r
                Vary: Origin\r\nRetry-After: 5\r\nAccess-Control-Expose-Headers: Retry-After\r\n\r
                no room at the moment; try again later\n
                """)
        let refusal = PostRefusal(closeCode: 1008, reason: "x is missing", event: 2)
        #expect(
            text { PostAnswer(isKeptAlive: true).append(refusal, publicURL: nil, to: &$0) }
                .hasSuffix("Connection: close\r\nVary: Origin\r\n\r\nevent 3: x is missing\n"))
    }
}
