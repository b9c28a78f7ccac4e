/// A well-formed request that does not open a WebSocket, and the status that answers it.
///
/// This file depends on nothing, so that an end-to-end test can take it in by a symbolic link: send `text` to
/// the ingest port and expect a response of `status`, then the end of the connection.
struct MalformedHandshake: Sendable, CustomStringConvertible {
    let name: String
    let text: String
    let status: UInt16

    var description: String { name }

    init(_ status: UInt16, _ name: String, _ text: String) {
        self.name = name
        self.text = text
        self.status = status
    }

    /// The fields of a good handshake, in order.
    static let good: [(name: String, value: String)] = [
        ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), ("Sec-WebSocket-Version", "13"),
    ]

    /// A handshake whose field `name` has `value` instead, or is missing; `more` stands behind the others.
    static func request(
        _ name: String = "", _ value: String? = nil, more: String = "",
        line: String = "GET /chat HTTP/1.1"
    ) -> String {
        var text = line + "\r\n"
        for field in good {
            if field.name != name {
                text += "\(field.name): \(field.value)\r\n"
            } else if let value {
                text += "\(field.name): \(value)\r\n"
            }
        }
        return text + more + "\r\n"
    }

    private static let key = "Sec-WebSocket-Key"
    private static let version = "Sec-WebSocket-Version"

    static let all: [MalformedHandshake] = [
        .init(426, "a plain GET", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        .init(426, "a plain GET of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        .init(426, "without Upgrade", request("Upgrade")),
        .init(426, "with another Upgrade", request("Upgrade", "h2c")),
        .init(426, "with an Upgrade that looks like it", request("Upgrade", "websockets")),
        .init(426, "in HTTP/1.0", request(line: "GET /chat HTTP/1.0")),
        .init(405, "by POST", request(line: "POST /chat HTTP/1.1")),
        .init(405, "by HEAD", request(line: "HEAD /chat HTTP/1.1")),
        .init(405, "by a method of its own", request(line: "UPGRADE /chat HTTP/1.1")),
        .init(400, "without Connection", request("Connection")),
        .init(400, "with another Connection", request("Connection", "keep-alive")),
        .init(400, "with a body by its length", request(more: "Content-Length: 1\r\n")),
        .init(400, "with a body in chunks", request(more: "Transfer-Encoding: chunked\r\n")),
        .init(400, "without a version", request(version)),
        .init(400, "with two versions", request(more: "\(version): 13\r\n")),
        .init(426, "of version 8", request(version, "8")),
        .init(426, "of version 14", request(version, "14")),
        .init(426, "of version 013", request(version, "013")),
        .init(426, "of an empty version", request(version, "")),
        .init(426, "of a list of versions", request(version, "13, 8")),
        .init(400, "without a key", request(key)),
        .init(400, "with an empty key", request(key, "")),
        .init(400, "with two keys", request(more: "\(key): dGhlIHNhbXBsZSBub25jZQ==\r\n")),
        .init(400, "with a key of 15 bytes", request(key, "dGhlIHNhbXBsZSBub25j")),
        .init(400, "with a key of 17 bytes", request(key, "dGhlIHNhbXBsZSBub25jZWE=")),
        .init(400, "with a key without padding", request(key, "dGhlIHNhbXBsZSBub25jZQ")),
        .init(400, "with a key in URL letters", request(key, "dGhlIHNhbXBsZSBub2-_ZQ==")),
        .init(400, "with a key with a space", request(key, "dGhlIHNhbXBs ZSBub25jZQ==")),
        .init(400, "with a subprotocol in quotes", request(more: "Sec-WebSocket-Protocol: \"json\"\r\n")),
        .init(400, "with a subprotocol of two words", request(more: "Sec-WebSocket-Protocol: a b, json\r\n")),
    ]
}
