import Testing

@testable import AccessControl

struct InviteTests {
    private func invited() throws -> (Authority, [UInt8]) {
        var authority = Fixture.authority([])
        let text = try #require(invite(&authority, draw: 1, at: 0))
        return (authority, text)
    }

    private func invite(_ authority: inout Authority, draw: UInt64, at seconds: Double) -> [UInt8]? {
        authority.makeInvite(random: Fixture.secret(draw), now: Fixture.at(seconds))
    }

    private func redeems(_ authority: inout Authority, _ text: [UInt8], at seconds: Double) -> Bool {
        authority.redeemInvite(text, now: Fixture.at(seconds))
    }

    @Test func whoeverHoldsItMakesTheFirstAdmin() throws {
        var (authority, text) = try invited()
        #expect(text.count == 43)
        #expect(authority.isInvite(text, now: Fixture.at(1)) && authority.isInvite(text, now: Fixture.at(2)))
        #expect(redeems(&authority, text, at: 3))
        #expect(!redeems(&authority, text, at: 3), "used up while the hash is computed")
        #expect(!authority.isInvite(text, now: Fixture.at(3)))
        let ada = Fixture.admin("ada")
        #expect(
            authority.signInFirstAdmin(
                ada, client: Fixture.client(), random: Fixture.secret(2), now: Fixture.at(3)) == nil)
        _ = authority.adminsChanged(to: [ada])
        let session = authority.signInFirstAdmin(
            ada, client: Fixture.client(), random: Fixture.secret(2), now: Fixture.at(4))
        #expect(session?.grant.name == ada.name)
        #expect(authority.session(cookie: try #require(session?.cookie), now: Fixture.at(5)) != nil)
        #expect(
            authority.signInFirstAdmin(
                ada, client: Fixture.client(), random: Fixture.secret(3), now: Fixture.at(5)) == nil)
        #expect(authority.counters[.invite] == 1)
    }

    @Test func itIsGoodForAQuarterOfAnHour() throws {
        var (authority, text) = try invited()
        #expect(authority.isInvite(text, now: Fixture.at(899.9)))
        #expect(
            !authority.isInvite(text, now: Fixture.at(900))
                && !redeems(&authority, text, at: 900))
    }

    @Test func anotherTextIsNone() throws {
        let (authority, text) = try invited()
        for index in text.indices {
            var other = text
            other[index] = other[index] == 65 ? 66 : 65
            #expect(!authority.isInvite(other, now: Fixture.at(1)))
        }
        #expect(!authority.isInvite([], now: Fixture.at(1)))
    }

    @Test func thereIsNoneBesideAdmins() throws {
        var (authority, text) = try invited()
        _ = authority.adminsChanged(to: [Fixture.admin("eva")])
        #expect(!redeems(&authority, text, at: 1))
        #expect(authority.makeInvite(random: Fixture.secret(2), now: Fixture.at(1)) == nil)
        // Nor does it come back when the admin goes.
        _ = authority.adminsChanged(to: [])
        #expect(!redeems(&authority, text, at: 1))
        #expect(authority.makeInvite(random: Fixture.secret(2), now: Fixture.at(1)) != nil)
    }

    @Test func aNewOneReplacesTheOld() throws {
        var (authority, text) = try invited()
        let newer = try #require(invite(&authority, draw: 2, at: 1))
        #expect(
            !redeems(&authority, text, at: 2)
                && redeems(&authority, newer, at: 2))
    }

    @Test func ofWhichNoAdminWasMadeItIsGoodAgain() throws {
        var (authority, text) = try invited()
        #expect(redeems(&authority, text, at: 1))
        authority.returnInvite()
        #expect(redeems(&authority, text, at: 2))
        authority.returnInvite()
        #expect(!redeems(&authority, text, at: 900), "its time goes on")
    }

    /// Somebody at the machine was quicker: who holds the link is not signed in as them.
    @Test func whoWasNotMadeByItIsNotSignedInByIt() throws {
        var (authority, text) = try invited()
        #expect(redeems(&authority, text, at: 1))
        _ = authority.adminsChanged(to: [Fixture.admin("ada", password: 2)])
        for made in [Fixture.admin("eva"), Fixture.admin("ada", password: 1)] {
            #expect(
                authority.signInFirstAdmin(
                    made, client: Fixture.client(), random: Fixture.secret(2), now: Fixture.at(2))
                    == nil)
        }
        authority.returnInvite()
        #expect(!authority.isInvite(text, now: Fixture.at(2)))
    }
}
