import ByteCore

/// A small JSON object that a request brings (RFC 8259): members that are known, each at most once, and
/// others, which are passed over.
enum JSONForm {
    /// Hands each known member to `take` by its place in `keys`; that says whether its value is as it should
    /// be.
    ///
    /// Returns the places that came; nil where `body` is no such object.
    static func read(
        _ body: UnsafeRawBufferPointer, keys: [StaticString],
        take: (Int, inout JSONScanner) throws(JSONFault) -> Bool
    ) -> Set<Int>? {
        do throws(JSONFault) {
            var scanner = unsafe JSONScanner(body, maximumDepth: 4)
            scanner.skipWhitespace()
            guard scanner.next == UInt8(ascii: "{") else { return nil }
            try scanner.open()
            var isFirst = true
            var seen: Set<Int> = []
            while let key = try scanner.nextKey(isFirst: isFirst) {
                isFirst = false
                guard let place = keys.firstIndex(where: { key.equals($0) }) else {
                    try scanner.skipValue()
                    continue
                }
                guard seen.insert(place).inserted, try take(place, &scanner) else { return nil }
            }
            try scanner.expectEnd()
            return seen
        } catch {
            return nil
        }
    }

    /// The strings of the array that comes next, decoded; nil where it is none, holds something else, or more
    /// than `most`.
    static func texts(_ scanner: inout JSONScanner, most: Int) throws(JSONFault) -> [[UInt8]]? {
        guard scanner.next == UInt8(ascii: "[") else { return nil }
        try scanner.open()
        var texts: [[UInt8]] = []
        while try scanner.nextElement(isFirst: texts.isEmpty) {
            guard texts.count < most, let bytes = try text(&scanner) else { return nil }
            texts.append(bytes)
        }
        return texts
    }

    /// The value that comes next, decoded; nil where it is no string, or one that UTF-8 cannot say.
    static func text(_ scanner: inout JSONScanner) throws(JSONFault) -> [UInt8]? {
        guard scanner.next == UInt8(ascii: "\"") else { return nil }
        let string = try scanner.scanString()
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: max(1, string.raw.count), alignment: 1
        ) { room in
            guard let base = room.baseAddress, let count = unsafe string.unescape(into: base) else {
                return nil
            }
            return unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
        }
    }
}
