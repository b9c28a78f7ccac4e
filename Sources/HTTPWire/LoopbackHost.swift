import ByteCore

/// The names and addresses that can only mean this machine.
///
/// A page of another site that had its name pointed here (DNS rebinding) still sends its own name, and nobody
/// can have one of these.
public enum LoopbackHost {
    /// Whether `host`, an IPv6 address with its brackets, is `localhost`, a name under it (RFC 6761 section
    /// 6.3), 127.0.0.0/8, `::1` in any of its spellings (RFC 4291 section 2.2), or a mapped address of the
    /// former (section 2.5.5.2). A final dot is the root of the name and changes nothing.
    public static func contains(_ host: UnsafeRawBufferPointer) -> Bool {
        if unsafe host.first == UInt8(ascii: "["), unsafe host.last == UInt8(ascii: "]"), host.count > 2 {
            return unsafe isIPv6(UnsafeRawBufferPointer(rebasing: host[1..<(host.count - 1)]))
        }
        let isRooted = unsafe host.last == UInt8(ascii: ".")
        let name = unsafe UnsafeRawBufferPointer(rebasing: host[..<(host.count - (isRooted ? 1 : 0))])
        if unsafe name.isEqualIgnoringCase(to: "localhost") { return true }
        let suffix = 10  // ".localhost"
        if name.count > suffix {
            let end = unsafe UnsafeRawBufferPointer(rebasing: name[(name.count - suffix)...])
            if unsafe end.isEqualIgnoringCase(to: ".localhost") { return true }
        }
        return unsafe IPAddress.v4(name, allowingZeros: true).map { $0 >> 24 == 127 } ?? false
    }

    private static func isIPv6(_ text: UnsafeRawBufferPointer) -> Bool {
        // Without a colon it would be an IPv4 address in brackets.
        unsafe text.contains(HTTPByte.colon) && IPAddress(text)?.isLoopback == true
    }
}

extension HTTPAuthority {
    /// Whether the host can only mean this machine.
    public func isLoopback(in bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe LoopbackHost.contains(host.slice(of: bytes))
    }

    /// The same for a host and port that stand alone, as in an Origin; false for anything else.
    public static func isLoopback(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let authority = try? unsafe HTTPAuthority(bytes, from: 0, to: bytes.count) else { return false }
        return unsafe authority.isLoopback(in: bytes)
    }
}
