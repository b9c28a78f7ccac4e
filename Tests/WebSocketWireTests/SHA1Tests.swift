import Testing

@testable import WebSocketWire

/// SHA-1 against the examples of FIPS 180-4 and at every length around its blocks.
struct SHA1Tests {
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        ("The quick brown fox jumps over the lazy dog", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
    ])
    func example(_ text: String, _ digest: String) {
        #expect(hexadecimal(of(Array(text.utf8))) == digest)
    }

    @Test func aMillionTimesTheSameCharacter() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(hexadecimal(of(message)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    /// The digest of the digests of messages of 0 to 299 bytes, as another library says it.
    @Test func everyLengthAroundABlock() {
        var digests: [UInt8] = []
        for count in 0..<300 {
            digests += of((0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) })
        }
        #expect(hexadecimal(of(digests)) == "dfc942b5ddc5fe6421ccada9be50fa42e873926c")
    }

    private func of(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { unsafe SHA1.digest(of: $0) }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
