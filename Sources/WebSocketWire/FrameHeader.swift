public import ByteCore

/// The header of a frame (RFC 6455 section 5.2).
///
/// ```
///   0               1               2               3
///  +-+-+-+-+-------+-+-------------+-------------------------------+
///  |F|R|R|R| op    |M| length 7    | length 16 (if length 7 is 126)|
///  |I|S|S|S| code  |A|             | length 64 (if length 7 is 127)|
///  |N|V|V|V|  4    |S|             | big-endian                    |
///  | |1|2|3|       |K|             |                               |
///  +-+-+-+-+-------+-+-------------+-------------------------------+
///  | mask key 32 (if MASK is set)                                  |
///  +---------------------------------------------------------------+
/// ```
public struct FrameHeader: Sendable, BitwiseCopyable, Equatable {
    /// FIN: the last, or only, fragment of its message.
    public var isFinal: Bool
    /// RSV1 to RSV3 as bits 2 to 0; zero without an extension.
    public var reservedBits: UInt8
    /// The opcode's four bits, known or not.
    public var opcodeBits: UInt8
    /// Whether a mask key stands behind the length.
    public var isMasked: Bool
    /// The declared length of the payload in bytes.
    public var length: UInt64
    /// Bytes of the length field beyond the seven bits: 0, 2 or 8.
    public var extendedLengthBytes: Int

    /// Describes a frame to be sent, its length in the shortest form.
    public init(_ opcode: FrameOpcode, length: Int, isMasked: Bool, isFinal: Bool = true) {
        self.isFinal = isFinal
        reservedBits = 0
        opcodeBits = opcode.rawValue
        self.isMasked = isMasked
        self.length = UInt64(length)
        extendedLengthBytes = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8
    }

    private init(first: UInt8, second: UInt8) {
        isFinal = first & 0x80 != 0
        reservedBits = first >> 4 & 0x7
        opcodeBits = first & 0xF
        isMasked = second & 0x80 != 0
        length = UInt64(second & 0x7F)
        extendedLengthBytes = second & 0x7F < 126 ? 0 : second & 0x7F == 126 ? 2 : 8
    }

    /// What reading a header came to.
    public enum Decoded: Sendable, Equatable {
        /// So many bytes of the frame are needed before the length is known.
        case needMore(total: Int)
        /// The header, without its mask key, which may still be missing.
        case header(FrameHeader)
    }

    /// Reads the header at the start of `bytes` as soon as its length field is whole.
    ///
    /// Nothing is judged here, so that every judgement is made with the declared length known.
    public static func decode(_ bytes: UnsafeRawBufferPointer) -> Decoded {
        guard bytes.count >= 2 else { return .needMore(total: 2) }
        var header = unsafe FrameHeader(first: bytes[0], second: bytes[1])
        let lengthEnd = 2 + header.extendedLengthBytes
        guard bytes.count >= lengthEnd else { return .needMore(total: lengthEnd) }
        if header.extendedLengthBytes > 0 {
            header.length = 0
            for index in 2..<lengthEnd { header.length = unsafe header.length << 8 | UInt64(bytes[index]) }
        }
        return .header(header)
    }

    /// The opcode; nil if it is reserved.
    public var opcode: FrameOpcode? { FrameOpcode(rawValue: opcodeBits) }

    /// Bytes of the whole header, the mask key included: 2 ... 14.
    public var byteCount: Int { 2 + extendedLengthBytes + (isMasked ? 4 : 0) }

    /// Whether the length is written in the fewest bytes, as RFC 6455 section 5.2 demands.
    public var isLengthMinimal: Bool {
        switch extendedLengthBytes {
        case 0: true
        case 2: length >= 126
        default: length > 0xFFFF
        }
    }

    /// Appends the header; `maskKey` is written if the frame is masked.
    public func append(to buffer: inout ByteBuffer, maskKey: UInt32) {
        let short: UInt8
        switch extendedLengthBytes {
        case 0: short = UInt8(length)
        case 2: short = 126
        default: short = 127
        }
        buffer.append((isFinal ? 0x80 : 0) | reservedBits << 4 | opcodeBits)
        buffer.append((isMasked ? 0x80 : 0) | short)
        switch extendedLengthBytes {
        case 0: break
        case 2: buffer.append(memoryOf: UInt16(length).bigEndian)
        default: buffer.append(memoryOf: length.bigEndian)
        }
        if isMasked { buffer.append(memoryOf: maskKey.littleEndian) }
    }
}
