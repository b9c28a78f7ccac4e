import ByteCore

/// A path of this server that somebody may be led back to once they are signed in.
///
/// What begins with `//` or `/\` names another host to a browser (WHATWG URL, path-absolute-URL), and control
/// characters are dropped by it, so that `/<TAB>/example.org` would be one too.
struct OwnPath {
    /// The path with its query, below what everything of this server is below.
    let bytes: [UInt8]

    /// What leads there from a page at the top, whatever a proxy has put in front or taken off.
    var location: String { "." + text }

    /// The same as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The longest there is reason for: a dashboard's with a few parameters.
    static let limit = 1024

    /// Takes bytes that came with a request, `base` in front of them or not; nil of anything that could lead
    /// elsewhere.
    init?(_ bytes: some Collection<UInt8>, below base: [UInt8]) {
        let isWhole = bytes.starts(with: base) && bytes.dropFirst(base.count).first == UInt8(ascii: "/")
        let bytes = bytes.dropFirst(isWhole ? base.count : 0)
        guard bytes.count <= Self.limit, bytes.first == UInt8(ascii: "/") else { return nil }
        let second = bytes.dropFirst().first
        guard second != UInt8(ascii: "/") else { return nil }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        guard !Self.climbs(bytes) else { return nil }
        self.bytes = Array(bytes)
    }

    /// Whether a segment of the path is `.` or `..`, which lead to a neighbour of the base; browsers take
    /// `%2e` for a dot (WHATWG URL, double-dot URL path segment).
    private static func climbs(_ bytes: some Collection<UInt8>) -> Bool {
        let path = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        return path.split(separator: UInt8(ascii: "/")).contains { segment in
            let text = String(decoding: segment, as: UTF8.self).lowercased()
            var rest = Substring(text)
            var dots = 0
            while !rest.isEmpty {
                if rest.hasPrefix(".") {
                    rest = rest.dropFirst()
                } else if rest.hasPrefix("%2e") {
                    rest = rest.dropFirst(3)
                } else {
                    return false
                }
                dots += 1
            }
            return dots == 1 || dots == 2
        }
    }
}
