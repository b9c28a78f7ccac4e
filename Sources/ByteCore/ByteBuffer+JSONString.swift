extension ByteBuffer {
    /// Appends `bytes`, which are valid UTF-8, as a JSON string with its quotes (RFC 8259, section 7).
    ///
    /// Escaped are the quote, the backslash, the controls below U+0020, and every `UnseenCharacter`, which
    /// could garble or mislead where the text is printed as it is. All else goes out as it is.
    @inlinable
    public mutating func appendJSONString(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count + 2)
        append(UInt8(ascii: "\""))
        unsafe appendJSONStringContents(bytes)
        append(UInt8(ascii: "\""))
    }

    @usableFromInline
    mutating func appendJSONStringContents(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        let count = bytes.count
        var runStart = 0
        var index = 0
        while index < count {
            if count - index >= 8 {
                let plain = unsafe ByteWord(loadedFrom: source + index).countBeforeSpecialInJSON
                index += plain
                if plain == 8 { continue }
            }
            let (scalar, length) = unsafe Self.scalar(at: index, of: bytes)
            if Self.needsJSONEscape(scalar) {
                unsafe append(UnsafeRawBufferPointer(start: source + runStart, count: index - runStart))
                appendJSONEscape(of: scalar)
                runStart = index + length
            }
            index += length
        }
        unsafe append(UnsafeRawBufferPointer(start: source + runStart, count: count - runStart))
    }

    /// The character that begins at `index`, and its bytes; of what is cut off, as much as is there.
    private static func scalar(at index: Int, of bytes: UnsafeRawBufferPointer) -> (UInt32, length: Int) {
        let first = unsafe UInt32(bytes[index])
        let wanted = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        let length = min(wanted, bytes.count - index)
        var scalar = wanted == 1 ? first : first & (0x7F >> UInt32(wanted))
        for offset in 1..<max(length, 1) {
            scalar = unsafe scalar << 6 | UInt32(bytes[index + offset] & 0x3F)
        }
        return (scalar, length)
    }

    private static func needsJSONEscape(_ scalar: UInt32) -> Bool {
        if scalar < 0x7F { return scalar < 0x20 || scalar == 0x22 || scalar == 0x5C }
        return UnseenCharacter.contains(scalar)
    }

    private mutating func appendJSONEscape(of scalar: UInt32) {
        switch scalar {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case 0x1_0000...:
            // Two code units of UTF-16, as JSON's escapes are.
            appendJSONEscape(unit: 0xD800 + (scalar - 0x1_0000) >> 10)
            appendJSONEscape(unit: 0xDC00 + (scalar & 0x3FF))
        default: appendJSONEscape(unit: scalar)
        }
    }

    private mutating func appendJSONEscape(unit: UInt32) {
        append("\\u")
        appendHex(UInt64(unit), digits: 4)
    }
}
