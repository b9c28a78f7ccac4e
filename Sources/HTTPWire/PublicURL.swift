import ByteCore

/// The name and path under which people and pages reach a server, whatever it listens on behind its proxy.
///
/// ```
/// https://watch.example.org          https://example.org:8443/ps/
/// └─ origin ──────────────┘          └─ origin ─────────────┘└┘ base path
/// ```
public struct PublicURL: Sendable, Equatable {
    /// Whether people come over TLS (`https`).
    public let isSecure: Bool
    /// The port, where it is not the one that the scheme means.
    public let port: UInt16?
    /// What stands in front of every path, without a slash at its end; empty for none.
    public let basePath: String
    /// In lower case, without a final dot; an IPv6 address as it was written, in its brackets.
    private let host: [UInt8]
    /// The address of an IPv6 host: each can be spelled in many ways.
    private let address: IPAddress?

    /// Why a text is no public URL, and the mend.
    public struct ParseError: Error, Equatable {
        /// In words that stand behind what was typed.
        public let complaint: String
    }

    /// Reads `http://HOST[:PORT][/PATH]` or the same with `https`, a slash at its end or not.
    ///
    /// A path is of unreserved characters (RFC 3986 section 2.3): what would need an escape has two
    /// spellings, and a proxy may pass on either. An international name is written as it goes over the wire
    /// (RFC 5890).
    public init(parsing text: String) throws(ParseError) {
        let bytes = Array(text.utf8)
        let scheme = bytes.prefix { $0 != HTTPByte.slash }
        switch String(decoding: scheme, as: UTF8.self).lowercased() {
        case "https:": isSecure = true
        case "http:": isSecure = false
        default: throw ParseError(complaint: Self.otherScheme)
        }
        guard bytes.dropFirst(scheme.count).starts(with: "//".utf8) else {
            throw ParseError(complaint: Self.otherScheme)
        }
        let rest = bytes[(scheme.count + 2)...]
        guard !rest.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) else {
            throw ParseError(complaint: "must end with its path: no ? and no #")
        }
        let hostEnd = rest.firstIndex(of: HTTPByte.slash) ?? rest.endIndex
        (host, address, port) = try Self.authority(Array(rest[..<hostEnd]), isSecure: isSecure)
        basePath = try Self.path(rest[hostEnd...])
    }

    /// Host and port as a person reads them and as Host carries them, the scheme's own port left out.
    public var authority: String {
        String(decoding: host, as: UTF8.self) + (port.map { ":\($0)" } ?? "")
    }

    /// What a browser names as the origin of a page of it (RFC 6454 section 6.2).
    public var origin: String { (isSecure ? "https://" : "http://") + authority }

    /// The whole of it, with a slash at its end.
    public var text: String { origin + basePath + "/" }

    /// Where its pages send samples: a path below it, which the proxy routes to the ingest port.
    public var ingestURL: String { (isSecure ? "wss://" : "ws://") + authority + basePath + "/ws" }

    /// Whether the host can only mean this machine.
    public var isLoopback: Bool { unsafe host.withUnsafeBytes { unsafe LoopbackHost.contains($0) } }

    /// Whether a request with this authority is for it: its host, and its port where one is named.
    ///
    /// A proxy that passes on the host alone leaves the port out even where it is not the scheme's own.
    public func isNamed(by authority: HTTPAuthority, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard unsafe hasHost(of: authority, in: bytes) else { return false }
        return authority.port.map { $0 == self.port ?? standardPort } ?? true
    }

    /// The same whatever the port, for what is reached beside it.
    public func hasHost(of authority: HTTPAuthority, in bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe isHost(authority.host.slice(of: bytes))
    }

    /// Whether an Origin is that of its pages.
    public func isOrigin(_ text: UnsafeRawBufferPointer) -> Bool {
        let scheme: StaticString = isSecure ? "https://" : "http://"
        let count = scheme.utf8CodeUnitCount
        guard text.count > count,
            unsafe UnsafeRawBufferPointer(rebasing: text[..<count]).isEqualIgnoringCase(to: scheme),
            let authority = try? unsafe HTTPAuthority(text, from: count, to: text.count),
            unsafe isHost(authority.host.slice(of: text))
        else { return false }
        return authority.port ?? standardPort == self.port ?? standardPort
    }

    private var standardPort: UInt16 { isSecure ? 443 : 80 }

    private func isHost(_ other: UnsafeRawBufferPointer) -> Bool {
        if let address {
            guard other.count > 2, unsafe other.first == UInt8(ascii: "[") else { return false }
            let inside = unsafe UnsafeRawBufferPointer(rebasing: other[1..<(other.count - 1)])
            return unsafe inside.contains(HTTPByte.colon) && IPAddress(inside) == address
        }
        // A final dot is the root of the name and changes nothing.
        let end = unsafe other.last == UInt8(ascii: ".") ? other.count - 1 : other.count
        guard end == host.count else { return false }
        for index in 0..<end where unsafe HTTPByte.lowercased(other[index]) != host[index] { return false }
        return true
    }
}

/// Its parts, each with what is wrong with it.
extension PublicURL {
    private static let otherScheme = "must begin with https:// or http://"

    private static func authority(
        _ bytes: [UInt8], isSecure: Bool
    ) throws(ParseError) -> (host: [UInt8], address: IPAddress?, port: UInt16?) {
        guard !bytes.contains(UInt8(ascii: "@")) else {
            throw ParseError(complaint: "must hold no name and no password")
        }
        // The colons of an address in brackets are its own.
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let bracket = bytes.lastIndex(of: UInt8(ascii: "]")) ?? (isBracketed ? bytes.endIndex : 0)
        let colon = bytes[bracket...].firstIndex(of: HTTPByte.colon)
        var port: UInt16?
        if let colon {
            let digits = bytes[(colon + 1)...]
            guard digits.count <= 5, digits.allSatisfy({ HTTPByte.isDigit($0) }),
                let number = UInt16(String(decoding: digits, as: UTF8.self)), number > 0
            else { throw ParseError(complaint: "has a port that is no number from 1 to 65535") }
            port = number == (isSecure ? 443 : 80) ? nil : number
        }
        let host = bytes[..<(colon ?? bytes.endIndex)].map { HTTPByte.lowercased($0) }
        if isBracketed {
            let address = unsafe host.dropFirst().dropLast().withUnsafeBytes {
                unsafe $0.contains(HTTPByte.colon) ? IPAddress($0) : nil
            }
            guard host.last == UInt8(ascii: "]"), let address else {
                throw ParseError(complaint: "has an IPv6 address that is none, for example [2001:db8::1]")
            }
            return (host, address, port)
        }
        return (try name(host.last == UInt8(ascii: ".") ? Array(host.dropLast()) : host), nil, port)
    }

    /// A name (RFC 1123 section 2.1) or an IPv4 address.
    private static func name(_ host: [UInt8]) throws(ParseError) -> [UInt8] {
        guard !host.isEmpty else { throw ParseError(complaint: "names no host") }
        guard !host.contains(where: { $0 >= 0x80 }) else {
            throw ParseError(complaint: "has a name beyond ASCII; write it as browsers send it: xn--...")
        }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName =
            host.count <= HTTPLimits.hostBytes
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
                    && label.last != UInt8(ascii: "-")
                    && label.allSatisfy {
                        HTTPByte.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
        guard isName else { throw ParseError(complaint: "has a host that is neither a name nor an address") }
        // Browsers take a name that ends in a number for an address, and read zeros in front as octal.
        guard let last = labels.last, last.allSatisfy({ HTTPByte.isDigit($0) }) else { return host }
        let isAddress =
            unsafe host.withUnsafeBytes { unsafe IPAddress.v4($0) } != nil
            && labels.allSatisfy { $0.count == 1 || $0.first != UInt8(ascii: "0") }
        guard isAddress else { throw ParseError(complaint: "has an IPv4 address that is none") }
        return host
    }

    private static func path(_ bytes: ArraySlice<UInt8>) throws(ParseError) -> String {
        let path = bytes.last == HTTPByte.slash ? bytes.dropLast() : bytes
        guard path.count <= HTTPLimits.basePathBytes else {
            throw ParseError(complaint: "has a path of more than \(HTTPLimits.basePathBytes) bytes")
        }
        for segment in path.split(separator: HTTPByte.slash, omittingEmptySubsequences: false).dropFirst() {
            let isPlain = segment.allSatisfy { byte in
                HTTPByte.isAlphanumeric(byte) || "-._~".utf8.contains(byte)
            }
            guard isPlain else {
                throw ParseError(
                    complaint: "has a path of something else than letters, digits, - . _ ~ and /")
            }
            guard !segment.isEmpty, !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw ParseError(complaint: "has a path with an empty part, . or ..")
            }
        }
        return String(decoding: path, as: UTF8.self)
    }
}
