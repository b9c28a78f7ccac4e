import HTTPWire

/// Feeds `bytes` to one parser in growing prefixes that end at `cuts` and then whole, until it decides.
///
/// Every prefix is a fresh copy of exact size, as when the caller's buffer grows.
func parse(
    _ bytes: [UInt8], cuts: some Sequence<Int>, into head: inout HTTPRequestHead
) -> HTTPParseOutcome {
    var parser = HTTPRequestParser()
    for cut in cuts {
        let outcome = Array(bytes[..<cut]).withUnsafeBytes { parser.parse($0, into: &head) }
        if outcome != .incomplete { return outcome }
    }
    return bytes.withUnsafeBytes { parser.parse($0, into: &head) }
}

/// Parses `bytes` at once.
func parse(_ bytes: [UInt8], into head: inout HTTPRequestHead) -> HTTPParseOutcome {
    bytes.withUnsafeBytes { HTTPRequestParser.parse($0, into: &head) }
}

/// The whole of what a head says, copied out, so that two parses can be compared.
struct HeadImage: Equatable {
    var method = HTTPMethod.get
    var version = HTTPVersion.http11
    var target = ""
    var path = ""
    var query: String?
    var host: String?
    var port: UInt16?
    var framing = HTTPBodyFraming.none
    var isKeepAlive = true
    var fields: [String] = []

    init(_ head: borrowing HTTPRequestHead, _ bytes: [UInt8]) {
        method = head.method
        version = head.version
        framing = head.framing
        isKeepAlive = head.isKeepAlive
        port = head.authority?.port
        let (target, path, query, host) = (head.target, head.path, head.query, head.authority?.host)
        var pairs: [HTTPField] = []
        for index in 0..<head.fields.count { pairs.append(head.fields[index]) }
        bytes.withUnsafeBytes { bytes in
            self.target = text(target, bytes)
            self.path = text(path, bytes)
            self.query = query.map { text($0, bytes) }
            self.host = host.map { text($0, bytes) }
            fields = pairs.map { text($0.name, bytes) + "=" + text($0.value, bytes) }
        }
    }
}

func text(_ range: HTTPRange, _ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: range.slice(of: bytes), as: UTF8.self)
}

/// Up to `limit` cut positions inside `bytes`, every one if there are no more than that.
func cuts(of bytes: [UInt8], limit: Int = 400) -> [Int] {
    guard bytes.count > 1 else { return [] }
    let step = max(1, bytes.count / limit)
    return Array(stride(from: 1, to: bytes.count, by: step))
}
