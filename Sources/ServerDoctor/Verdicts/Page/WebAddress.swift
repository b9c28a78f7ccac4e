/// An address as pages name it: `http`, `https`, `ws` or `wss`, without a fragment (RFC 3986; what browsers
/// make of it as far as pages in use need that).
struct WebAddress: Equatable {
    enum Scheme: String {
        case http, https, ws, wss

        var isSecure: Bool { self == .https || self == .wss }
        var isWebSocket: Bool { self == .ws || self == .wss }
        var port: UInt16 { isSecure ? 443 : 80 }
    }

    let scheme: Scheme
    /// In lower case; an IPv6 address in its brackets.
    let host: String
    let port: UInt16
    /// Begins with a slash.
    let path: String
    /// Behind the `?`.
    let query: String?

    /// Reads an absolute address; nil where it is none of these schemes, or names nobody.
    init?(parsing text: String) {
        guard let colon = text.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: text[..<colon].lowercased()), text[colon...].hasPrefix("://")
        else { return nil }
        let rest = text[colon...].dropFirst(3).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "\\" }
        let behind = rest.dropFirst(authority.count)
        self.init(scheme, authority, behind)
    }

    private init?(_ scheme: Scheme, _ authority: Substring, _ behind: Substring) {
        guard let (host, port) = Self.split(authority) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.port
        let path = behind.prefix { $0 != "?" }
        self.path = Self.plain(Self.withoutDots(path))
        query = path.count == behind.count ? nil : Self.plain(behind.dropFirst(path.count + 1))
    }

    private init(_ base: WebAddress, path: Substring, query: Substring?) {
        scheme = base.scheme
        host = base.host
        port = base.port
        self.path = Self.plain(Self.withoutDots(path))
        self.query = query.map { Self.plain($0) }
    }

    /// What a reference on a page here means; nil for what leads out of the web (`data:`, `javascript:`).
    func resolved(_ reference: String) -> WebAddress? {
        let text = Self.trimmed(reference).prefix { $0 != "#" }
        if let colon = text.firstIndex(where: { ":/?".contains($0) }), text[colon] == ":" {
            return WebAddress(parsing: String(text))
        }
        if text.hasPrefix("//") {
            let rest = text.dropFirst(2)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            return WebAddress(scheme, authority, rest.dropFirst(authority.count))
        }
        let path = text.prefix { $0 != "?" }
        let query = path.count == text.count ? nil : text.dropFirst(path.count + 1)
        if path.isEmpty { return WebAddress(self, path: self.path[...], query: query ?? self.query?[...]) }
        if path.hasPrefix("/") { return WebAddress(self, path: path, query: query) }
        let folder = self.path.prefix(through: self.path.lastIndex(of: "/") ?? self.path.startIndex)
        return WebAddress(self, path: Substring(folder + path), query: query)
    }

    /// The same under another scheme; the port that a scheme means goes with it.
    func with(_ scheme: Scheme) -> WebAddress? {
        let authority = port == self.scheme.port ? host : "\(host):\(port)"
        return WebAddress(parsing: "\(scheme.rawValue)://\(authority)\(target)")
    }

    /// Host and port, the port that the scheme means left out.
    var authority: String { port == scheme.port ? host : "\(host):\(port)" }

    /// As browsers send it (RFC 6454), and as a policy names it.
    var origin: String { "\(scheme.rawValue)://\(authority)" }

    /// What a request line carries.
    var target: String { path + (query.map { "?\($0)" } ?? "") }

    var text: String { origin + target }

    /// Whether the host can only be the visitor's own machine.
    var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.") || host == "[::1]"
    }

    private static func split(_ authority: Substring) -> (String, UInt16?)? {
        guard !authority.contains("@") else { return nil }
        let end = authority.lastIndex(of: "]") ?? authority.startIndex
        let colon = authority[end...].lastIndex(of: ":")
        let host = authority[..<(colon ?? authority.endIndex)].lowercased()
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"): isBracketed
            default: false
            }
        }
        guard !host.isEmpty, host.utf8.count <= 255, isPlain else { return nil }
        guard let colon, authority.index(after: colon) < authority.endIndex else { return (host, nil) }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(digits), port > 0 else {
            return nil
        }
        return (host, port)
    }

    /// Without the white space that browsers pass over in an attribute.
    private static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 }
        var scalars = text.unicodeScalars.filter { !["\t", "\n", "\r"].contains($0) }[...]
        while let first = scalars.first, isSpace(first) { scalars = scalars.dropFirst() }
        while let last = scalars.last, isSpace(last) { scalars = scalars.dropLast() }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: scalars)
        return String(kept)
    }

    /// RFC 3986, section 5.2.4.
    private static func withoutDots(_ path: Substring) -> Substring {
        var parts: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in all.enumerated() {
            let isLast = index == all.count - 1
            switch part {
            case ".": if isLast { parts.append("") }
            case "..":
                _ = parts.popLast()
                if isLast { parts.append("") }
            default: parts.append(part)
            }
        }
        return Substring("/" + parts.joined(separator: "/"))
    }

    /// With what may not stand in a request line percent-encoded.
    private static func plain(_ text: Substring) -> String {
        var plain = ""
        for byte in text.utf8 {
            if byte > 0x20, byte < 0x7F, !"\"#<>\\^`{|}".utf8.contains(byte) {
                plain.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                plain += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return plain
    }
}
