/// Samples of one visitor in one second, in 64 steps and as a character: 0 to 15 are told as they are, and
/// above that eight steps to the double, so that a count is told within 1/16.
///
/// ```
///  level   0 ... 15    16 ... 23        24 ... 31        ...    56 ... 63
///  count   0 ... 15    16, 18 ... 30    32, 36 ... 60    ...    512, 576 ... 960 and more
///  text    A ... P     Q ... X          Y ... f          ...    4 ... _
/// ```
/// The characters are those of base64url (RFC 4648, section 5) in their order.
enum RateLevel {
    static let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The step nearest to a count.
    static func level(of count: UInt32) -> UInt8 {
        guard count >= 16 else { return UInt8(count) }
        let count = min(count, 1_023)
        let shift = UInt32(32 - count.leadingZeroBitCount - 4)
        // Rounded up to the next double it is that one's first.
        let steps = (count + (1 << (shift - 1))) >> shift
        return UInt8(min(shift * 8 + steps, 63))
    }

    /// What a step stands for.
    static func count(of level: UInt8) -> UInt32 {
        guard level >= 16 else { return UInt32(level) }
        return UInt32(8 + level % 8) << UInt32(level / 8 - 1)
    }
}
