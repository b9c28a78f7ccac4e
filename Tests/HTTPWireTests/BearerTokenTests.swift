import ByteCore
import Testing

@testable import HTTPWire

/// Tokens as files and variables hold them, and the field that shows them.
@Suite struct BearerTokenTests {
    private func field(_ text: some StringProtocol) -> String? {
        guard let token = BearerToken(parsing: Array(text.utf8)) else { return nil }
        var buffer = ByteBuffer(capacity: 64)
        token.append(to: &buffer)
        return String(decoding: buffer.readable, as: UTF8.self)
    }

    @Test func bytesOfTheField() throws {
        let text: [UInt8] = [
            0x20,  // white space does not count
            0x70, 0x73, 0x5F, 0x31, 0x5F,  // ps_1_
            0x2D, 0x2E, 0x7E, 0x2B, 0x2F,  // - . ~ + /
            0x3D, 0x3D,  // padding
            0x0D, 0x0A,  // an editor's end of line
        ]
        let token = try #require(BearerToken(parsing: text))
        var buffer = ByteBuffer(capacity: 64)
        token.append(to: &buffer)
        #expect(
            Array(buffer.readable) == Array("Authorization: Bearer ps_1_-.~+/==".utf8) + [0x0D, 0x0A])
    }

    @Test(arguments: ["a", "ps_1_secret\n", "\ta.b.c \n\n", "x="])
    func tokens(text: String) {
        let bare = text.filter { !$0.isWhitespace }
        #expect(field(text) == "Authorization: Bearer \(bare)\r\n")
    }

    @Test(arguments: [
        "", " \n", "=", "==", "a=b", "a b", "a\nb", "a\0", "é", "a\u{7F}", "\"a\"", "a,b", "a:b", "a;",
    ])
    func whatIsNone(text: String) {
        #expect(field(text) == nil)
    }

    @Test func itIsBounded() {
        let longest = String(repeating: "a", count: HTTPLimits.tokenBytes)
        #expect(field(longest + "\n") != nil)
        #expect(field(longest + "a") == nil)
    }

    /// No byte in any place can end the field early.
    @Test func everyByteEverywhere() {
        for place in 0..<3 {
            for byte: UInt8 in 0...255 {
                var text = Array("abc".utf8)
                text[place] = byte
                guard let token = BearerToken(parsing: text) else { continue }
                var buffer = ByteBuffer(capacity: 64)
                token.append(to: &buffer)
                let field = buffer.readable.dropLast(2)
                #expect(!field.contains { $0 < 0x20 || $0 >= 0x7F })
            }
        }
    }
}
