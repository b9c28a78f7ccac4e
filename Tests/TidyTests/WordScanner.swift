/// The words of a Swift text whose comments and strings are blanked out, with what stands around them.
struct WordScanner {
    /// Where a word stands.
    struct Word {
        var text: String
        var line: Int
        /// Offset behind its last byte.
        var end: Int
        /// The last byte before it that is no blank; 0 at the start.
        var before: UInt8
    }

    let bytes: [UInt8]

    init(_ blanked: [UInt8]) { bytes = blanked }

    /// Every word, in order.
    func words() -> [Word] {
        var words: [Word] = []
        var line = 1
        var before: UInt8 = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard Self.isWord(byte) else {
                if byte == UInt8(ascii: "\n") { line += 1 }
                if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\n") { before = byte }
                position += 1
                continue
            }
            let end = bytes[position...].firstIndex { !Self.isWord($0) } ?? bytes.count
            words.append(
                Word(
                    text: String(decoding: bytes[position..<end], as: UTF8.self), line: line, end: end,
                    before: before))
            before = bytes[end - 1]
            position = end
        }
        return words
    }

    /// The first byte at or behind `position` that is no blank, if there is one.
    func byte(after position: Int) -> UInt8? {
        bytes[position...].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
