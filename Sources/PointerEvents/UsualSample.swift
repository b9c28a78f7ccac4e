public import ByteCore

/// The object that most pages send, `{"id":"user123","x":812,"y":433.5}`: these keys in this order, spaces
/// nowhere but before numbers, an id of printable ASCII without escapes, and numbers of usual length.
///
/// It is read a word at a time. What does not fit goes the general way of `JSONPointerDecoder`, which decides
/// what is wrong with it, if anything is; what fits comes out the same either way.
@frozen
@safe public struct UsualSample {
    /// The id, in the message.
    public let id: UnsafeRawBufferPointer
    public let x: Double
    public let y: Double
    /// Where the message goes on, behind the closing brace.
    public let end: Int

    /// Reads the object that begins at `offset` of `message`; nil where it is any other one.
    @inlinable @inline(__always)
    public init?(_ message: UnsafeRawBufferPointer, at offset: Int = 0) {
        // A word can be loaded anywhere that ends in the message.
        guard let base = message.baseAddress, message.count &- offset >= 22 else { return nil }
        let end = message.count
        let start = unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        guard UInt64(littleEndian: start) & Self.idMask == Self.idWord else { return nil }
        let idStart = offset &+ 7
        var cursor = idStart
        var plain = 8
        while plain == 8, end &- cursor >= 8 {
            plain = unsafe ByteWord(loadedFrom: base + cursor).countBeforeSpecialInJSON
            cursor &+= plain
        }
        let idCount = cursor &- idStart
        guard plain < 8, idCount >= 1, idCount <= Limits.idBytes, end &- cursor >= 8,
            unsafe Self.word(base, cursor) & Self.xMask == Self.xWord
        else { return nil }
        cursor &+= 6
        var x = 0.0
        guard unsafe Self.number(base, &cursor, end, &x), end &- cursor >= 8,
            unsafe Self.word(base, cursor) & Self.yMask == Self.yWord
        else { return nil }
        cursor &+= 5
        var y = 0.0
        guard unsafe Self.number(base, &cursor, end, &y), cursor < end,
            unsafe base.load(fromByteOffset: cursor, as: UInt8.self) == UInt8(ascii: "}")
        else { return nil }
        unsafe id = UnsafeRawBufferPointer(start: base + idStart, count: idCount)
        self.x = x
        self.y = y
        self.end = cursor &+ 1
    }

    // `{"id":"`, `","x":` and `,"y":`, the first byte lowest.
    @usableFromInline static var idWord: UInt64 { 0x0022_3A22_6469_227B }
    @usableFromInline static var idMask: UInt64 { 0x00FF_FFFF_FFFF_FFFF }
    @usableFromInline static var xWord: UInt64 { 0x0000_3A22_7822_2C22 }
    @usableFromInline static var xMask: UInt64 { 0x0000_FFFF_FFFF_FFFF }
    @usableFromInline static var yWord: UInt64 { 0x0000_003A_2279_222C }
    @usableFromInline static var yMask: UInt64 { 0x0000_00FF_FFFF_FFFF }

    @inlinable @inline(__always)
    static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Reads a number of up to 7 digits and up to 11 behind a point, spaces before it; false where it is any
    /// other one. The message is a word long at least.
    @inlinable @inline(__always)
    static func number(
        _ base: UnsafeRawPointer, _ cursor: inout Int, _ end: Int, _ value: inout Double
    ) -> Bool {
        while cursor < end, unsafe base.load(fromByteOffset: cursor, as: UInt8.self) == UInt8(ascii: " ") {
            cursor &+= 1
        }
        guard cursor < end else { return false }
        let isNegative = unsafe base.load(fromByteOffset: cursor, as: UInt8.self) == UInt8(ascii: "-")
        if isNegative { cursor &+= 1 }
        let whole = unsafe DecimalWord(base, cursor, end)
        // No zeros in front (RFC 8259, section 6).
        guard whole.count >= 1, whole.count < 8, whole.count == 1 || whole.first != 0 else { return false }
        cursor &+= whole.count
        var magnitude = Double(Int64(bitPattern: whole.value))
        if cursor < end, unsafe base.load(fromByteOffset: cursor, as: UInt8.self) == UInt8(ascii: ".") {
            cursor &+= 1
            let fraction = unsafe DecimalWord(base, cursor, end)
            guard fraction.count > 0 else { return false }
            cursor &+= fraction.count
            var places = fraction.count
            var digits = whole.value &* DecimalWord.power(places) &+ fraction.value
            if places == 8 {
                let rest = unsafe DecimalWord(base, cursor, end)
                guard rest.count <= 3 else { return false }
                cursor &+= rest.count
                places &+= rest.count
                digits = digits &* DecimalWord.power(rest.count) &+ rest.value
            }
            // Both operands are exact doubles, so that the one rounding of IEEE 754 is the right one.
            guard digits <= 1 << 53 else { return false }
            magnitude =
                Double(Int64(bitPattern: digits)) / Double(Int64(bitPattern: DecimalWord.power(places)))
        }
        value = isNegative ? -magnitude : magnitude
        return true
    }
}
