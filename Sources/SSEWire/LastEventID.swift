public import ByteCore

/// Where a viewer was: `<boot>-<n>`, as in the `Last-Event-ID` field (WHATWG HTML, section 9.2.4).
///
/// `boot` names one life of the hub (16 lower-case hexadecimal digits), `n` counts within it.
public struct LastEventID: Equatable, Sendable {
    /// Digits of the boot's number.
    public static let bootDigits = 16

    public var boot: UInt64
    public var n: UInt64

    public init(boot: UInt64, n: UInt64) {
        self.boot = boot
        self.n = n
    }

    /// Reads an id exactly as this server writes it; nil for anything else.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> LastEventID? {
        guard bytes.count > bootDigits + 1, unsafe bytes[bootDigits] == UInt8(ascii: "-") else { return nil }
        var boot: UInt64 = 0
        for index in 0..<bootDigits {
            let byte = unsafe bytes[index]
            guard let digit = hexadecimalDigit(byte) else { return nil }
            boot = boot << 4 | digit
        }
        let digits = unsafe bytes[(bootDigits + 1)...]
        // One zero is a number, a leading zero is not ours.
        if unsafe digits.count > 1, unsafe digits.first == UInt8(ascii: "0") { return nil }
        var n: UInt64 = 0
        for index in unsafe digits.indices {
            let byte = unsafe digits[index]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (tens, overflowed) = n.multipliedReportingOverflow(by: 10)
            let (sum, overflowedAgain) = tens.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if overflowed || overflowedAgain { return nil }
            n = sum
        }
        return LastEventID(boot: boot, n: n)
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        default: nil
        }
    }

    /// Appends the id's text to `buffer`.
    public func append(to buffer: inout ByteBuffer) {
        buffer.appendHex(boot, digits: Self.bootDigits)
        buffer.append(UInt8(ascii: "-"))
        buffer.appendDecimal(n)
    }
}
