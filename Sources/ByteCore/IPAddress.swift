/// An IPv4 or IPv6 address (RFC 4291 section 2), an IPv4 address in its mapped form `::ffff:a.b.c.d` (section
/// 2.5.5.2).
///
/// One machine reached over a dual-stack socket is so the same as over an IPv4 one.
public struct IPAddress: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes, first byte highest.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// Takes the 128 bits as two numbers.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An IPv4 address, first part highest.
    public init(v4 value: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(value)
    }

    /// The number of an IPv4 address, mapped or not; nil of an IPv6 one.
    public var v4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// Whether it can only mean this machine: 127.0.0.0/8, mapped or not, and `::1`.
    public var isLoopback: Bool { high == 0 && low == 1 || v4.map { $0 >> 24 == 127 } ?? false }

    /// What one household or one rented machine has: an IPv4 address alone, of IPv6 the first 64 bits
    /// (RFC 6177), since whoever has one address there has all of them.
    public var network: IPAddress { v4 == nil ? IPAddress(high: high, low: 0) : self }
}

/// Who is at the other end of a connection.
public enum PeerAddress: Hashable, Sendable, BitwiseCopyable {
    /// Over TCP.
    case ip(IPAddress)
    /// Over a Unix socket: a process of this machine, which the socket's mode lets in.
    case unixSocket
}
