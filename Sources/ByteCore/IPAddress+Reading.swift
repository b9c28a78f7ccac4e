/// Addresses as text.
extension IPAddress {
    /// Reads an address in any of its spellings: four decimal numbers (RFC 3986 section 3.2.2), or the forms
    /// of RFC 4291 section 2.2, without brackets and zone; nil where `text` is none.
    ///
    /// A leading zero makes an IPv4 address none: some read it as octal, and so as another address.
    public init?(_ text: UnsafeRawBufferPointer) {
        if let value = unsafe Self.v4(text) {
            self.init(v4: value)
        } else if let groups = unsafe IPv6Text.value(of: text) {
            self.init(high: groups.high, low: groups.low)
        } else {
            return nil
        }
    }

    /// The same of a string.
    public init?(_ text: String) {
        var text = text
        guard let address = text.withUTF8({ unsafe IPAddress(UnsafeRawBufferPointer($0)) }) else {
            return nil
        }
        self = address
    }

    /// The number of an IPv4 address, first part highest; nil where `text` is none.
    ///
    /// With `allowingZeros` leading zeros are taken, as decimal: for who only asks whether a name may be an
    /// address, since a name it is not either way.
    public static func v4(_ text: UnsafeRawBufferPointer, allowingZeros: Bool = false) -> UInt32? {
        var value: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in text.indices {
            let byte = unsafe text[index]
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | part
                dots += 1
                digits = 0
                part = 0
            } else {
                guard byte &- UInt8(ascii: "0") < 10, digits < 3 else { return nil }
                guard allowingZeros || digits == 0 || part > 0 else { return nil }
                part = part * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 255 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | part : nil
    }
}

/// An IPv6 address as text (RFC 4291 section 2.2), without brackets and zone.
private enum IPv6Text {
    /// The address as two numbers of 64 bits; nil where `text` is none.
    static func value(of text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
        var groups: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        // Groups in front of `::`, which stands for as many zeros as are missing.
        var gap: Int?
        var at = 0
        func append(_ group: UInt64) {
            groups = (groups.high << 16 | groups.low >> 48, groups.low << 16 | group)
            count += 1
        }
        if text.count >= 2, unsafe text[0] == UInt8(ascii: ":") {
            guard unsafe text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            at = 2
        }
        while at < text.count {
            guard count < 8 else { return nil }
            if let four = unsafe IPAddress.v4(UnsafeRawBufferPointer(rebasing: text[at...])) {
                guard count <= 6 else { return nil }
                append(UInt64(four >> 16))
                append(UInt64(four & 0xFFFF))
                break
            }
            var group: UInt64 = 0
            let start = at
            while at < text.count, at - start < 4, let digit = unsafe hexValue(text[at]) {
                group = group << 4 | UInt64(digit)
                at += 1
            }
            guard at > start else { return nil }
            append(group)
            guard at < text.count else { break }
            guard unsafe text[at] == UInt8(ascii: ":"), at + 1 < text.count else { return nil }
            at += 1
            if unsafe text[at] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = count
                at += 1
            }
        }
        return spread(groups, count, around: gap)
    }

    /// Puts the zeros of `::` behind the first `gap` of `count` groups.
    private static func spread(
        _ groups: (high: UInt64, low: UInt64), _ count: Int, around gap: Int?
    ) -> (high: UInt64, low: UInt64)? {
        guard let gap else { return count == 8 ? groups : nil }
        // Even one group is worth `::` (section 2.2 says one or more).
        guard count < 8 else { return nil }
        var value: (high: UInt64, low: UInt64) = (0, 0)
        for place in 0..<8 {
            let isHead = place < gap
            let isTail = place >= 8 - (count - gap)
            let from = isHead ? place : place - (8 - count)
            let group = isHead || isTail ? self.group(from, of: groups, count) : 0
            value = (value.high << 16 | value.low >> 48, value.low << 16 | group)
        }
        return value
    }

    /// The group at `index`, of `count` that were read, first to last.
    private static func group(_ index: Int, of groups: (high: UInt64, low: UInt64), _ count: Int) -> UInt64 {
        let shift = UInt64(16 * (count - 1 - index))
        return (shift < 64 ? groups.low >> shift : groups.high >> (shift - 64)) & 0xFFFF
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
