import Testing

@testable import Secrets

struct SecretsTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    }

    @Test func digestsAreThoseOfTheStandard() {
        // FIPS 180-2, appendix B.1, and of nothing.
        #expect(
            hex(SHA256Digest(of: "abc".utf8).bytes)
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex(SHA256Digest(of: []).bytes)
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func codesAreThoseOfTheStandard() {
        // RFC 4231, sections 4.2, 4.3 and 4.7: keys of 20, 4 and 131 bytes.
        #expect(
            hex(HMACSHA256.code(of: "Hi There".utf8, key: [UInt8](repeating: 0x0B, count: 20)).bytes)
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hex(HMACSHA256.code(of: "what do ya want for nothing?".utf8, key: "Jefe".utf8).bytes)
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = [UInt8](repeating: 0xAA, count: 131)
        #expect(
            hex(
                HMACSHA256.code(of: "Test Using Larger Than Block-Size Key - Hash Key First".utf8, key: long)
                    .bytes)
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(HMACSHA256.code(of: [], key: []) != HMACSHA256.code(of: [], key: [1]))
    }

    /// The definition of RFC 2104 around SHA-256, at every length around the ends of blocks, of keys as well.
    @Test func codesAreTwoDigestsOfAMaskedKey() {
        for count in 0...200 {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            for keyCount in [0, 1, 32, 63, 64, 65, 131] {
                let key = (0..<keyCount).map { UInt8(truncatingIfNeeded: $0 &* 11 &+ count) }
                let short = keyCount > 64 ? SHA256Digest(of: key).bytes : key
                let block = short + [UInt8](repeating: 0, count: 64 - short.count)
                let inner = SHA256Digest(of: block.map { $0 ^ 0x36 } + message).bytes
                let code = SHA256Digest(of: block.map { $0 ^ 0x5C } + inner).bytes
                #expect(HMACSHA256.code(of: message, key: key).bytes == code)
            }
        }
    }

    @Test func base64IsThatOfAddresses() {
        // RFC 4648, section 10, without its padding.
        let pairs = [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
        for (plain, text) in pairs {
            #expect(Base64URL.encode(plain.utf8) == Array(text.utf8))
            #expect(Base64URL.decode(text.utf8) == Array(plain.utf8))
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == Array("-_8".utf8))
        #expect(Base64URL.decode("-_8".utf8) == [0xFB, 0xFF])
        #expect(PlainBase64.encode([0xFB, 0xFF]) == Array("+/8".utf8))
        #expect(PlainBase64.decode("+/8".utf8) == [0xFB, 0xFF])
        #expect(PlainBase64.decode("-_8".utf8) == nil && Base64URL.decode("+/8".utf8) == nil)
        for byte in UInt8.min...UInt8.max { #expect(Base64URL.decode(Base64URL.encode([byte])) == [byte]) }
    }

    @Test(arguments: ["Z", "Zm9vY", "Zg==", "Zh", "Zm9=", "+/8", "Zm 9", "Zm9v\n", "Zm\u{E4}"])
    func base64OfAnyOtherFormIsRefused(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test func secretsAreReadAsTheyAreWritten() throws {
        let secret = try #require(SecretBytes((0..<32).map { UInt8($0 * 8 % 256) }))
        #expect(secret.text.count == SecretBytes.textCount)
        let again = try #require(SecretBytes(text: secret.text))
        #expect(again.matches(secret) && again.bytes == secret.bytes)
        #expect(secret.digest == SHA256Digest(of: secret.bytes))
        #expect(SecretBytes([UInt8](repeating: 1, count: 31)) == nil)
        #expect(SecretBytes([UInt8](repeating: 1, count: 33)) == nil)
        #expect(SecretBytes(text: secret.text.dropLast()) == nil)
        #expect(SecretBytes(text: secret.text + [65]) == nil)
        #expect(SHA256Digest([UInt8](repeating: 1, count: 31)) == nil)
    }

    @Test func everyByteCountsWhereEqualityIsAsked() {
        let bytes = [UInt8](repeating: 7, count: 32)
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!ConstantTime.areEqual(bytes, other))
            #expect(SHA256Digest(exactly: bytes).matches(SHA256Digest(exactly: other)) == false)
        }
        #expect(ConstantTime.areEqual(bytes, bytes))
        #expect(!ConstantTime.areEqual(bytes, Array(bytes.dropLast())))
        #expect(ConstantTime.areEqual([], []))
    }
}
