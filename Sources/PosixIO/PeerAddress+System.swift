public import ByteCore
import Glibc

extension PeerAddress {
    /// Reads an address as the kernel has it (ip(7), ipv6(7)); whatever is of neither kind is a socket of
    /// this machine.
    init(system storage: borrowing sockaddr_storage) {
        self = unsafe withUnsafeBytes(of: storage) { bytes in
            switch unsafe Int32(bytes.loadUnaligned(as: sa_family_t.self)) {
            case AF_INET:
                let address = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
                return .ip(IPAddress(v4: UInt32(bigEndian: address.sin_addr.s_addr)))
            case AF_INET6:
                let at = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr)!
                let high = unsafe bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                let low = unsafe bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self)
                return .ip(IPAddress(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
            default: return .unixSocket
            }
        }
    }

    /// Who is at the other end of a connected socket (getpeername(2)); nil where it is not connected any
    /// more.
    public static func of(_ socket: Int32) -> PeerAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let known = unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe getpeername(socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return known == 0 ? PeerAddress(system: storage) : nil
    }
}
