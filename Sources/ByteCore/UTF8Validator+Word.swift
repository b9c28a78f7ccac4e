/// A validator in the middle of a text, for another process that goes on with it.
extension UTF8Validator {
    /// `missing u8 | lowest u8 << 8 | highest u8 << 16 | hasFailed u8 << 24`
    public var word: UInt32 {
        UInt32(missing) | UInt32(lowest) << 8 | UInt32(highest) << 16 | (hasFailed ? 1 << 24 : 0)
    }

    /// Goes on where another one stood; nil where none can stand.
    public init?(word: UInt32) {
        self.init()
        missing = UInt8(truncatingIfNeeded: word)
        lowest = UInt8(truncatingIfNeeded: word >> 8)
        highest = UInt8(truncatingIfNeeded: word >> 16)
        hasFailed = word >> 24 == 1
        let bounds: [(UInt8, UInt8)] = [(0x80, 0xBF), (0xA0, 0xBF), (0x80, 0x9F), (0x90, 0xBF), (0x80, 0x8F)]
        guard word >> 24 <= 1, missing <= 3, bounds.contains(where: { $0 == (lowest, highest) }) else {
            return nil
        }
    }
}
