import ByteCore

/// One client as one proxy named it.
enum ForwardedElement: Equatable {
    case address(IPAddress)
    /// The proxy says that it does not tell, or does not know (RFC 7239 sections 6.2 and 6.3).
    case unnamed

    /// Reads an address, which may have a port (and brackets with IPv6); `isNode` where it may be an
    /// obfuscated identifier as well. Nil where it is nothing of these.
    ///
    /// ```
    /// 192.0.2.1  192.0.2.1:4711  2001:db8::1  [2001:db8::1]  [2001:db8::1]:4711  unknown  _hidden
    /// ```
    init?(_ text: UnsafeRawBufferPointer, isNode: Bool) {
        guard let first = unsafe text.first else { return nil }
        if first == UInt8(ascii: "[") {
            guard let end = unsafe text.firstIndex(of: UInt8(ascii: "]")),
                unsafe Self.isPort(.init(rebasing: text[(end + 1)...]), isNode: isNode)
            else { return nil }
            let inside = unsafe UnsafeRawBufferPointer(rebasing: text[1..<end])
            guard unsafe inside.contains(UInt8(ascii: ":")), let address = unsafe IPAddress(inside) else {
                return nil
            }
            self = .address(address)
            return
        }
        let colon = unsafe text.firstIndex(of: UInt8(ascii: ":"))
        let host = unsafe UnsafeRawBufferPointer(rebasing: text[..<(colon ?? text.endIndex)])
        if let value = unsafe IPAddress.v4(host) {
            guard unsafe Self.isPort(.init(rebasing: text[host.count...]), isNode: isNode) else { return nil }
            self = .address(IPAddress(v4: value))
        } else if unsafe Self.isUnknown(host) || isNode && Self.isObfuscated(host) {
            guard unsafe Self.isPort(.init(rebasing: text[host.count...]), isNode: isNode) else { return nil }
            self = .unnamed
        } else if !isNode, let address = unsafe IPAddress(text) {
            // Without brackets no port can follow; in RFC 7239 section 6 they are not optional.
            self = .address(address)
        } else {
            return nil
        }
    }

    /// `:` and a port, or nothing; a node's port may be obfuscated too (RFC 7239 section 6).
    private static func isPort(_ text: UnsafeRawBufferPointer, isNode: Bool) -> Bool {
        guard let first = unsafe text.first else { return true }
        let rest = unsafe UnsafeRawBufferPointer(rebasing: text[1...])
        guard first == UInt8(ascii: ":") else { return false }
        if isNode, unsafe isObfuscated(rest) { return true }
        var port = 0
        guard (1...5).contains(rest.count) else { return false }
        for index in rest.indices {
            let digit = unsafe rest[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            port = port * 10 + Int(digit)
        }
        return port <= 65535
    }

    private static func isUnknown(_ text: UnsafeRawBufferPointer) -> Bool {
        let word: StaticString = "unknown"
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in text.indices where unsafe text[index] | 0x20 != word.utf8Start[index] { return false }
        return true
    }

    /// `_` and letters, digits, `.`, `_` or `-` (RFC 7239 section 6.3).
    private static func isObfuscated(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count > 1, unsafe text.first == UInt8(ascii: "_") else { return false }
        return unsafe text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
