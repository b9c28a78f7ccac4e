/// A string of a JSON text: a view of the bytes between its quotes, which are well-formed.
@frozen
@safe public struct JSONString: BitwiseCopyable {
    /// What stands between the quotes, escapes and all.
    public let raw: UnsafeRawBufferPointer
    /// Whether there are escapes; where there are none, `raw` is the string itself.
    public let hasEscapes: Bool
    /// Whether `raw` is known to be the string itself and to hold nothing but U+0020...U+007E.
    public let isPrintableASCII: Bool

    @inlinable @inline(__always)
    init(raw: UnsafeRawBufferPointer, hasEscapes: Bool, isPrintableASCII: Bool) {
        unsafe self.raw = raw
        self.hasEscapes = hasEscapes
        self.isPrintableASCII = isPrintableASCII
    }

    /// Whether the string is `literal`, which is ASCII, once its escapes are resolved.
    public func equals(_ literal: StaticString) -> Bool {
        let expected = unsafe UnsafeRawBufferPointer(
            start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        // A character takes at most six bytes, so that a longer string can be told by its length.
        guard unsafe raw.count >= expected.count, unsafe raw.count <= 6 * expected.count else { return false }
        guard hasEscapes else { return unsafe raw.elementsEqual(expected) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { scratch in
            guard let base = scratch.baseAddress else { return true }
            guard let count = unsafe unescape(into: base) else { return false }
            return unsafe UnsafeRawBufferPointer(start: base, count: count).elementsEqual(expected)
        }
    }

    /// Writes the string with its escapes resolved, as UTF-8, and returns how many bytes it wrote: at most
    /// `raw.count`, for which `target` has room.
    ///
    /// Nil for a lone surrogate, which RFC 8259 lets a text have (section 8.2) and UTF-8 cannot say.
    public func unescape(into target: UnsafeMutableRawPointer) -> Int? {
        var reader = unsafe ByteReader(raw)
        var count = 0
        while let byte = reader.readByte() {
            guard byte == UInt8(ascii: "\\") else {
                unsafe target.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
                count += 1
                continue
            }
            guard let scalar = Self.readEscape(&reader) else { return nil }
            unsafe count += Self.write(scalar, to: target + count)
        }
        return count
    }

    /// Reads what follows a backslash; nil for a lone surrogate.
    private static func readEscape(_ reader: inout ByteReader) -> UInt32? {
        switch reader.readByte() {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "u"): break
        case let byte: return byte.map(UInt32.init)
        }
        guard let first = readHex(&reader) else { return nil }
        guard first & 0xF800 == 0xD800 else { return first }
        // A high surrogate, and a low one right behind it, are one character.
        guard first < 0xDC00, reader.readByte() == UInt8(ascii: "\\"), reader.readByte() == UInt8(ascii: "u"),
            let second = readHex(&reader), second & 0xFC00 == 0xDC00
        else { return nil }
        return 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
    }

    private static func readHex(_ reader: inout ByteReader) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = reader.readByte().flatMap(hexValue) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The value of a hexadecimal digit of either case.
    @inlinable
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte &- (UInt8(ascii: "a") &- 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte &- (UInt8(ascii: "A") &- 10)
        default: nil
        }
    }

    /// Writes a scalar as UTF-8 (RFC 3629, section 3) and returns how many bytes it took.
    private static func write(_ scalar: UInt32, to target: UnsafeMutableRawPointer) -> Int {
        func store(_ value: UInt32, at index: Int) {
            unsafe target.storeBytes(
                of: UInt8(truncatingIfNeeded: value), toByteOffset: index, as: UInt8.self)
        }
        switch scalar {
        case 0..<0x80:
            store(scalar, at: 0)
            return 1
        case 0x80..<0x800:
            store(0xC0 | scalar >> 6, at: 0)
            store(0x80 | scalar & 0x3F, at: 1)
            return 2
        case 0x800..<0x10000:
            store(0xE0 | scalar >> 12, at: 0)
            store(0x80 | scalar >> 6 & 0x3F, at: 1)
            store(0x80 | scalar & 0x3F, at: 2)
            return 3
        default:
            store(0xF0 | scalar >> 18, at: 0)
            store(0x80 | scalar >> 12 & 0x3F, at: 1)
            store(0x80 | scalar >> 6 & 0x3F, at: 2)
            store(0x80 | scalar & 0x3F, at: 3)
            return 4
        }
    }
}
