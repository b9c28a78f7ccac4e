public import ByteCore

/// The header that a proxy sends in front of what it passes on (the PROXY protocol of HAProxy,
/// proxy-protocol.txt, sections 2.1 and 2.2).
public enum ProxyHeader {
    /// Who is behind the proxy.
    public enum Source: Hashable, Sendable, BitwiseCopyable {
        /// The proxy itself, as in a health check.
        case proxy
        /// The machine with this address.
        case address(IPAddress)
        /// Somebody of whom it says nothing that has a meaning here.
        case unknown
    }

    /// What stands at the start of a connection.
    public enum Outcome: Equatable, Sendable, BitwiseCopyable {
        /// The start of a header.
        case incomplete
        /// A header of `count` bytes; what follows is the client's.
        case header(Source, count: Int)
        case refused(ProxyHeaderFault)
    }

    /// `\r\n\r\n\0\r\nQUIT\n`: nothing that any other protocol begins with.
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let word: [UInt8] = Array("PROXY ".utf8)

    /// Reads the header at the start of `bytes`; no byte behind it is looked at.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard let first = unsafe bytes.first else { return .incomplete }
        if first == word[0] {
            guard unsafe begins(bytes, word) else { return .refused(.absent) }
            return bytes.count < word.count ? .incomplete : unsafe line(bytes)
        }
        guard unsafe begins(bytes, signature) else { return .refused(.absent) }
        return bytes.count < signature.count ? .incomplete : unsafe binary(bytes)
    }

    /// Whether bytes are those of `start`, as far as both go.
    private static func begins(_ bytes: UnsafeRawBufferPointer, _ start: [UInt8]) -> Bool {
        for index in 0..<min(bytes.count, start.count) where unsafe bytes[index] != start[index] {
            return false
        }
        return true
    }

    // MARK: Version 1

    /// `PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n`, or `TCP6`, or `PROXY UNKNOWN ...\r\n`.
    private static func line(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let limit = min(bytes.count, ProxyLimits.lineBytes)
        var end = word.count
        while end < limit, unsafe bytes[end] != 0x0D { end += 1 }
        guard end + 1 < ProxyLimits.lineBytes else { return .refused(.tooLong) }
        guard end + 1 < bytes.count else { return .incomplete }
        guard unsafe bytes[end + 1] == 0x0A else { return .refused(.malformed) }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[word.count..<end])
        let parts = unsafe rest.split(separator: 0x20, omittingEmptySubsequences: false).map { part in
            unsafe UnsafeRawBufferPointer(rebasing: part)
        }
        // Whatever follows UNKNOWN has to be ignored.
        if unsafe parts[0].elementsEqual("UNKNOWN".utf8) { return .header(.unknown, count: end + 2) }
        guard unsafe parts.count == 5, unsafe isPort(parts[3]), unsafe isPort(parts[4]) else {
            return .refused(.malformed)
        }
        let isV6: Bool
        if unsafe parts[0].elementsEqual("TCP4".utf8) {
            isV6 = false
        } else if unsafe parts[0].elementsEqual("TCP6".utf8) {
            isV6 = true
        } else {
            return .refused(.malformed)
        }
        guard let source = unsafe address(parts[1], isV6), unsafe address(parts[2], isV6) != nil else {
            return .refused(.malformed)
        }
        return .header(.address(source), count: end + 2)
    }

    private static func address(_ text: UnsafeRawBufferPointer, _ isV6: Bool) -> IPAddress? {
        guard unsafe text.contains(UInt8(ascii: ":")) == isV6 else { return nil }
        return unsafe IPAddress(text)
    }

    /// A number from 0 to 65535 without leading zeros.
    private static func isPort(_ text: UnsafeRawBufferPointer) -> Bool {
        guard (1...5).contains(text.count), unsafe text.count == 1 || text[0] != UInt8(ascii: "0") else {
            return false
        }
        var port = 0
        for index in text.indices {
            let digit = unsafe text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            port = port * 10 + Int(digit)
        }
        return port <= 65535
    }

    // MARK: Version 2

    /// ```
    ///  0         12   13   14    16
    ///  signature | vc | fp | len | addresses, then TLVs, len bytes in all
    /// ```
    private static func binary(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard bytes.count > 12 else { return .incomplete }
        let command = unsafe bytes[12]
        guard command == 0x20 || command == 0x21 else { return .refused(.malformed) }
        let isProxy = command == 0x20
        guard bytes.count > 13 else { return .incomplete }
        let family = unsafe bytes[13] >> 4
        let transport = unsafe bytes[13] & 15
        // Numbers without a meaning have to be refused, unless nothing that follows has one.
        guard isProxy || family <= 3 && transport <= 2 else { return .refused(.malformed) }
        guard bytes.count > 15 else { return .incomplete }
        let length = unsafe Int(bytes[14]) << 8 | Int(bytes[15])
        let count = 16 + length
        guard count <= ProxyLimits.headerBytes else { return .refused(.tooLong) }
        guard isProxy || length >= [0, 12, 36, 216][Int(family)] else { return .refused(.malformed) }
        guard bytes.count >= count else { return .incomplete }
        if isProxy { return .header(.proxy, count: count) }
        // What came as datagrams or over somebody else's Unix socket is nobody that is known here.
        guard transport == 1 else { return .header(.unknown, count: count) }
        switch family {
        case 1:
            let value = unsafe UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
            return .header(.address(IPAddress(v4: value)), count: count)
        case 2:
            let high = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            let low = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            return .header(.address(IPAddress(high: high, low: low)), count: count)
        default: return .header(.unknown, count: count)
        }
    }
}

/// Why a connection that has to begin with a header is closed.
public enum ProxyHeaderFault: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// It begins with something else.
    case absent
    /// It begins like a header and is none.
    case malformed
    /// It is longer than any that is taken.
    case tooLong
    /// It was not whole in time.
    case late
    /// It is from a machine that is no trusted proxy.
    case untrusted

    /// As metrics call it.
    public var word: StaticString {
        switch self {
        case .absent: "proxy_absent"
        case .malformed: "proxy_malformed"
        case .tooLong: "proxy_too_long"
        case .late: "proxy_late"
        case .untrusted: "proxy_untrusted"
        }
    }
}

extension ClientAddress {
    /// Whom a connection from `peer` is from that began with a header that says `source`.
    public init(_ source: ProxyHeader.Source, over peer: PeerAddress) {
        self =
            switch source {
            case .proxy: .peer(peer)
            case .address(let address): .named(address)
            case .unknown: .unnamed
            }
    }
}
