import ByteCore

/// The base64 of RFC 4648 section 4, as far as the opening handshake needs it.
enum Base64 {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Appends `bytes` in base64 with padding.
    static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let second = unsafe left > 1 ? UInt32(bytes[index + 1]) : 0
            let third = unsafe left > 2 ? UInt32(bytes[index + 2]) : 0
            let group = unsafe UInt32(bytes[index]) << 16 | second << 8 | third
            buffer.append(digit(group >> 18))
            buffer.append(digit(group >> 12))
            buffer.append(left > 1 ? digit(group >> 6) : UInt8(ascii: "="))
            buffer.append(left > 2 ? digit(group) : UInt8(ascii: "="))
            index += 3
        }
    }

    /// Whether `text` is the base64 of 16 bytes, as a handshake's key has to be (RFC 6455 section 4.1).
    static func isKey(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 24, unsafe text[22] == UInt8(ascii: "="), unsafe text[23] == UInt8(ascii: "=")
        else {
            return false
        }
        for index in 0..<22 where unsafe !isDigit(text[index]) { return false }
        return true
    }

    private static func digit(_ bits: UInt32) -> UInt8 { unsafe alphabet.utf8Start[Int(bits & 0x3F)] }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
