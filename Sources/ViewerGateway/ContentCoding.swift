import HTTPWire

/// How an answer's bytes are written (RFC 9110, section 8.4.1).
enum ContentCoding: CaseIterable {
    case brotli
    case gzip
    /// As they are.
    case identity

    /// Its name in the fields; nil where there is nothing to say.
    var name: StaticString? {
        switch self {
        case .brotli: "br"
        case .gzip: "gzip"
        case .identity: nil
        }
    }

    /// The one that Accept-Encoding likes best (section 12.5.3), of equals the smallest.
    ///
    /// As they are is always right: who refuses even that is answered all the same.
    static func preferred(
        by fields: borrowing HTTPFieldTable, in head: UnsafeRawBufferPointer
    ) -> ContentCoding {
        var brotli: Int?
        var gzip: Int?
        var others = 0
        unsafe fields.forEachElement(of: "accept-encoding", in: head) { element in
            let end = unsafe element.firstIndex(of: UInt8(ascii: ";")) ?? element.endIndex
            let quality = unsafe Self.quality(of: element[end...])
            let name = unsafe trimmed(element[..<end])
            if unsafe isSame(name, "br") {
                brotli = quality
            } else if unsafe isSame(name, "gzip") || isSame(name, "x-gzip") {
                gzip = quality
            } else if unsafe isSame(name, "*") {
                others = quality
            }
            return true
        }
        let (first, second) = (brotli ?? others, gzip ?? others)
        if first > 0, first >= second { return .brotli }
        return second > 0 ? .gzip : .identity
    }

    /// Thousandths of `;q=0.5`; 1000 where there is none, and 0 where it cannot be read.
    private static func quality(of parameters: Slice<UnsafeRawBufferPointer>) -> Int {
        let text = unsafe trimmed(parameters.dropFirst())
        guard unsafe !text.isEmpty else { return 1000 }
        let name = unsafe text.prefix(2)
        guard unsafe isSame(name, "q=") else { return 0 }
        var value = 0
        var unit = 1000
        for index in unsafe text.indices.dropFirst(2) {
            let byte = unsafe text[index]
            if byte == UInt8(ascii: "."), unit == 100 { continue }
            guard byte &- UInt8(ascii: "0") < 10 else { return 0 }
            value += Int(byte &- UInt8(ascii: "0")) * unit
            unit /= 10
        }
        return min(value, 1000)
    }

    private static func trimmed(_ text: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var rest = unsafe text
        while let byte = unsafe rest.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            unsafe rest.removeFirst()
        }
        while let byte = unsafe rest.last, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            unsafe rest.removeLast()
        }
        return unsafe rest
    }

    /// Whether a name is this one in lower case.
    private static func isSame(_ name: Slice<UnsafeRawBufferPointer>, _ lowered: StaticString) -> Bool {
        let count = lowered.utf8CodeUnitCount
        let expected = unsafe UnsafeRawBufferPointer(start: lowered.utf8Start, count: count)
        guard unsafe name.count == count else { return false }
        for index in expected.indices {
            let byte = unsafe name[name.startIndex + index]
            guard unsafe (byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte) == expected[index] else {
                return false
            }
        }
        return true
    }
}
