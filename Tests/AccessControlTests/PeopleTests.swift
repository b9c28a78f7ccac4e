import Testing

@testable import AccessControl

struct PeopleTests {
    @Test func rolesHaveWords() {
        for role in Role.allCases { #expect(Role(word: role.text.utf8) == role) }
        for word in ["", "Viewer", "operator ", "admin"] { #expect(Role(word: word.utf8) == nil) }
        #expect(Role.allCases.map(\.text) == ["viewer", "operator"])
        #expect(Role.viewer.rawValue == 1 && Role.operator.rawValue == 2)
    }

    @Test(arguments: ["a", "Ada.Lovelace-1815_x~", String(repeating: "n", count: 64)])
    func namesAreWhatNeedsNoEscape(text: String) {
        #expect(AccountName(text.utf8)?.text == text)
    }

    @Test(arguments: ["", "a b", "a/b", "José", "me@x", "a%20", "a\n", String(repeating: "n", count: 65)])
    func otherNamesAreNone(text: String) {
        #expect(AccountName(text.utf8) == nil)
    }

    @Test func hashesAreThoseOfArgon2id() throws {
        let text = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$dGFn"
        #expect(PasswordHashText(text.utf8)?.bytes == Array(text.utf8))
        for other in [
            "", "$argon2i$v=19$m=1,t=1,p=1$a$b", "$argon2id$v=19$m=1,t=1,p=1$a",
            "$argon2id$v=19$m=1,t=1,p=1$a$b$c",
            "$argon2id$v=19$m=1 ,t=1,p=1$a$b", "$argon2id$v=19$m=1,t=1,p=1$a$b\n",
            "$argon2id$v=19$m=1,t=1,p=1$a$" + String(repeating: "b", count: 256),
        ] {
            #expect(PasswordHashText(other.utf8) == nil, "\(other)")
        }
    }

    /// A salt of 16 and a tag of 32 bytes, or whoever computes hashes refuses it and an unknown name shows.
    @Test func theDecoyIsOneThatCanBeComputed() {
        let fields = PasswordHashText.decoy.bytes.split(separator: UInt8(ascii: "$"))
        #expect(fields[1].elementsEqual("v=19".utf8) && fields[2].elementsEqual("m=19456,t=2,p=1".utf8))
        #expect(fields[3].count == 22 && fields[4].count == 43)
        #expect("AQgw".utf8.contains(fields[3].last ?? 0), "bits of the salt that belong to no byte")
        #expect("AEIMQUYcgkosw048".utf8.contains(fields[4].last ?? 0), "the same of the tag")
    }

    @Test func aStampIsOfAllThatASessionWasGrantedOn() {
        let ada = Fixture.admin("ada", scope: "page:/shop/*")
        var seen = ada
        seen.lastSeenAt = 5
        #expect(seen.stamp == ada.stamp)
        let others = [
            Fixture.admin("eva", scope: "page:/shop/*"),
            Fixture.admin("ada", role: .viewer, scope: "page:/shop/*"),
            Fixture.admin("ada", scope: "page:/shop"), Fixture.admin("ada"),
            Fixture.admin("ada", scope: "page:/shop/*", password: 2),
        ]
        for other in others { #expect(other.stamp != ada.stamp) }
    }

    @Test func whatABrowserCallsItselfCanBeShown() {
        #expect(Client(address: nil, agent: "a\u{1B}[2J\u{E9}b".utf8).agent == Array("a?[2J??b".utf8))
        #expect(Client(address: nil, agent: [UInt8](repeating: 65, count: 500)).agent.count == 160)
    }
}
