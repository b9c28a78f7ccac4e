import Secrets
import Testing

@testable import AccessControl

/// Ten thousand tries an hour against one admin, from one address, from a thousand and with names in between.
struct AttackTests {
    private static let tries = 10_000
    private static let seconds = 3_600.0

    /// What a way of attacking tries at step `number`: a name, an address and whether the admin is meant.
    private typealias Attack = @Sendable (_ number: Int) -> (name: String, address: UInt32)

    private static let attacks: [(String, Attack)] = [
        ("one address", { _ in ("ada", 1) }),
        ("a thousand addresses", { number in ("ada", UInt32(number % 1_000)) }),
        ("an address each", { number in ("ada", UInt32(number)) }),
        ("names in between", { number in (number % 4 == 0 ? "ada" : "x\(number)", 1) }),
        ("names and addresses", { number in (number % 2 == 0 ? "ada" : "x\(number)", UInt32(number)) }),
        (
            "a full table first",
            { number in (number < 4_200 || number % 3 > 0 ? "x\(number % 4_200)" : "ada", UInt32(number % 50))
            }
        ),
    ]

    @Test(arguments: attacks.indices)
    func atMostTwentyHashesAndTheOwnerGetsIn(index: Int) throws {
        let (what, attack) = Self.attacks[index]
        var authority = Fixture.authority([Fixture.admin("ada")])
        let own = try #require(
            authority.tryPassword("ada", address: Fixture.v4(9_999_999), at: Fixture.at(0)).session)
        var hashes: [Int64] = []
        for number in 0..<Self.tries {
            let moment = Double(number) * Self.seconds / Double(Self.tries)
            let (name, address) = attack(number)
            let outcome = authority.tryPassword(
                name, right: false, address: Fixture.v4(address), at: Fixture.at(moment))
            if name == "ada", outcome.isHashed { hashes.append(Fixture.at(moment).monotonicNanoseconds) }
            guard number % 250 == 100 else { continue }
            let owner = authority.tryPassword(
                "ada", address: Fixture.v4(address), device: own.deviceCookie, takesOver: true,
                draw: UInt64(number), at: Fixture.at(moment))
            #expect(owner.session != nil, "\(what): the owner is locked out at \(moment) s")
        }
        #expect(!hashes.isEmpty)
        for first in hashes.indices {
            let within = hashes[first...].prefix { $0 < hashes[first] + 900 * Nanoseconds.perSecond }
            #expect(within.count <= 20, "\(what): \(within.count) hashes from \(hashes[first]) ns on")
        }
        #expect(authority.throttle.count <= 3 * Limits.throttleEntries)
    }

    /// A stolen cookie of a browser is worth no more than an address of one's own.
    @Test func aStolenDeviceCookieIsBounded() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let stolen = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session).deviceCookie
        var hashes = 0
        for number in 0..<Self.tries {
            let moment = Double(number) * Self.seconds / Double(Self.tries)
            let outcome = authority.tryPassword(
                "ada", right: false, address: Fixture.v4(UInt32(number)), device: stolen,
                at: Fixture.at(moment))
            if outcome.isHashed { hashes += 1 }
        }
        // Five, six while waits double, and then one a minute.
        #expect(hashes <= 5 + 6 + 60)
    }

    /// Nobody comes in by making up cookies for browsers, and none of them takes a place in a table.
    @Test func madeUpDeviceCookiesAreNothing() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        var hashes = 0
        for number in 0..<1_000 {
            let madeUp = Base64URL.encode(
                [1] + BigEndian.bytes(of: Fixture.epoch) + Fixture.secret(UInt64(number)).bytes
                    + Fixture.secret(UInt64(number) + 5_000).bytes)
            let outcome = authority.tryPassword(
                "ada", right: false, address: Fixture.v4(UInt32(number)), device: madeUp, at: Fixture.at(1))
            if outcome.isHashed { hashes += 1 }
        }
        #expect(hashes == 20)
    }
}
