import ByteCore
import HTTPWire
import WebSocketWire

@testable import IngestWorker

extension FuzzTarget {
    /// A request that posts events, from its head to the end of its body.
    static let postRequest = FuzzTarget(
        name: "post-request", longestInput: 1024,
        seeds: {
            let head = "POST /events HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
            return Seed.texts([
                "\(head)Content-Length: 5\r\n\r\nhello, world", "\(head)Content-Length: 0\r\n\r\n",
                "\(head)Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n2\r\n, \r\n0\r\n\r\nrest",
                "\(head)Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\nA: b\r\n\r\n",
                "\(head)Transfer-Encoding: chunked\r\n\r\n10001\r\n",
                "\(head)Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                "\(head)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "\(head)Content-Length: 65537\r\nExpect: 100-continue\r\n\r\n",
                "\(head)Origin: https://a.example\r\nSec-GPC: 1\r\nContent-Length: 1\r\n\r\n1",
                "\(head)Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\n1",
                "\(head)Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n1",
                "OPTIONS /ps/events HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n",
                "POST http://a/events?b HTTP/1.0\r\nContent-Length: 2\r\nContent-Type: application/json;a\r\n\r\n[]",
                "GET /events HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
                "PUT /events HTTP/1.1\r\nHost: a\r\n\r\n",
            ])
        }
    ) { input in
        Pieces.compare(input) { feed, transcript in
            var parser = HTTPRequestParser()
            var head = HTTPRequestHead()
            var inbound = Inbound()
            var exchange: PostExchange?
            var isOver = false
            while let piece = feed.next() {
                inbound.receive(piece) { bytes in
                    var rest = UnsafeRawBufferPointer(bytes)
                    if !isOver, exchange == nil {
                        switch parser.parse(rest, into: &head) {
                        case .incomplete: return 0
                        case .refused(let refusal):
                            transcript.note(refusal.reason)
                            isOver = true
                        case .complete(let consumed):
                            exchange = begin(head, rest, &transcript)
                            isOver = exchange == nil
                            rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                        }
                    }
                    if !isOver, let exchange {
                        // What is no body any more is left where it is.
                        let (consumed, step) = exchange.take(rest)
                        isOver = note(step, consumed, of: rest, &transcript)
                    }
                    return bytes.count
                }
            }
        }
    }

    private static func begin(
        _ head: borrowing HTTPRequestHead, _ bytes: UnsafeRawBufferPointer, _ transcript: inout Transcript
    ) -> PostExchange? {
        guard PostRequest.isMeant(by: head, bytes) else {
            transcript.note("none of ours")
            return nil
        }
        let policy = HandshakePolicy(origins: .listed([Array("https://a.example".utf8), Array("null".utf8)]))
        for policy in [
            policy, HandshakePolicy(), HandshakePolicy(origins: .loopback, requiresLoopbackHost: true),
        ] {
            var text = ByteBuffer(capacity: 256)
            switch PostRequest.evaluate(head, bytes, policy: policy) {
            case .refuse(let refusal, let answer):
                answer.append(refusal, publicURL: nil, to: &text)
                transcript.note(text.readable)
                if refusal.status.rawValue < 400 { transcript.complain("a refusal that is none") }
            case .preflight(let answer):
                answer.appendPreflight(to: &text)
                transcript.note(text.readable)
            case .read(let request):
                transcript.note(described: request.framing)
                if head.method != .post { transcript.complain("a body of another method") }
                if request.framing == .none { transcript.complain("a body without an end") }
            }
        }
        guard case .read(let request) = PostRequest.evaluate(head, bytes, policy: HandshakePolicy()) else {
            return nil
        }
        return PostExchange(request)
    }

    /// Whether it is over with that.
    private static func note(
        _ step: PostExchange.Step, _ consumed: Int, of bytes: UnsafeRawBufferPointer,
        _ transcript: inout Transcript
    ) -> Bool {
        switch step {
        case .needMore:
            if consumed != bytes.count { transcript.complain("something is left that was waited for") }
            return false
        case .whole(let body):
            if body.count > 65_536 { transcript.complain("too big a body") }
            transcript.note(body)
            return true
        case .refused(let refusal):
            transcript.note(refusal.reason)
            return true
        }
    }
}
