/// Addresses in their one canonical spelling.
extension IPAddress {
    /// `192.0.2.1`, or as in RFC 5952 section 4: lower case, no leading zeros, the first longest run of two
    /// zeros or more as `::`.
    public var text: String { v4 == nil ? hexText : Self.dotted(UInt32(truncatingIfNeeded: low)) }

    /// The same with eight groups even of an IPv4 address, which is how browsers write the host of an origin
    /// (WHATWG URL standard, "IPv6 serializer").
    public var hexText: String {
        let groups = (0..<8).map { index in
            let half = index < 4 ? high : low
            return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
        }
        let zeros = Self.longestRunOfZeros(groups)
        var text = ""
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, zeros.count > 1 {
                text += "::"
                index = zeros.upperBound
                continue
            }
            if !text.isEmpty, !text.hasSuffix(":") { text += ":" }
            text += String(groups[index], radix: 16)
            index += 1
        }
        return text
    }

    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > longest.count { longest = start..<index }
            start = index + 1
        }
        return longest
    }

    private static func dotted(_ value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }
}
