/// An IPv4 address as text: four decimal numbers of at most three digits (RFC 3986 section 3.2.2).
///
/// A leading zero is taken, as decimal: whoever reads it as octal reads another address, and a name it is not
/// either way.
enum IPv4Text {
    /// The address as a number, first part highest; nil where `text` is none.
    static func value(of text: UnsafeRawBufferPointer) -> UInt32? {
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
                guard HTTPByte.isDigit(byte), digits < 3 else { return nil }
                part = part * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
                guard part <= 255 else { return nil }
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | part : nil
    }
}

/// An IPv6 address as text (RFC 4291 section 2.2), without brackets and zone.
enum IPv6Text {
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
        if text.count >= 2, unsafe text[0] == HTTPByte.colon {
            guard unsafe text[1] == HTTPByte.colon else { return nil }
            gap = 0
            at = 2
        }
        while at < text.count {
            guard count < 8 else { return nil }
            if let four = unsafe IPv4Text.value(of: UnsafeRawBufferPointer(rebasing: text[at...])) {
                guard count <= 6 else { return nil }
                append(UInt64(four >> 16))
                append(UInt64(four & 0xFFFF))
                break
            }
            var group: UInt64 = 0
            let start = at
            while at < text.count, at - start < 4, let digit = unsafe HTTPByte.hexValue(text[at]) {
                group = group << 4 | UInt64(digit)
                at += 1
            }
            guard at > start else { return nil }
            append(group)
            guard at < text.count else { break }
            guard unsafe text[at] == HTTPByte.colon, at + 1 < text.count else { return nil }
            at += 1
            if unsafe text[at] == HTTPByte.colon {
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
}
