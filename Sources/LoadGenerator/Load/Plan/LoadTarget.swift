import Glibc
public import PosixIO

/// Where a run is aimed: an address and what is asked for there.
public struct LoadTarget: Equatable, Sendable {
    /// Why a text is no target, for a person.
    public struct ParseError: Error, Equatable {
        public let reason: String
        /// Whether it may be a target, but nobody knows where it is.
        public var isUnknownHost = false
    }

    public let address: SocketAddress
    /// The host as it was written, with its port, for the Host field.
    public let authority: String
    /// The path, with its query.
    public let path: String

    /// Reads `ws://HOST:PORT/PATH` or `HOST:PORT`; `scheme` is `ws` or `http`. Names are looked up
    /// (getaddrinfo(3)), which may take as long as the resolver likes.
    public init(
        parsing text: String, scheme: String, defaultPort: UInt16, defaultPath: String
    ) throws(ParseError) {
        try self.init(
            parsing: text, scheme: scheme, defaultPort: defaultPort, defaultPath: defaultPath,
            lookUp: Self.firstAddress)
    }

    /// The same with somebody else to ask for a name's address, which is written as in a URL.
    init(
        parsing text: String, scheme: String, defaultPort: UInt16, defaultPath: String,
        lookUp: (String) -> String?
    ) throws(ParseError) {
        var rest = Substring(text)
        if let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") {
            let given = text[..<colon].lowercased()
            if given == scheme + "s" || given == "https" || given == "wss" {
                throw ParseError(reason: "TLS is not spoken yet: give a \(scheme):// address")
            }
            guard given == scheme else {
                throw ParseError(reason: "must begin with \(scheme)://, not \(given)://")
            }
            rest = text[colon...].dropFirst(3)
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = String(rest[..<end])
        let path = String(rest[end...])
        guard !authority.contains("@") else {
            throw ParseError(reason: "names a user, which nobody here would ask for: leave it out")
        }
        let isBracketed = authority.hasPrefix("[")
        guard isBracketed == authority.contains("]"), isBracketed || authority.count(where: { $0 == ":" }) < 2
        else {
            throw ParseError(
                reason: "must have an IPv6 address in brackets, for example [::1]:\(defaultPort)")
        }
        guard !authority.isEmpty, !authority.hasPrefix(":") else {
            throw ParseError(reason: "names no host, for example \(scheme)://127.0.0.1:\(defaultPort)/")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#") else {
            throw ParseError(reason: "holds a character that no URL has")
        }
        let hasPort = authority.contains(":") && !authority.hasSuffix("]")
        if !hasPort { authority += ":\(defaultPort)" }
        self.authority = authority
        self.path =
            path.isEmpty || path == "/" ? defaultPath : path.hasPrefix("/") ? path : "/" + path
        address = try Self.resolved(authority, lookUp)
    }

    /// The same place by an address alone.
    public init(_ address: SocketAddress, path: String = "/") {
        self.address = address
        authority = address.text
        self.path = path
    }

    private static func resolved(
        _ authority: String, _ lookUp: (String) -> String?
    ) throws(ParseError) -> SocketAddress {
        do throws(SocketAddress.ParseError) {
            let address = try SocketAddress(parsingIP: authority)
            guard address.port > 0 else { throw SocketAddress.ParseError.badPort }
            return address
        } catch {
            guard error == .badHost, let colon = authority.lastIndex(of: ":") else {
                throw ParseError(reason: "has a port that is no number from 1 to 65535")
            }
            let name = String(authority[..<colon])
            guard let host = lookUp(name),
                let address = try? SocketAddress(parsingIP: host + authority[colon...])
            else { throw ParseError(reason: "no address is known for \(name)", isUnknownHost: true) }
            return address
        }
    }

    /// A name's first address, IPv6 in brackets.
    private static func firstAddress(of name: String) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &found) == 0, let found = unsafe found else { return nil }
        defer { unsafe freeaddrinfo(found) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard
            unsafe getnameinfo(
                found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST) == 0
        else { return nil }
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return unsafe found.pointee.ai_family == AF_INET6 ? "[\(host)]" : host
    }
}
