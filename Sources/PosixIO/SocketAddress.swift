import ByteCore
import Glibc

/// An IPv4 or IPv6 address with a port, or the path of a Unix socket.
public struct SocketAddress: Equatable, Sendable {
    /// Host as it is shown: dotted, or with colons and no brackets; of a Unix socket its path.
    public let host: String
    /// 0 asks for any free port; of a Unix socket it says nothing.
    public let port: UInt16
    /// AF_INET, AF_INET6 or AF_UNIX.
    public let family: Int32

    /// Why a text is no address.
    public enum ParseError: Error, Equatable {
        /// No `:PORT` at the end.
        case missingPort
        /// The port is no number from 0 to 65535.
        case badPort
        /// Neither an IP address nor `localhost`.
        case badHost
        /// Behind `unix:` stands no path.
        case badPath
        /// The path is longer than the system takes.
        case longPath(bytes: Int)
    }

    /// What a Unix socket's address begins with.
    private static let unixPrefix = "unix:"
    /// Bytes of a Unix socket's path, without the zero behind it (unix(7)).
    public static let pathBytes = MemoryLayout<sockaddr_un>.size - MemoryLayout<sa_family_t>.size - 1

    /// Reads `127.0.0.1:80`, `[::1]:80`, `localhost:80` or `unix:PATH`; names are not looked up, so that
    /// starting needs no resolver.
    public init(parsing text: String) throws(ParseError) {
        if text.hasPrefix(Self.unixPrefix) {
            try self.init(path: String(text.dropFirst(Self.unixPrefix.utf8.count)))
        } else {
            try self.init(parsingIP: text)
        }
    }

    /// The same without the last: where `unix` would be the name of a host.
    public init(parsingIP text: String) throws(ParseError) {
        guard let colon = text.lastIndex(of: ":") else { throw .missingPort }
        var name = String(text[..<colon])
        let portText = text[text.index(after: colon)...]
        guard let port = UInt16(portText), portText.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            throw .badPort
        }
        let hasBrackets = name.hasPrefix("[") && name.hasSuffix("]") && name.count > 2
        if hasBrackets { name = String(name.dropFirst().dropLast()) }
        if name == "localhost" { name = "127.0.0.1" }
        // C would read up to it and take that for all.
        guard !name.utf8.contains(0) else { throw .badHost }
        var four = in_addr()
        var six = in6_addr()
        if !hasBrackets, unsafe inet_pton(AF_INET, name, &four) == 1 {
            self.init(host: name, port: port, family: AF_INET)
        } else if hasBrackets, unsafe inet_pton(AF_INET6, name, &six) == 1 {
            self.init(host: name, port: port, family: AF_INET6)
        } else {
            throw .badHost
        }
    }

    /// The Unix socket at `path`.
    public init(path: String) throws(ParseError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .badPath }
        guard path.utf8.count <= Self.pathBytes else { throw .longPath(bytes: path.utf8.count) }
        self.init(host: path, port: 0, family: AF_UNIX)
    }

    init(host: String, port: UInt16, family: Int32) {
        self.host = host
        self.port = port
        self.family = family
    }

    /// `127.0.0.1:80`, `[::1]:80` or `unix:PATH`.
    public var text: String {
        switch family {
        case AF_UNIX: Self.unixPrefix + host
        case AF_INET6: "[\(host)]:\(port)"
        default: "\(host):\(port)"
        }
    }

    /// The path of a Unix socket; nil of any other address.
    public var path: String? { family == AF_UNIX ? host : nil }

    /// Whether only this machine can reach it: 127.0.0.0/8, mapped or not, ::1, or a Unix socket.
    public var isLoopback: Bool { family == AF_UNIX || IPAddress(host)?.isLoopback == true }

    /// Whether it stands for all addresses of this machine.
    private var isWildcard: Bool { family != AF_UNIX && hostBytes.allSatisfy { $0 == 0 } }

    /// Where a process of this machine reaches who listens here.
    public var reachable: SocketAddress {
        guard isWildcard else { return self }
        return SocketAddress(host: family == AF_INET ? "127.0.0.1" : "::1", port: port, family: family)
    }

    /// What a client puts into Host when it connects here (RFC 9110 section 7.2): a socket file has no name
    /// that anyone could ask for, so whoever is behind it is this machine.
    public var authority: String { family == AF_UNIX ? "localhost" : text }

    /// Whether whoever listens here hears IPv4 peers by their mapped addresses too: at `::`, and at a mapped
    /// address.
    var isDualStack: Bool { family == AF_INET6 && (isWildcard || IPAddress(host)?.v4 != nil) }

    /// Whether somebody who listens at one of the two is in the way of the other: the same file, or the same
    /// port and the same host or all of them.
    public func overlaps(_ other: SocketAddress) -> Bool {
        guard family != AF_UNIX, other.family != AF_UNIX else { return self == other }
        let isAnyHost = isWildcard || other.isWildcard
        return port == other.port && (isAnyHost || hostBytes == other.hostBytes)
    }

    /// The host as in a packet, 4 or 16 bytes.
    private var hostBytes: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 16) { room, count in
            count = unsafe inet_pton(family, host, room.baseAddress) == 1 ? (family == AF_INET ? 4 : 16) : 0
        }
    }

    /// Makes one of a host as in a packet, 4 or 16 bytes; nil of any other number.
    init?(hostBytes bytes: UnsafeRawBufferPointer, port: UInt16) {
        guard bytes.count == 4 || bytes.count == 16, let base = bytes.baseAddress else { return nil }
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(family, base, &text, socklen_t(text.count)) != nil else { return nil }
        self.init(host: decoded(text), port: port, family: family)
    }

    /// Calls `body` with the address as the kernel wants it.
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if family == AF_UNIX { return unsafe withSystemPath(body) }
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe inet_pton(AF_INET, host, &address.sin_addr)
            return unsafe withUnsafeBytes(of: &address) {
                unsafe body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        unsafe inet_pton(AF_INET6, host, &address.sin6_addr)
        return unsafe withUnsafeBytes(of: &address) {
            unsafe body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    private func withSystemPath<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: host.utf8) }
        return unsafe withUnsafeBytes(of: &address) {
            unsafe body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    /// The address a socket is bound to (getsockname(2)).
    static func bound(to socket: Int32) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let known = unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe getsockname(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard known == 0 else { throw SystemError("getsockname") }
        let address = unsafe withUnsafeBytes(of: &storage) { unsafe SocketAddress(system: $0) }
        // A listener of ours is bound to nothing else.
        guard let address else { throw SystemError("getsockname", code: EAFNOSUPPORT) }
        return address
    }

    /// Reads an address as the kernel and the resolver have it (ip(7), ipv6(7)), with `port` in the place of
    /// its own when given; nil for another family.
    init?(system bytes: UnsafeRawBufferPointer, port: UInt16? = nil) {
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
        let family = unsafe Int32(bytes.loadUnaligned(as: sa_family_t.self))
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let ownPort: UInt16
        if family == AF_INET, bytes.count >= MemoryLayout<sockaddr_in>.size {
            var address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
            unsafe inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
            ownPort = UInt16(bigEndian: address.sin_port)
        } else if family == AF_INET6, bytes.count >= MemoryLayout<sockaddr_in6>.size {
            var address = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
            unsafe inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
            ownPort = UInt16(bigEndian: address.sin6_port)
        } else {
            return nil
        }
        self.init(host: decoded(text), port: port ?? ownPort, family: family)
    }
}

private func decoded(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
