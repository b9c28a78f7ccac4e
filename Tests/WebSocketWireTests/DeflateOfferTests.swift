import ByteCore
import HTTPWire
import Testing

@testable import WebSocketWire

private let bits9 = "; server_max_window_bits=9"

@Suite("Offers of compression (RFC 7692)")
struct DeflateOfferTests {
    /// What a server that compresses answers, without the field's name; nil where it answers with none.
    private func answer(to fields: String) -> String? {
        let request = MalformedHandshake.request(more: fields)
        var head = HTTPRequestHead()
        var output = ByteBuffer()
        return Array(request.utf8).withUnsafeBytes { bytes -> String? in
            guard case .complete = HTTPRequestParser.parse(bytes, into: &head) else { return "no head" }
            let policy = HandshakePolicy(deflates: true)
            let decision = ServerHandshake.evaluate(head, bytes, policy: policy, into: &output)
            let subprotocol = fields.contains("v1") ? WebSocketSubprotocol.pointerscope1 : .none
            let isAgreed = ServerHandshake.agreesOnDeflate(head, bytes, subprotocol, policy: policy)
            if case .refuse(let refusal) = decision {
                #expect(!isAgreed)
                return "\(refusal)"
            }
            let text = String(decoding: output.readable, as: UTF8.self)
            let name = "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
            let parts = text.split(
                separator: name + "client_no_context_takeover", omittingEmptySubsequences: false)
            #expect(isAgreed == (parts.count == 2))
            #expect(text.contains("Sec-WebSocket-Extensions") == isAgreed)
            return parts.count == 2 ? String(parts[1].prefix { $0 != "\r\n" }) : nil
        }
    }

    private func answer(toOffer offer: String) -> String? {
        answer(to: "Sec-WebSocket-Extensions: \(offer)\r\n")
    }

    @Test(
        "are answered where they can be kept to",
        arguments: [
            ("permessage-deflate", ""), ("permessage-deflate; client_max_window_bits", ""),
            ("permessage-deflate;client_no_context_takeover;server_no_context_takeover", ""),
            ("permessage-deflate; server_max_window_bits=8", "; server_max_window_bits=8"),
            ("permessage-deflate ;\tserver_max_window_bits = \"15\"", "; server_max_window_bits=15"),
            ("permessage-deflate; client_max_window_bits=9", "; client_max_window_bits=9"),
            (
                "permessage-deflate; server_max_window_bits=10; client_max_window_bits=12",
                "; server_max_window_bits=10; client_max_window_bits=12"
            ),
            ("x-webkit-deflate-frame; no_context_takeover, permessage-deflate", ""),
            ("permessage-deflate; server_max_window_bits=7, permessage-deflate", ""),
            (
                "permessage-deflate; a, permessage-deflate; server_max_window_bits=9, permessage-deflate",
                bits9
            ),
        ])
    func accepted(offer: String, rest: String) { #expect(answer(toOffer: offer) == rest) }

    @Test("are found in several fields")
    func severalFields() {
        let field = "Sec-WebSocket-Extensions: "
        #expect(answer(to: field + "a\r\n" + field + "permessage-deflate\r\n") == "")
        #expect(answer(to: "") == nil)
    }

    @Test("are declined where messages are compact as they are")
    func compact() {
        let field = "Sec-WebSocket-Extensions: permessage-deflate"
        #expect(answer(to: "Sec-WebSocket-Protocol: pointerscope.v1\r\n" + field + "\r\n") == nil)
        let malformed = "Sec-WebSocket-Protocol: pointerscope.v1\r\n" + field + ";\r\n"
        #expect(answer(to: malformed) == "malformedExtensions")
    }

    @Test(
        "are declined where they cannot",
        arguments: [
            "other", "Permessage-deflate", "permessage-deflatex", "permessage-deflate; unknown",
            "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; server_max_window_bits=07", "permessage-deflate; server_max_window_bits=08",
            "permessage-deflate; server_max_window_bits=100", "permessage-deflate; client_max_window_bits=7",
            "permessage-deflate; client_max_window_bits=a",
            "permessage-deflate; client_no_context_takeover=1",
            "permessage-deflate; server_no_context_takeover=true",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
        ])
    func declined(offer: String) { #expect(answer(toOffer: offer) == nil) }

    @Test(
        "are refused with the handshake where they are none",
        arguments: [
            "; client_max_window_bits", "permessage-deflate;", "permessage-deflate;;", "permessage deflate",
            "permessage-deflate; client_max_window_bits=", "permessage-deflate; =9", "a=b",
            "permessage-deflate; server_max_window_bits=\"9",
            "permessage-deflate; server_max_window_bits=\"9,10\"",
            "permessage-deflate; server_max_window_bits=\"\"",
        ])
    func malformed(offer: String) { #expect(answer(toOffer: offer) == "malformedExtensions") }

    @Test(
        "are held against what the server makes of them",
        arguments: [
            ("permessage-deflate; server_no_context_takeover", true),
            ("permessage-deflate; client_no_context_takeover; server_no_context_takeover", true),
            ("permessage-deflate; server_no_context_takeover; client_max_window_bits=9", true),
            ("permessage-deflate; server_no_context_takeover; server_max_window_bits=\"15\"", true),
            // Its messages would build on one another.
            ("permessage-deflate", false),
            ("permessage-deflate; server_no_context_takeover; client_max_window_bits", false),
            ("permessage-deflate; server_no_context_takeover; other", false),
            ("permessage-deflate; server_no_context_takeover, permessage-deflate", false),
            ("other", false), ("permessage-deflate; server_no_context_takeover;", false), ("", true),
        ])
    func answers(extensions: String, isGood: Bool) {
        for offersDeflate in [true, false] {
            let handshake = ClientHandshake(
                nonce: (0, 0), offering: .none, offersDeflate: offersDeflate)
            var output = ByteBuffer()
            var response = HTTPParsedResponse()
            output.append("HTTP/1.1 101 \r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            output.append("Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n")
            if !extensions.isEmpty { output.append(text: "Sec-WebSocket-Extensions: \(extensions)\r\n") }
            output.append("\r\n")
            var parser = HTTPResponseParser()
            guard case .complete = parser.parse(output.readable, into: &response) else {
                Issue.record("no head")
                return
            }
            let isOpened = isGood && (offersDeflate || extensions.isEmpty)
            #expect(
                handshake.check(response, output.readable)
                    == (isOpened ? .opened(.none) : .violated(.extensionNotOffered)))
            #expect(
                handshake.agreesOnDeflate(response, output.readable) == (isOpened && !extensions.isEmpty))
        }
    }

    @Test("are made by a client that takes compressed messages, and by no other")
    func offered() {
        for offersDeflate in [true, false] {
            let handshake = ClientHandshake(
                nonce: (0, 0), offering: .none, offersDeflate: offersDeflate)
            var output = ByteBuffer()
            let host: StaticString = "a"
            let bytes = UnsafeRawBufferPointer(start: host.utf8Start, count: 1)
            handshake.appendRequest(to: &output, target: bytes, host: bytes)
            let text = String(decoding: output.readable, as: UTF8.self)
            let field =
                "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
                + "client_no_context_takeover; client_max_window_bits\r\n"
            #expect(text.contains(field) == offersDeflate)
            #expect(text.contains("Extensions") == offersDeflate)
        }
    }
}
