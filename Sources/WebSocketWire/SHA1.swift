/// SHA-1 (FIPS 180-4 section 6.1), for the answer to a handshake's key and nothing else.
///
/// Nobody is kept out by it (RFC 6455 section 10.8), and a worker that has it here needs no library for it.
enum SHA1 {
    /// Bytes of a digest.
    static let digestBytes = 20

    /// The digest of a message, 20 bytes.
    static func digest(of message: UnsafeRawBufferPointer) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var block = [UInt8](repeating: 0, count: 64)
        var start = 0
        while message.count - start >= 64 {
            for index in 0..<64 { unsafe block[index] = message[start + index] }
            take(block, into: &state)
            start += 64
        }
        // The rest, one bit, zeros, and how many bits the message has (section 5.1.1).
        let rest = message.count - start
        for index in 0..<64 { block[index] = unsafe index < rest ? message[start + index] : 0 }
        block[rest] = 0x80
        if rest >= 56 {
            take(block, into: &state)
            block = [UInt8](repeating: 0, count: 64)
        }
        let bits = UInt64(message.count) * 8
        for index in 0..<8 { block[56 + index] = UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64(index))) }
        take(block, into: &state)
        return (0..<digestBytes).map { UInt8(truncatingIfNeeded: state[$0 / 4] >> (24 - 8 * UInt32($0 % 4))) }
    }

    /// One block of 64 bytes (section 6.1.2).
    private static func take(_ block: [UInt8], into state: inout [UInt32]) {
        var words = [UInt32](repeating: 0, count: 80)
        for index in 0..<64 { words[index / 4] = words[index / 4] << 8 | UInt32(block[index]) }
        for index in 16..<80 {
            words[index] = rotated(
                words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], by: 1)
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for index in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch index {
                case ..<20: (b & c ^ ~b & d, 0x5A82_7999)
                case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case ..<60: (b & c ^ b & d ^ c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let next = rotated(a, by: 5) &+ mixed &+ e &+ constant &+ words[index]
            (a, b, c, d, e) = (next, a, rotated(b, by: 30), c, d)
        }
        for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
    }

    private static func rotated(_ word: UInt32, by bits: UInt32) -> UInt32 {
        word << bits | word >> (32 - bits)
    }
}
