extension ByteBuffer {
    /// Appends `bytes`, which are valid UTF-8, as a JSON string with its quotes (RFC 8259, section 7).
    ///
    /// Escaped are the quote, the backslash, everything below U+0020, and U+007F, which would garble a
    /// terminal that the text is printed on. All else goes out as it is.
    @inlinable
    public mutating func appendJSONString(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count + 2)
        append(UInt8(ascii: "\""))
        appendJSONStringContents(bytes)
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
                let plain = ByteWord(loadedFrom: source + index).countBeforeJSONEscape
                index += plain
                if plain == 8 { continue }
            } else if !Self.needsJSONEscape(bytes[index]) {
                index += 1
                continue
            }
            append(UnsafeRawBufferPointer(start: source + runStart, count: index - runStart))
            appendJSONEscape(of: bytes[index])
            index += 1
            runStart = index
        }
        append(UnsafeRawBufferPointer(start: source + runStart, count: count - runStart))
    }

    private static func needsJSONEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func appendJSONEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        default:
            append(UInt8(ascii: "u"))
            appendHex(UInt64(byte), digits: 4)
        }
    }
}
