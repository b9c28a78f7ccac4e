import ByteCore

/// The texts and numbers of a JSON object by name, as far as they are asked for; what lies deeper is passed
/// over.
struct FlatJSON {
    private(set) var texts: [String: String] = [:]
    private(set) var numbers: [String: Double] = [:]

    /// Reads an object; nil where it is none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        do throws(JSONFault) {
            var scanner = unsafe JSONScanner(bytes, maximumDepth: TopLimits.answerDepth)
            scanner.skipWhitespace()
            guard scanner.next == UInt8(ascii: "{") else { return nil }
            try scanner.open()
            var isFirst = true
            while let key = try scanner.nextKey(isFirst: isFirst) {
                isFirst = false
                guard let name = Self.text(key) else { return nil }
                switch scanner.next {
                case UInt8(ascii: "\""): texts[name] = Self.text(try scanner.scanString())
                case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    numbers[name] = try scanner.scanNumber()
                default: try scanner.skipValue()
                }
            }
            try scanner.expectEnd()
        } catch {
            return nil
        }
    }

    private static func text(_ string: JSONString) -> String? {
        unsafe withUnsafeTemporaryAllocation(byteCount: max(string.raw.count, 1), alignment: 1) { room in
            guard let base = room.baseAddress, let count = unsafe string.unescape(into: base) else {
                return nil
            }
            return unsafe String(decoding: room[..<count], as: UTF8.self)
        }
    }
}
