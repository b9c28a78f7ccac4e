import Testing

@testable import PasswordHashing

struct HashRecordTests {
    @Test func requestsAreAsDrawn() throws {
        let request = try #require(
            HashRequest(
                .compare, id: 0x0807_0605_0403_0201, password: [0x70, 0x77], text: [0x24, 0x61, 0x24]))
        let expected: [UInt8] =
            [1, 0]  // version
            + [1, 0]  // compare
            + [2, 0] + [3, 0]  // bytes of password and text
            + [1, 2, 3, 4, 5, 6, 7, 8]  // id
            + [0x70, 0x77] + [UInt8](repeating: 0, count: 1_022)
            + [0x24, 0x61, 0x24] + [UInt8](repeating: 0, count: 253)
        #expect(request.encoded() == expected && expected.count == HashRequest.byteCount)
        #expect(HashRequest(expected) == request)
    }

    @Test func answersAreAsDrawn() throws {
        let outcomes: [(HashAnswer.Outcome, UInt8, [UInt8])] = [
            (.matches, 1, []), (.differs, 2, []), (.made([0x24, 0x61]), 3, [0x24, 0x61]), (.failed, 4, []),
        ]
        for (outcome, number, text) in outcomes {
            let expected: [UInt8] =
                [1, 0] + [number, 0] + [0, 0] + [UInt8(text.count), 0]  // bytes of text
                + [9, 0, 0, 0, 0, 0, 0, 0]  // id
                + text + [UInt8](repeating: 0, count: 256 - text.count)
            let answer = HashAnswer(id: 9, outcome)
            #expect(answer.encoded() == expected && expected.count == HashAnswer.byteCount)
            #expect(HashAnswer(expected) == answer)
        }
    }

    @Test func recordsThatAreNone() throws {
        let longest = try #require(
            HashRequest(
                .make, id: 1, password: [UInt8](repeating: 1, count: 1_024),
                text: [UInt8](repeating: 2, count: 256)))
        let bytes = longest.encoded()
        #expect(HashRequest(bytes) == longest)
        #expect(HashRequest(.make, id: 1, password: [UInt8](repeating: 1, count: 1_025), text: []) == nil)
        #expect(HashRequest(.make, id: 1, password: [], text: [UInt8](repeating: 1, count: 257)) == nil)
        for count in 0..<bytes.count { #expect(HashRequest(Array(bytes[..<count])) == nil) }
        #expect(HashRequest(bytes + [0]) == nil)
        // Another version, no kind, more bytes than there is room for, and a password that goes on behind its
        // end.
        for (offset, value) in [
            (0, UInt8(2)), (1, 1), (2, 0), (2, 3), (3, 1), (5, 5), (7, 2), (4, 255), (6, 255),
        ] {
            var changed = bytes
            changed[offset] = value
            if offset == 4 { changed[5] = 3 }
            if offset == 6 { changed[7] = 0 }
            #expect(HashRequest(changed) == nil, "\(offset) \(value)")
        }
        let answer = HashAnswer(id: 1, .made([1])).encoded()
        for (offset, value) in [(0, UInt8(2)), (2, 0), (2, 5), (2, 1), (4, 1), (6, 0), (7, 2), (20, 1)] {
            var changed = answer
            changed[offset] = value
            #expect(HashAnswer(changed) == nil, "\(offset) \(value)")
        }
        for count in 0..<answer.count { #expect(HashAnswer(Array(answer[..<count])) == nil) }
    }

    @Test func requestsAreAnswered() throws {
        let made = try #require(
            HashRequest(.make, id: 3, password: Array("correct horse".utf8), text: [UInt8](0..<16)))
        guard case .made(let text) = made.answer().outcome else {
            Issue.record("nothing was made")
            return
        }
        func compare(_ password: String, _ text: [UInt8]) throws -> HashAnswer {
            try #require(HashRequest(.compare, id: 4, password: Array(password.utf8), text: text)).answer()
        }
        #expect(try compare("correct horse", text) == HashAnswer(id: 4, .matches))
        #expect(try compare("correct horsf", text) == HashAnswer(id: 4, .differs))
        #expect(try compare("correct horse", Array("$argon2id$".utf8)) == HashAnswer(id: 4, .failed))
        #expect(try #require(HashRequest(.make, id: 5, password: [], text: [1])).answer().outcome == .failed)
    }

    @Test func secretsAreErased() {
        var bytes: [UInt8] = [1, 2, 3]
        eraseSecret(&bytes)
        #expect(bytes.isEmpty)
        var none: [UInt8] = []
        eraseSecret(&none)
    }
}
