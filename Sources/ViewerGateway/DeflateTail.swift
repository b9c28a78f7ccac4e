import ByteCore

/// The end of a deflate stream whose beginning was made elsewhere: one last block with the fixed codes, in
/// which what was there a moment ago is a reference.
///
/// ```
/// beginning | 1 (last) 01 (fixed codes), 3 bits | literal or reference ... | end of block, 7 bits | zeros
/// ```
/// Bits are filled from the lowest of each byte, and codes are written from their highest bit: RFC 1951,
/// sections 3.1.1 and 3.2.6.
struct DeflateTail: ~Copyable {
    private(set) var bytes: ByteBuffer
    private var pending: UInt32
    private var count: Int

    /// Goes on behind a beginning whose last bits, fewer than a byte, are these.
    init(bits: UInt8, count: Int, capacity: Int) {
        bytes = ByteBuffer(capacity: capacity)
        pending = UInt32(bits)
        self.count = count
        append(0b011, 3)
    }

    /// Appends ASCII text; what stood in it before is a reference from the fourth byte on that is the same.
    mutating func append(_ text: UnsafeRawBufferPointer) {
        var at = 0
        while at < text.count {
            var best = (length: 3, distance: 0)
            for start in 0..<at {
                var length = 0
                while length < 257, at + length < text.count,
                    unsafe text[start + length] == text[at + length]
                { length += 1 }
                if length > best.length { best = (length, at - start) }
            }
            if best.distance > 0 {
                append(length: best.length, distance: best.distance)
                at += best.length
            } else {
                unsafe append(literal: text[at])
                at += 1
            }
        }
    }

    /// Appends an ASCII character: those below 144 have codes of eight bits, from 0011 0000 on.
    private mutating func append(literal character: UInt8) {
        precondition(character < 144, "an address is ASCII")
        append(code: 0x30 + UInt32(character), 8)
    }

    /// Appends a reference to `length` bytes, 3 to 257, that began `distance` bytes ago, 1 to 32,768.
    private mutating func append(length: Int, distance: Int) {
        let (lengthCode, lengthBits) = Self.code(of: length - 3, halves: 2)
        let symbol = lengthCode + 1
        if symbol < 24 { append(code: UInt32(symbol), 7) } else { append(code: UInt32(symbol + 0xA8), 8) }
        append(UInt32(length - 3) & (1 << UInt32(lengthBits) - 1), lengthBits)
        let (distanceCode, distanceBits) = Self.code(of: distance - 1, halves: 1)
        append(code: UInt32(distanceCode), 5)
        append(UInt32(distance - 1) & (1 << UInt32(distanceBits) - 1), distanceBits)
    }

    /// Ends the block and fills its last byte.
    mutating func finish() {
        append(0, 7)
        append(0, -count & 7)
    }

    /// The code for a value, and how many of its low bits stand behind it: a power of two has `1 << halves`
    /// codes (RFC 1951, section 3.2.5).
    private static func code(of value: Int, halves: Int) -> (code: Int, bits: Int) {
        let width = Int.bitWidth - value.leadingZeroBitCount
        let bits = max(0, width - halves - 1)
        return (bits << halves + value >> bits, bits)
    }

    private mutating func append(code: UInt32, _ width: Int) {
        for bit in (0..<width).reversed() { append(code >> UInt32(bit) & 1, 1) }
    }

    private mutating func append(_ bits: UInt32, _ width: Int) {
        pending |= bits << UInt32(count)
        count += width
        while count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            count -= 8
        }
    }
}
