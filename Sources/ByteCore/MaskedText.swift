/// A place in a text that is read a word at a time, masked or not.
///
/// Text under a mask (RFC 6455 section 5.3) is read as it lies: what is loaded is XORed with the key, turned
/// so that its lowest byte is for the byte at hand. Text that is not masked has the key 0. Nothing here looks
/// where the text ends: whoever reads does so between the steps, and sees to it that `slack` bytes are
/// readable behind the end, whatever they hold.
@frozen
@safe public struct MaskedText {
    /// The byte at hand.
    @usableFromInline var place: UnsafeRawPointer
    /// The turned key, XORed with eight times "0": what is loaded and XORed with it holds the digits' values.
    @usableFromInline var key: UInt64

    /// Bytes behind the end of a text that have to be readable: two numbers and a key between them take less.
    @inlinable public static var slack: Int { 128 }

    /// Starts at the first byte, whose mask is the lowest byte of `key`.
    @inlinable @inline(__always)
    public init(_ start: UnsafeRawPointer, key: UInt32) {
        unsafe place = start
        self.key = (UInt64(key) &<< 32 | UInt64(key)) ^ DecimalWord.zeros
    }

    /// Goes on where a key was turned already.
    @inlinable @inline(__always)
    init(_ place: UnsafeRawPointer, turnedKey: UInt64) {
        unsafe self.place = place
        key = turnedKey
    }

    /// How far it has come from `start`.
    @inlinable @inline(__always)
    public func distance(from start: UnsafeRawPointer) -> Int { unsafe place - start }

    /// The eight bytes from here on, the first one lowest, each XORed with "0".
    @inlinable @inline(__always)
    var digits: UInt64 { unsafe UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)) ^ key }

    /// Whether this byte is at hand.
    @inlinable @inline(__always)
    public func isAt(_ byte: UInt8) -> Bool {
        UInt8(truncatingIfNeeded: digits) == byte ^ UInt8(ascii: "0")
    }

    /// Goes on by `bits` / 8 bytes, 8 at most.
    @inlinable @inline(__always)
    public mutating func pass(bits: UInt64) {
        unsafe place += Int(truncatingIfNeeded: bits &>> 3)
        key = key &>> bits | key &<< (0 &- bits)
    }

    /// Passes over `count` bytes, 8 or more, that have to be those at `expected`; false, and the place is of
    /// no use any more, where others stand here. `bits` is eight times `count`, modulo 64.
    @inlinable @inline(__always)
    public mutating func pass(_ expected: UnsafeRawPointer, count: Int, bits: UInt64) -> Bool {
        var plain = key ^ DecimalWord.zeros
        var offset = 8
        while offset < count {
            let other = unsafe (expected + (offset &- 8)).loadUnaligned(as: UInt64.self)
            let here = unsafe (place + (offset &- 8)).loadUnaligned(as: UInt64.self)
            guard here ^ plain.littleEndian == other else { return false }
            offset &+= 8
        }
        // The last word may begin in the one before; the key is the same a word further on.
        plain = plain &>> bits | plain &<< (0 &- bits)
        let other = unsafe (expected + (count &- 8)).loadUnaligned(as: UInt64.self)
        let here = unsafe (place + (count &- 8)).loadUnaligned(as: UInt64.self)
        guard here ^ plain.littleEndian == other else { return false }
        unsafe place += count
        key = plain ^ DecimalWord.zeros
        return true
    }

    /// Passes over 1 to 7 bytes that have to be the lower ones of `expected`; `bits` is eight times how many.
    @inlinable @inline(__always)
    public mutating func pass(_ expected: UInt64, bits: UInt64) -> Bool {
        guard (digits ^ (expected ^ DecimalWord.zeros)) &<< (0 &- bits) == 0 else { return false }
        pass(bits: bits)
        return true
    }

    /// Passes over `count` bytes, 16 to 64, that have to be those at `expected`, as `pass` does, but 16 at a
    /// time and without a loop.
    @inlinable @inline(__always)
    public mutating func passLong(_ expected: UnsafeRawPointer, count: Int, bits: UInt64) -> Bool {
        let plain = key ^ DecimalWord.zeros
        var different = unsafe difference(from: expected, at: 0, plain)
        if count > 32 {
            unsafe different |= difference(from: expected, at: 16, plain)
            if count > 48 { unsafe different |= difference(from: expected, at: 32, plain) }
        }
        // The last 16 may begin in those before; the key is the same two words further on.
        let turned = plain &>> bits | plain &<< (0 &- bits)
        unsafe different |= difference(from: expected, at: count &- 16, turned)
        guard different.x | different.y == 0 else { return false }
        unsafe place += count
        key = turned ^ DecimalWord.zeros
        return true
    }

    /// In what the 16 bytes from `offset` on differ from those at `expected`, under a mask of `key` twice.
    @inlinable @inline(__always)
    func difference(from expected: UnsafeRawPointer, at offset: Int, _ key: UInt64) -> SIMD2<UInt64> {
        typealias Pair = SIMD2<UInt64>
        let here = unsafe place.loadUnaligned(fromByteOffset: offset, as: Pair.self)
        let other = unsafe expected.loadUnaligned(fromByteOffset: offset, as: Pair.self)
        return here ^ other ^ Pair(repeating: key.littleEndian)
    }

    /// Passes over a number of JSON with up to 8 spaces before it and returns it; not a number where none of
    /// usual length stands here, and the place is of no use any more then.
    ///
    /// An exponent is left behind it: it belongs to what may not follow.
    @inlinable @inline(__always)
    public mutating func passNumber() -> Double {
        let digits = passSpaces()
        let start = self
        let number = passUsual(digits)
        if number == number { return number }
        self = start
        return passRareNumber()
    }

    /// The same for a number that is not below zero, has at most six digits in front of its point and 14 in
    /// all: nothing is called for it. Any other is not a number here.
    @inlinable @inline(__always)
    public mutating func passUsualNumber() -> Double { passUsual(passSpaces()) }

    /// Passes over up to 8 spaces; returns the digits behind them.
    @inlinable @inline(__always)
    mutating func passSpaces() -> UInt64 {
        let digits = self.digits
        let space = UInt8(ascii: " ") ^ UInt8(ascii: "0")
        guard UInt8(truncatingIfNeeded: digits) == space else { return digits }
        let others = digits ^ ByteWord.repeating(space)
        pass(bits: UInt64(truncatingIfNeeded: others.trailingZeroBitCount) & 0x78)
        return self.digits
    }

    @inlinable @inline(__always)
    mutating func passUsual(_ digits: UInt64) -> Double {
        let others = DecimalWord.others(in: digits)
        // The highest bit of the first byte that is no digit: behind so many bytes, times eight, and seven.
        let first = UInt64(truncatingIfNeeded: others.trailingZeroBitCount)
        // One to six digits, and no zeros in front (RFC 8259 section 6); all others are read elsewhere.
        guard first &- 15 <= 40, first == 15 || UInt8(truncatingIfNeeded: digits) != 0 else {
            return .nan
        }
        let whole = first &- 7
        guard UInt8(truncatingIfNeeded: digits &>> whole) == UInt8(ascii: ".") ^ UInt8(ascii: "0") else {
            pass(bits: whole)
            return Double(Int64(bitPattern: DecimalWord.value(digits &<< (0 &- whole))))
        }
        // The digits on both sides of the point, without it: seven at most.
        let joined = digits ^ (((digits ^ digits &>> 8) &>> whole) &<< whole)
        // A point carries nothing into the byte above it, so that the next other byte is found as well.
        let second = others & (others &- 1)
        let scale = Int(truncatingIfNeeded: (63 &- first) &>> 3)
        guard second == 0 else {
            let bits = UInt64(truncatingIfNeeded: second.trailingZeroBitCount) &- 7
            guard bits > whole &+ 8 else { return .nan }
            pass(bits: bits)
            // Zeros up to seven digits change nothing behind a point.
            let kept = joined & ((second ^ (second &- 1)) &>> 16)
            return Self.quotient(DecimalWord.value(kept &<< 8), scale: scale)
        }
        let next = unsafe UInt64(littleEndian: (place + 8).loadUnaligned(as: UInt64.self)) ^ key
        let end = DecimalWord.others(in: next)
        guard end != 0 else { return .nan }
        unsafe place += 8
        pass(bits: UInt64(truncatingIfNeeded: end.trailingZeroBitCount) &- 7)
        // As before, up to 15: a double holds them exactly.
        let kept = next & ((end ^ (end &- 1)) &>> 8)
        return Self.quotient(
            DecimalWord.value(joined &<< 8) &* 100_000_000 &+ DecimalWord.value(kept), scale: scale &+ 8)
    }

    /// Both operands are exact doubles, so that the one rounding of IEEE 754 is the right one.
    @inlinable @inline(__always)
    static func quotient(_ digits: UInt64, scale: Int) -> Double {
        Double(Int64(bitPattern: digits)) / DecimalToDouble.exactPowers[scale]
    }

    /// The same for a number that is negative or long.
    @inlinable @inline(__always)
    mutating func passRareNumber() -> Double {
        // Not by address: a text whose address is known cannot live in registers.
        let rare = unsafe RareNumber(at: place, key: key)
        guard rare.byteCount > 0 else { return .nan }
        unsafe place += rare.byteCount & ~7
        pass(bits: UInt64(truncatingIfNeeded: (rare.byteCount & 7) &* 8))
        return rare.value
    }
}

/// A number of up to 19 digits with or without a sign and a point, as epoch milliseconds and the coordinates
/// of zoomed pages are.
@frozen @usableFromInline
struct RareNumber {
    @usableFromInline let value: Double
    /// How long it is; 0 where no such number stands there.
    @usableFromInline let byteCount: Int

    /// Reads it at `start`, with the key turned for it.
    @usableFromInline @inline(never)
    init(at start: UnsafeRawPointer, key: UInt64) {
        var text = unsafe MaskedText(start, turnedKey: key)
        let isNegative = text.isAt(UInt8(ascii: "-"))
        if isNegative { text.pass(bits: 8) }
        let hasZero = text.isAt(UInt8(ascii: "0"))
        var mantissa: UInt64 = 0
        var (count, places, point) = (0, 0, -1)
        while true {
            let digits = text.digits
            let bits = UInt64(truncatingIfNeeded: DecimalWord.others(in: digits).trailingZeroBitCount) & 0x78
            let found = Int(truncatingIfNeeded: bits &>> 3)
            count += found
            guard count <= 19 else { break }
            mantissa =
                mantissa &* DecimalWord.power(found) &+ DecimalWord.value(digits << (64 &- bits))
            if point >= 0 { places += found }
            text.pass(bits: bits)
            if found == 8 { continue }
            guard point < 0, text.isAt(UInt8(ascii: ".")) else { break }
            point = count
            text.pass(bits: 8)
        }
        let wholeCount = point < 0 ? count : point
        // No zeros in front, and a digit on each side of a point (RFC 8259 section 6).
        let isNumber =
            wholeCount > 0 && (wholeCount == 1 || !hasZero)
            && (point < 0 || places > 0) && count <= 19
        let magnitude = isNumber ? DecimalToDouble.convert(mantissa: mantissa, exponent: -places) : .nan
        value = isNegative ? -magnitude : magnitude
        byteCount = unsafe isNumber ? text.place - start : 0
    }
}
