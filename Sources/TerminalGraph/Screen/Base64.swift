/// Base64 (RFC 4648, section 4), as terminals take texts for their clipboards.
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var group: UInt32 = 0
        var count = 0
        func flush() {
            for place in 0..<4 {
                text.append(
                    place <= count ? digits[Int(group >> UInt32(18 - 6 * place) & 0x3F)] : UInt8(ascii: "="))
            }
        }
        for byte in bytes {
            group |= UInt32(byte) << UInt32(16 - 8 * count)
            count += 1
            guard count == 3 else { continue }
            flush()
            group = 0
            count = 0
        }
        if count > 0 { flush() }
        return String(decoding: text, as: UTF8.self)
    }
}
