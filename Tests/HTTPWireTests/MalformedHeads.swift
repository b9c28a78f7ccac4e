/// A request head that has to be refused before any routing, on either port.
///
/// This file depends on nothing, so that an end-to-end test can take it in by a symbolic link: send `bytes`
/// to a port and expect a response of `status`, then the end of the connection.
struct MalformedHead: Sendable, CustomStringConvertible {
    let name: String
    let bytes: [UInt8]
    let status: UInt16

    var description: String { name }

    init(_ status: UInt16, _ name: String, _ text: String) {
        self.init(status, name, Array(text.utf8))
    }

    init(_ status: UInt16, _ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        self.status = status
    }

    /// `GET / HTTP/1.1` with a Host and `fields`, each of which brings its own line end.
    private static func get(_ fields: String) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"
    }

    private static func post(_ fields: String) -> String {
        "POST /events HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"
    }

    static let all: [MalformedHead] = lines + bytesWithin + requestLines + hosts + fields + bodies + tooMuch

    static let lines: [MalformedHead] = [
        .init(400, "bare LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        .init(400, "bare LF behind a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"),
        .init(400, "bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n"),
        .init(400, "bare LF for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        .init(400, "bare CR within a value", get("X: a\rb\r\n")),
        .init(400, "CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
        .init(400, "CR and a letter for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rX"),
        .init(400, "two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a field folded with a space", get("X: a\r\n b\r\n")),
        .init(400, "a field folded with a tab", get("X: a\r\n\tb\r\n")),
        .init(400, "whitespace before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    ]

    static let bytesWithin: [MalformedHead] = [
        .init(400, "NUL in a value", get("X: a\0b\r\n")),
        .init(400, "NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "NUL first", "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "escape in a value", get("X: \u{1B}[2J\r\n")),
        .init(400, "DEL in a value", get("X: \u{7F}\r\n")),
        .init(400, "a TLS client hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]),
        .init(400, "UTF-8 in the target", "GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "UTF-8 in a name", get("X\u{E9}: a\r\n")),
    ]

    static let requestLines: [MalformedHead] = [
        .init(400, "no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "no version", "GET /\r\nHost: a\r\n\r\n"),
        .init(400, "one word", "GET\r\nHost: a\r\n\r\n"),
        .init(400, "two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        .init(400, "tabs for spaces", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a space first", " GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a method with a colon", "GE:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
        .init(400, "a version without a point", "GET / HTTP/11\r\nHost: a\r\n\r\n"),
        .init(400, "a version of letters", "GET / HTTP/x.y\r\nHost: a\r\n\r\n"),
        .init(505, "HTTP/2.0 by its name", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
        .init(505, "HTTP/0.9 by its name", "GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
        .init(505, "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        .init(400, "a fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a quote in the target", "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a target without a slash", "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "an asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "a target of another scheme", "GET file:///etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "an absolute target without a host", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"),
        .init(400, "an absolute target with a user", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    static let hosts: [MalformedHead] = [
        .init(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
        .init(400, "no Host among others", "GET / HTTP/1.1\r\nX-Host: a\r\n\r\n"),
        .init(400, "two Hosts", get("Host: b\r\n")),
        .init(400, "the same Host twice", get("HOST: a\r\n")),
        .init(400, "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
        .init(400, "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        .init(400, "a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
        .init(400, "a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        .init(400, "a list of Hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        .init(400, "a port of letters", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
        .init(400, "a port over 65535", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
        .init(400, "an address without its bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
        .init(400, "an empty address", "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
        .init(400, "letters behind an address", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n"),
    ]

    static let fields: [MalformedHead] = [
        .init(400, "a space before the colon", get("X : a\r\n")),
        .init(400, "a tab before the colon", get("X\t: a\r\n")),
        .init(400, "a space before Host's colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
        .init(400, "a space within a name", get("X Y: a\r\n")),
        .init(400, "no colon", get("X\r\n")),
        .init(400, "no name", get(": a\r\n")),
        .init(400, "a name in brackets", get("(X): a\r\n")),
        .init(400, "a name with a slash", get("a/b: a\r\n")),
    ]

    static let bodies: [MalformedHead] = [
        .init(400, "a length with chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
        .init(400, "chunked with a length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
        .init(400, "a length with another coding", post("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n")),
        .init(400, "two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n")),
        .init(400, "a list of lengths", post("Content-Length: 5, 6\r\n")),
        .init(400, "a list of equal lengths", post("Content-Length: 5, 5\r\n")),
        .init(400, "a negative length", post("Content-Length: -1\r\n")),
        .init(400, "a length with a plus", post("Content-Length: +1\r\n")),
        .init(400, "a length in hexadecimal", post("Content-Length: 0x10\r\n")),
        .init(400, "an empty length", post("Content-Length:\r\n")),
        .init(400, "a length with a fraction", post("Content-Length: 1.0\r\n")),
        .init(400, "a length past 64 bits", post("Content-Length: 99999999999999999999\r\n")),
        .init(400, "a length that wraps to 5", post("Content-Length: 18446744073709551621\r\n")),
        .init(400, "chunked before another coding", post("Transfer-Encoding: chunked, gzip\r\n")),
        .init(400, "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n")),
        .init(400, "chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n")),
        .init(400, "only an unknown coding", post("Transfer-Encoding: identity\r\n")),
        .init(400, "an empty coding", post("Transfer-Encoding:\r\n")),
        .init(400, "a coding that looks like chunked", post("Transfer-Encoding: xchunked\r\n")),
        .init(501, "an unknown coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n")),
        .init(
            400, "a coding in HTTP/1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ]

    static let tooMuch: [MalformedHead] = [
        .init(431, "101 fields", get((1...100).map { "X-\($0): a\r\n" }.joined())),
        .init(431, "a head of 16,385 bytes", get("X: " + String(repeating: "a", count: 16_353) + "\r\n")),
        .init(431, "a target that never ends", "GET /" + String(repeating: "a", count: 20_000)),
        .init(
            431, "a value that never ends", "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000)),
    ]
}
