import ByteCore
import HTTPWire
import Testing

private func string(_ buffer: borrowing ByteBuffer) -> String {
    String(decoding: buffer.readable, as: UTF8.self)
}

@Suite("Response heads")
struct ResponseTests {
    @Test("are written byte for byte")
    func written() {
        var buffer = ByteBuffer()
        HTTPResponseHead(.ok, contentType: "text/plain", contentLength: 1024).append(to: &buffer)
        #expect(
            string(buffer)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n"
                + "Connection: keep-alive\r\n\r\n"
        )
        buffer.removeAll()
        HTTPResponseHead(.notModified, contentLength: 5, connection: .close).append(to: &buffer)
        #expect(string(buffer) == "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
        buffer.removeAll()
        HTTPResponseHead(.switchingProtocols, connection: .upgrade).append(to: &buffer)
        #expect(string(buffer) == "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n")
    }

    @Test("refuse with a line for a person, without a body for HEAD")
    func refusal() {
        var buffer = ByteBuffer()
        HTTPResponseHead.appendRefusal(.badRequest, reason: "no", to: &buffer)
        let head =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
            + "Connection: close\r\n\r\n"
        #expect(string(buffer) == head + "no\n")
        buffer.removeAll()
        HTTPResponseHead.appendRefusal(.badRequest, reason: "no", to: &buffer, withBody: false)
        #expect(string(buffer) == head)
    }

    @Test("cannot be split by what is put into a field or a target")
    func injection() {
        var buffer = ByteBuffer()
        Array("a\r\nSet-Cookie: b\0".utf8).withUnsafeBytes { buffer.appendHTTPField("X", $0) }
        #expect(string(buffer) == "X: a  Set-Cookie: b \r\n")
        buffer.removeAll()
        Array("/a b\r\n".utf8).withUnsafeBytes { buffer.appendHTTPRequestLine(.get, target: $0) }
        #expect(string(buffer) == "GET /a_b__ HTTP/1.1\r\n")
    }

    @Test(
        "say what their body is, once, in any case and whatever its parameters",
        arguments: [
            ("Content-Type: text/event-stream", true),
            ("content-type: Text/Event-Stream;charset=utf-8", true),
            ("Content-Type: text/event-stream ; a=b", true), ("Content-Type: text/event-streams", false),
            ("Content-Type: text/html", false), ("X: text/event-stream", false), ("Content-Type:", false),
            ("Content-Type: text/event-stream\r\nContent-Type: text/event-stream", false),
        ])
    func mediaType(field: String, isStream: Bool) {
        let bytes = Array("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n".utf8)
        bytes.withUnsafeBytes { bytes in
            var parser = HTTPResponseParser()
            var response = HTTPParsedResponse()
            #expect(parser.parse(bytes, into: &response) == .complete(consumed: bytes.count))
            let found = response.fields.hasMediaType("text/event-stream", in: bytes)
            #expect(found == isStream)
        }
    }

    @Test("of every status are read back", arguments: HTTPStatus.allCases)
    func roundTrip(status: HTTPStatus) {
        var buffer = ByteBuffer()
        let length = status.rawValue % 7
        HTTPResponseHead(status, contentLength: Int(length)).append(to: &buffer)
        var parser = HTTPResponseParser()
        var response = HTTPParsedResponse()
        #expect(parser.parse(buffer.readable, into: &response) == .complete(consumed: buffer.count))
        #expect(response.status == status.rawValue)
        #expect(response.phrase.slice(of: buffer.readable).isEqual(to: status.phrase))
        #expect(response.framing == (status.isBodiless ? .none : .length(Int(length))))
        #expect(response.isKeepAlive == true)
    }

    @Test(
        "of another protocol are refused at their first byte",
        arguments: ["SSH-2.0-x", "220 ", "HTP", "\r\n"])
    func greeting(text: String) {
        let bytes = Array(text.utf8)
        let first = (0..<bytes.count).first { !"HTTP/".utf8.starts(with: bytes[...$0]) } ?? bytes.count
        var parser = HTTPResponseParser()
        var response = HTTPParsedResponse()
        for count in 1...bytes.count {
            let outcome = bytes[..<count].withUnsafeBytes { parser.parse($0, into: &response) }
            #expect(outcome == (count <= first ? .incomplete : .refused(.malformedStatusLine)))
        }
    }

    @Test(
        "say where the body ends and whether the connection goes on",
        arguments: [
            ("HTTP/1.1 200 OK\r\n\r\n", .untilClose, false),
            ("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n", .length(3), true),
            ("HTTP/1.1 200 \r\nContent-Length: 3\r\nConnection: close\r\n\r\n", .length(3), false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n", .length(3), false),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .chunked, true),
            ("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", .none, true),
            ("HTTP/1.1 101 X\r\n\r\n", .none, true),
        ] as [(String, HTTPBodyFraming, Bool)])
    func framing(text: String, framing: HTTPBodyFraming, isKeepAlive: Bool) {
        var response = HTTPParsedResponse()
        let bytes = Array(text.utf8)
        for cut in 0..<bytes.count {
            var parser = HTTPResponseParser()
            let early = Array(bytes[..<cut]).withUnsafeBytes { parser.parse($0, into: &response) }
            #expect(early == .incomplete)
            let outcome = bytes.withUnsafeBytes { parser.parse($0, into: &response) }
            #expect(outcome == .complete(consumed: bytes.count))
            #expect(response.framing == framing)
            #expect(response.isKeepAlive == isKeepAlive)
        }
    }

    @Test(
        "that are malformed are refused",
        arguments: [
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
            "HTTP/1.1 600 X\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
            "ICY 200 OK\r\n\r\n",
            "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
        ])
    func malformed(text: String) {
        let bytes = Array(text.utf8)
        var response = HTTPParsedResponse()
        for step in [1, bytes.count] {
            var parser = HTTPResponseParser()
            var outcome = HTTPResponseParser.Outcome.incomplete
            for end in stride(from: step, through: bytes.count, by: step) where outcome == .incomplete {
                outcome = Array(bytes[..<end]).withUnsafeBytes { parser.parse($0, into: &response) }
            }
            guard case .refused = outcome else {
                Issue.record("\(outcome) for \(text)")
                return
            }
        }
    }

    /// What becomes of an answer that comes whole, or byte by byte: the status and the bytes in front of it.
    private func answer(_ text: String, byByte: Bool) -> (
        outcome: HTTPResponseParser.Outcome, passed: Int, status: UInt16
    ) {
        var response = HTTPParsedResponse()
        var parser = HTTPResponseParser()
        let bytes = Array(text.utf8)
        var passed = 0
        var end = byByte ? 0 : bytes.count
        while true {
            let outcome = Array(bytes[passed..<end]).withUnsafeBytes { parser.parse($0, into: &response) }
            switch outcome {
            case .interim(let consumed): passed += consumed
            case .incomplete where end < bytes.count: end += 1
            default: return (outcome, passed, response.status)
            }
        }
    }

    @Test("behind interim ones are what counts", arguments: [false, true])
    func interim(byByte: Bool) {
        let interim =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 199 X\r\n\r\n"
        for status in [101, 200, 404] {
            let head = "HTTP/1.1 \(status) X\r\nX: y\r\n\r\n"
            let found = answer(interim + head, byByte: byByte)
            #expect(found.outcome == .complete(consumed: head.utf8.count))
            #expect(found.passed == interim.utf8.count && found.status == UInt16(status))
        }
        #expect(answer(interim, byByte: byByte).outcome == .incomplete)
        #expect(
            answer(interim + "HTTP/1.1 2\r\n\r\n", byByte: byByte).outcome == .refused(.malformedStatusLine))
    }

    @Test("that are put off for ever are given up", arguments: [false, true])
    func tooManyInterim(byByte: Bool) {
        let interim = String(
            repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: Int(HTTPLimits.interimAnswers))
        let final = "HTTP/1.1 200 OK\r\n\r\n"
        #expect(answer(interim + final, byByte: byByte).outcome == .complete(consumed: final.utf8.count))
        let one = "HTTP/1.1 100 Continue\r\n\r\n"
        #expect(answer(interim + one + final, byByte: byByte).outcome == .refused(.tooManyInterimAnswers))
    }
}
