extension JSONScanner {
    /// Scans a number and gives the double nearest to it, infinity where none is near.
    @inlinable @inline(__always)
    public mutating func scanNumber() throws(JSONFault) -> Double {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { cursor &+= 1 }
        let start = cursor
        var mantissa: UInt64 = 0
        scanDigits(into: &mantissa)
        let count = cursor &- start
        guard count > 0 else { throw fault(isNegative ? .malformedNumber : .unexpectedByte) }
        // No zeros in front (RFC 8259, section 6).
        if count > 1, unsafe base.load(fromByteOffset: start, as: UInt8.self) == UInt8(ascii: "0") {
            throw .malformedNumber
        }
        let byte = next
        // Integers that a signed word holds: the coordinates of nearly every browser.
        if count <= 18, byte != UInt8(ascii: "."), byte | 0x20 != UInt8(ascii: "e") {
            let value = Double(Int64(bitPattern: mantissa))
            return isNegative ? -value : value
        }
        // A copy, because a scanner whose address is known cannot live in registers.
        var copy = self
        let value = try copy.scanRestOfNumber(from: start, mantissa: mantissa)
        self = copy
        return isNegative ? -value : value
    }

    @inlinable @inline(__always)
    mutating func scanDigits(into mantissa: inout UInt64) {
        while true {
            let digit = next &- UInt8(ascii: "0")
            guard digit <= 9 else { return }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            cursor &+= 1
        }
    }

    /// Scans on behind the integer part, which begins at `start`.
    @usableFromInline @inline(never)
    mutating func scanRestOfNumber(from start: Int, mantissa: UInt64) throws(JSONFault) -> Double {
        var mantissa = mantissa
        var digitCount = cursor - start
        var exponent = 0
        if next == UInt8(ascii: ".") {
            cursor += 1
            let fractionStart = cursor
            scanDigits(into: &mantissa)
            guard cursor > fractionStart else { throw fault(.malformedNumber) }
            exponent = fractionStart - cursor
            digitCount -= exponent
        }
        let digits = unsafe UnsafeRawBufferPointer(start: base + start, count: cursor - start)
        let written = next | 0x20 == UInt8(ascii: "e") ? try scanExponent() : 0
        // Up to 19 digits the mantissa has not overflowed; zeros in front count here and do no harm there.
        return unsafe digitCount <= 19
            ? DecimalToDouble.convert(mantissa: mantissa, exponent: exponent + written)
            : DecimalToDouble.convert(digits: digits, exponent: written)
    }

    /// Scans `e` and what follows; huge exponents are cut.
    private mutating func scanExponent() throws(JSONFault) -> Int {
        cursor += 1
        let isNegative = next == UInt8(ascii: "-")
        if isNegative || next == UInt8(ascii: "+") { cursor += 1 }
        let start = cursor
        var exponent = 0
        while true {
            let digit = next &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            exponent = min(exponent * 10 + Int(digit), Limits.decimalExponent)
            cursor += 1
        }
        guard cursor > start else { throw fault(.malformedNumber) }
        return isNegative ? -exponent : exponent
    }
}
