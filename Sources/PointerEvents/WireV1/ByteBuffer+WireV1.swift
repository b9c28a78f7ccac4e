package import ByteCore

extension ByteBuffer {
    /// Appends `uv`: the number in groups of seven bits, the lowest first, the top bit set on all but the
    /// last; as few bytes as it takes.
    @inline(__always)
    package mutating func appendUnsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends `sv`: zigzag over `uv`.
    @inline(__always)
    package mutating func appendSigned(_ value: Int32) {
        let wide = Int64(value)
        appendUnsigned(UInt64(bitPattern: wide << 1 ^ wide >> 63))
    }

    /// Appends `uv` bytes and the text.
    package mutating func appendText(_ text: UnsafeRawBufferPointer) {
        appendUnsigned(UInt64(text.count))
        unsafe append(text)
    }

    /// Appends what `body` appends to an empty buffer, behind its length as `uv`.
    package mutating func appendPart(_ body: (inout ByteBuffer) -> Void) {
        var part = ByteBuffer(capacity: 512)
        body(&part)
        unsafe appendText(part.readable)
    }
}
