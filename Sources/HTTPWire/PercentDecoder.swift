public import ByteCore

/// Reads percent-encoded bytes one at a time (RFC 3986 section 2.1).
@safe struct PercentDecoder {
    enum Step: Equatable { case byte(UInt8), malformed, end }

    private let bytes: UnsafeRawBufferPointer
    private let plusIsSpace: Bool
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool) {
        unsafe self.bytes = bytes
        self.plusIsSpace = plusIsSpace
    }

    mutating func next() -> Step {
        guard unsafe index < bytes.count else { return .end }
        let byte = unsafe bytes[index]
        if byte == HTTPByte.percent {
            guard unsafe bytes.count - index > 2, let high = unsafe HTTPByte.hexValue(bytes[index + 1]),
                let low = unsafe HTTPByte.hexValue(bytes[index + 2])
            else { return .malformed }
            index += 3
            return .byte(high << 4 | low)
        }
        index += 1
        return .byte(plusIsSpace && byte == UInt8(ascii: "+") ? HTTPByte.space : byte)
    }
}

extension ByteBuffer {
    /// Appends what `encoded` decodes to; false, and nothing appended, if an escape is malformed.
    ///
    /// The result may hold any byte, `/` and NUL among them: split a path before decoding its segments. In a
    /// query value `plusIsSpace` is what forms send.
    public mutating func appendPercentDecoded(
        _ encoded: UnsafeRawBufferPointer, plusIsSpace: Bool = false
    ) -> Bool {
        let before = count
        var decoder = unsafe PercentDecoder(encoded, plusIsSpace: plusIsSpace)
        while true {
            switch decoder.next() {
            case .byte(let byte): append(byte)
            case .end: return true
            case .malformed:
                truncate(by: count - before)
                return false
            }
        }
    }
}
