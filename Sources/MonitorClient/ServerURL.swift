import PosixIO

/// The server that `top` watches, as a person names it: `HOST:PORT`, `http://HOST[:PORT][/]` or `unix:PATH`.
public struct ServerURL: Equatable {
    /// A name or an address, as it was typed; IPv6 without its brackets.
    public let host: String
    /// From 1 on.
    public let port: UInt16
    /// The Unix socket to connect to, whatever the host; nil where it is found by that.
    let socket: SocketAddress?

    /// Why a text names no server, and the mend.
    public struct ParseError: Error, Equatable {
        /// In words that stand behind what was typed.
        public let complaint: String
    }

    /// Bytes of a name (RFC 1035, section 2.3.4).
    private static let nameBytes = 253
    /// What a URL without a port means (RFC 9110, section 4.2.1).
    private static let standardPort: UInt16 = 80

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
            return
        }
        socket = nil
        let scheme = text.prefix { $0 != "/" }
        let hasScheme = scheme.hasSuffix(":") && text.dropFirst(scheme.count).hasPrefix("//")
        var rest = Substring(text)
        if hasScheme {
            switch scheme.lowercased() {
            case "http:": rest = rest.dropFirst(scheme.count + 2)
            case "https:": throw ParseError(complaint: Self.tunnel)
            default: throw ParseError(complaint: "must begin with http:// or be HOST:PORT")
            }
        }
        if hasScheme, rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else {
            throw ParseError(complaint: "must end with the host and its port: no path")
        }
        guard !rest.isEmpty else { throw ParseError(complaint: "is empty; for example 127.0.0.1:2112") }
        guard !rest.contains("@") else { throw ParseError(complaint: "must hold no name and no password") }
        let (name, digits) = Self.split(rest)
        if let digits {
            guard let port = UInt16(digits), port > 0, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                throw ParseError(complaint: "has a port that is no number from 1 to 65535")
            }
            self.port = port
        } else if hasScheme {
            port = Self.standardPort
        } else {
            throw ParseError(complaint: "needs a port, for example 127.0.0.1:2112")
        }
        host = try Self.host(name)
    }

    private static let tunnel = """
        is not spoken; make a tunnel, ssh -L 2112:127.0.0.1:2112 HOST, and watch http://127.0.0.1:2112
        """

    /// Host and port, of which the latter may be missing.
    private static func split(_ text: Substring) -> (Substring, Substring?) {
        // The colons of an address in brackets are its own.
        let end = text.lastIndex(of: "]") ?? text.startIndex
        guard let colon = text[end...].lastIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func host(_ name: Substring) throws(ParseError) -> String {
        if name.hasPrefix("[") || name.contains(":") {
            let isAddress = (try? SocketAddress(parsingIP: "\(name):1")) != nil
            guard name.hasPrefix("["), isAddress else {
                throw ParseError(
                    complaint: "has an IPv6 address that is none; it goes in brackets: [::1]:2112")
            }
            return String(name.dropFirst().dropLast())
        }
        let isName =
            (1...nameBytes).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
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

    /// What goes into the Host field (RFC 9110, section 7.2): what the person typed, because a server that
    /// answers only loopback names has to see one.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    var text: String { socket?.text ?? "http://\(authority)" }
}
