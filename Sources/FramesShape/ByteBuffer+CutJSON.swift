import ByteCore

extension ByteBuffer {
    /// Appends a JSON string with its quotes, as `appendJSONString` writes it; where it has more than `limit`
    /// bytes, which are 6 at least, as many whole characters of it as fit with an ellipsis behind them.
    mutating func appendCut(json: UnsafeRawBufferPointer, to limit: Int) {
        guard json.count > limit else { return append(json) }
        // Without the ellipsis, which is U+2026, and the closing quote.
        let most = limit - 4
        var end = 1
        while end < most {
            let next = end + Self.characterBytes(of: json, at: end)
            guard next <= most else { break }
            end = next
        }
        append(UnsafeRawBufferPointer(rebasing: json[..<end]))
        append("\u{2026}\"")
    }

    /// Bytes of the character at `index`: an escape of two bytes or of six, two of six where they are a pair
    /// of surrogates, or UTF-8.
    private static func characterBytes(of json: UnsafeRawBufferPointer, at index: Int) -> Int {
        let first = json[index]
        guard first == UInt8(ascii: "\\") else {
            return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        }
        guard index + 3 < json.count, json[index + 1] == UInt8(ascii: "u") else { return 2 }
        let isD = json[index + 2] | 0x20 == UInt8(ascii: "d")
        switch json[index + 3] | 0x20 {
        case UInt8(ascii: "8"), UInt8(ascii: "9"), UInt8(ascii: "a"), UInt8(ascii: "b"): return isD ? 12 : 6
        default: return 6
        }
    }
}
