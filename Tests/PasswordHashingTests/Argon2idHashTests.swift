import AccessControl
import Testing

@testable import PasswordHashing

struct Argon2idHashTests {
    /// What the library's own tool (`argon2`) makes of these passwords.
    private static let examples = [
        (
            "password",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E"
        ),
        (
            "correct horse battery",
            "$argon2id$v=19$m=4096,t=3,p=4$c2l4dGVlbiBieXRlcyBvaw$f1JYOi3jE7mO5W7tKKuYOg"
        ),
    ]

    private func matches(_ hash: Argon2idHash, _ password: String) -> Bool? {
        Array(password.utf8).withUnsafeBytes { hash.matches($0) }
    }

    @Test(arguments: examples)
    func hashesAreThoseOfTheTool(password: String, text: String) throws {
        let hash = try Argon2idHash(parsing: text.utf8)
        #expect(matches(hash, password) == true)
        #expect(matches(hash, password + " ") == false && matches(hash, "") == false)
        #expect(hash.text == Array(text.utf8))
        #expect((hash.cost == .standard) == text.contains("m=19456"))
        for index in 0..<text.utf8.count {
            #expect(throws: Argon2idFault.self, "cut at \(index)") {
                // The digest's end may be cut by a whole byte, and is another one then.
                let cut = try Argon2idHash(parsing: text.utf8.prefix(index))
                if matches(cut, password) == false { throw Argon2idFault.malformedDigest }
            }
        }
    }

    @Test func aNewHashIsOfStandardCost() throws {
        let password = Array("correct horse battery".utf8)
        let salt = [UInt8](1...16)
        let hash = try #require(password.withUnsafeBytes { Argon2idHash(of: $0, salt: salt) })
        let text = String(decoding: hash.text, as: UTF8.self)
        #expect(
            text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$") && text.utf8.count == 97)
        #expect(try Argon2idHash(parsing: hash.text) == hash && hash.cost == .standard)
        #expect(matches(hash, "correct horse battery") == true)
        #expect(password.withUnsafeBytes { Argon2idHash(of: $0, salt: [1, 2, 3]) } == nil)
        // What the room of who is let in keeps is just this.
        #expect(PasswordHashText(hash.text)?.bytes == hash.text)
    }

    @Test func nobodysHashCostsWhatOthersDo() throws {
        let decoy = try Argon2idHash(parsing: PasswordHashText.decoy.bytes)
        #expect(decoy.cost == .standard)
    }

    @Test(arguments: [
        ("", Argon2idFault.notArgon2id),
        ("$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .notArgon2id),
        ("argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .notArgon2id),
        ("$argon2id$v=16$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .otherVersion),
        ("$argon2id$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .otherVersion),
        ("$argon2id$v=19$t=1,m=8,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedParameters),
        ("$argon2id$v=19$m=08,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedParameters),
        ("$argon2id$v=19$m=+8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedParameters),
        ("$argon2id$v=19$m=99999999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedParameters),
        ("$argon2id$v=19$m=8,t=1,p=1,k=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedParameters),
        ("$argon2id$v=19$m=7,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .memoryOutOfBounds),
        ("$argon2id$v=19$m=31,t=1,p=4$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .memoryOutOfBounds),
        ("$argon2id$v=19$m=65537,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .memoryOutOfBounds),
        ("$argon2id$v=19$m=8,t=0,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .passesOutOfBounds),
        ("$argon2id$v=19$m=8,t=11,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .passesOutOfBounds),
        ("$argon2id$v=19$m=64,t=1,p=5$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .lanesOutOfBounds),
        ("$argon2id$v=19$m=64,t=1,p=0$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .lanesOutOfBounds),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", .malformedSalt),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAB$AAAAAAAAAAAAAAAAAAAAAA", .malformedSalt),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAA-$AAAAAAAAAAAAAAAAAAAAAA", .malformedSalt),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA", .malformedDigest),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAA", .malformedDigest),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAB", .malformedDigest),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA==", .malformedDigest),
        ("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$", .trailingBytes),
    ])
    func textsThatAreNoHash(text: String, expected: Argon2idFault) {
        #expect(throws: expected) { try Argon2idHash(parsing: text.utf8) }
    }

    @Test func boundsAreReached() throws {
        let digest = "AAAAAAAAAAAAAAAAAAAAAA"
        for cost in ["m=8,t=1,p=1", "m=65536,t=10,p=4"] {
            _ = try Argon2idHash(parsing: "$argon2id$v=19$\(cost)$AAAAAAAAAAA$\(digest)".utf8)
        }
        let (salt, longest) = (String(repeating: "A", count: 64), String(repeating: "A", count: 86))
        let long = "$argon2id$v=19$m=8,t=1,p=1$\(salt)$\(longest)"
        _ = try Argon2idHash(parsing: long.utf8)
        #expect(throws: Argon2idFault.tooLong) {
            try Argon2idHash(parsing: (long + String(repeating: "A", count: 200)).utf8)
        }
    }
}
