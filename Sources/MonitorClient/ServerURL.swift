import PosixIO

/// A server as a person names it: `HOST:PORT[/PATH]`, `http://HOST[:PORT][/PATH]`, the same with `https`, or
/// `unix:PATH`.
public struct ServerURL: Equatable {
    /// A name or an address, as it was typed; IPv6 without its brackets.
    public let host: String
    /// From 1 on.
    public let port: UInt16
    /// What stands in front of every path of it, without a slash at its end; empty for none.
    public let basePath: String
    /// The Unix socket to connect to, whatever the host; nil where it is found by that.
    let socket: SocketAddress?
    /// Whether it is spoken to under TLS (`https`).
    public let isSecure: Bool

    /// Why a text names no server, and the mend.
    public struct ParseError: Error, Equatable {
        /// In words that stand behind what was typed.
        public let complaint: String

        /// Makes one.
        public init(complaint: String) { self.complaint = complaint }
    }

    /// Bytes of a name (RFC 1035, section 2.3.4).
    private static let nameBytes = 253
    /// Bytes of a path: a public URL has fewer.
    private static let pathBytes = 256
    /// What a URL without a port means (RFC 9110, sections 4.2.1 and 4.2.2).
    private static let standardPort: UInt16 = 80
    private static let securePort: UInt16 = 443

    /// Reads what a person typed.
    public init(parsing text: String) throws(ParseError) {
        if text.hasPrefix("unix:") {
            guard let address = try? SocketAddress(parsing: text) else {
                throw ParseError(
                    complaint: "needs a path of 1 to \(SocketAddress.pathBytes) bytes: unix:/run/ps.sock")
            }
            socket = address
            host = "localhost"
            port = Self.standardPort
            isSecure = false
            basePath = ""
            return
        }
        socket = nil
        let scheme = text.prefix { $0 != "/" }
        let hasScheme = scheme.hasSuffix(":") && text.dropFirst(scheme.count).hasPrefix("//")
        var rest = Substring(text)
        var isSecure = false
        if hasScheme {
            switch scheme.lowercased() {
            case "http:": rest = rest.dropFirst(scheme.count + 2)
            case "https:":
                rest = rest.dropFirst(scheme.count + 2)
                isSecure = true
            default: throw ParseError(complaint: "must begin with http:// or https://, or be HOST:PORT")
            }
        }
        guard !rest.contains(where: { "?#".contains($0) }) else {
            throw ParseError(complaint: "must end with the host, its port and the path: no ? and no #")
        }
        let path = rest.drop { $0 != "/" }
        basePath = try Self.path(path)
        rest = rest.dropLast(path.count)
        guard !rest.isEmpty else { throw ParseError(complaint: "is empty; for example 127.0.0.1:2112") }
        guard !rest.contains("@") else { throw ParseError(complaint: "must hold no name and no password") }
        let (name, digits) = Self.split(rest)
        if let digits {
            guard let port = UInt16(digits), port > 0, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                throw ParseError(complaint: "has a port that is no number from 1 to 65535")
            }
            self.port = port
        } else if hasScheme {
            port = isSecure ? Self.securePort : Self.standardPort
        } else {
            throw ParseError(complaint: "needs a port, for example 127.0.0.1:2112")
        }
        host = try Self.host(name)
        self.isSecure = isSecure
    }

    /// The path without the slashes at its end.
    private static func path(_ text: Substring) throws(ParseError) -> String {
        var path = text
        while path.hasSuffix("/") { path = path.dropLast() }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPlain =
            path.utf8.count <= pathBytes
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".."
                    && part.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "~") }
            }
        guard isPlain else {
            throw ParseError(complaint: "has a path of other parts than letters, digits, - . _ ~")
        }
        // Who copies an address out of a browser has more of it than the server's.
        if let page = parts.dropLast().last, ["receive", "admin", "api"].contains(page) {
            throw ParseError(complaint: "names a page of a server; leave out /\(page) and what follows")
        }
        return String(path)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Host and port, of which the latter may be missing.
    private static func split(_ text: Substring) -> (Substring, Substring?) {
        // The colons of an address in brackets are its own.
        let end = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[end...].lastIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func host(_ name: Substring) throws(ParseError) -> String {
        if name.hasPrefix("[") || name.contains(":") {
            let isAddress = (try? SocketAddress(parsing: "\(name):1")) != nil
            guard name.hasPrefix("["), isAddress else {
                throw ParseError(
                    complaint: "has an IPv6 address that is none; it goes in brackets: [::1]:2112")
            }
            return String(name.dropFirst().dropLast())
        }
        let isName =
            (1...nameBytes).contains(name.utf8.count) && name.utf8.allSatisfy { isNameByte($0) }
        guard isName else { throw ParseError(complaint: "has a host that is neither a name nor an address") }
        return String(name)
    }

    /// For the option table: what is wrong with `text`, or nil.
    @Sendable public static func complaint(_ text: String) -> String? {
        do throws(ParseError) {
            _ = try ServerURL(parsing: text)
            return nil
        } catch {
            return error.complaint
        }
    }

    /// Its addresses where they need no resolver: a Unix socket, a literal, or localhost, of which both
    /// families are known, as there may be a server on either.
    var literalAddresses: [SocketAddress] {
        if let socket { return [socket] }
        let names = host == "localhost" ? ["127.0.0.1", "[::1]"] : [host, "[\(host)]"]
        return names.compactMap { try? SocketAddress(parsingIP: "\($0):\(port)") }
    }

    /// What goes into the Host field (RFC 9110, section 7.2): what the person typed, because a server that
    /// answers only names that it knows has to see one. The port of https is left out, as browsers do.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return isSecure && port == Self.securePort ? name : "\(name):\(port)"
    }

    /// The whole of it, without a slash at its end.
    public var text: String {
        socket?.text ?? "\(isSecure ? "https" : "http")://\(authority)\(basePath)"
    }
}
