/// Says whether a stream of bytes is UTF-8 (RFC 3629, section 4), however it is cut into pieces.
///
/// ```
/// first byte   second      further
/// 00..7F
/// C2..DF       80..BF
/// E0           A0..BF      80..BF           no overlong forms
/// E1..EC       80..BF      80..BF
/// ED           80..9F      80..BF           no surrogates
/// EE..EF       80..BF      80..BF
/// F0           90..BF      80..BF 80..BF    no overlong forms
/// F1..F3       80..BF      80..BF 80..BF
/// F4           80..8F      80..BF 80..BF    nothing above U+10FFFF
/// ```
@frozen
public struct UTF8Validator: Sendable, BitwiseCopyable {
    /// Bytes that the current character still lacks.
    @usableFromInline var missing: UInt8
    /// What the next of them may be.
    @usableFromInline var lowest: UInt8
    @usableFromInline var highest: UInt8
    @usableFromInline var hasFailed: Bool

    /// Makes a validator at the start of a text.
    @inlinable
    public init() {
        missing = 0
        lowest = 0x80
        highest = 0xBF
        hasFailed = false
    }

    /// Whether all that was consumed is valid and ends with a whole character.
    @inlinable public var isComplete: Bool { missing == 0 && !hasFailed }

    /// Whether `bytes` are one valid text.
    @inlinable
    public static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var validator = UTF8Validator()
        return unsafe validator.consume(bytes) && validator.isComplete
    }

    /// Takes the next bytes; false from the first byte on that no valid text could have there.
    @inlinable
    public mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return !hasFailed }
        let index = unsafe missing == 0 && !hasFailed ? Self.countOfASCII(base, from: 0, to: bytes.count) : 0
        return unsafe index == bytes.count ? !hasFailed : consumeMixed(bytes, from: index)
    }

    /// The index of the first byte from `start` on that is not ASCII; `end` where all are.
    @inlinable @inline(__always)
    static func countOfASCII(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while end &- index >= 8 {
            let word = unsafe ByteWord(loadedFrom: base + index)
            guard word.isASCII else {
                return index &+ ByteWord.firstIndex(in: word.bits & ByteWord.highBits)
            }
            index &+= 8
        }
        while index < end, unsafe base.load(fromByteOffset: index, as: UInt8.self) < 0x80 { index &+= 1 }
        return index
    }

    @usableFromInline
    mutating func consumeMixed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        guard !hasFailed, let base = bytes.baseAddress else { return false }
        var index = start
        while index < bytes.count {
            let byte = unsafe base.load(fromByteOffset: index, as: UInt8.self)
            if missing > 0 {
                guard byte >= lowest, byte <= highest else { return fail() }
                missing &-= 1
                lowest = 0x80
                highest = 0xBF
                index &+= 1
            } else if byte < 0x80 {
                index = unsafe Self.countOfASCII(base, from: index, to: bytes.count)
            } else {
                guard begin(with: byte) else { return fail() }
                index &+= 1
            }
        }
        return true
    }

    private mutating func fail() -> Bool {
        hasFailed = true
        return false
    }

    /// Takes the first byte of a character of two to four bytes.
    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF:
            missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lowest = 0xA0 }
            if byte == 0xED { highest = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lowest = 0x90 }
            if byte == 0xF4 { highest = 0x8F }
        default:
            return false
        }
        return true
    }
}
