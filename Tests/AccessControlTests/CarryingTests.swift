import ByteCore
import PointerEvents
import Secrets
import TestSupport
import Testing

@testable import AccessControl

/// Who is signed in and may sign in, as a successor has it.
@Suite struct CarryingTests {
    @Test func everyGrantIsReadAsItWasWritten() throws {
        let name = Fixture.name("ada")
        let sources: [Grant.Source] = [
            .open, .session(SessionKey(of: Fixture.secret(1))), .token(id: Array("0123456789abcdef".utf8)),
            .jwt,
            .header,
        ]
        for source in sources {
            for scope in [nil, PageScope(parsing: "page:/shop/* page:/".utf8)] {
                for ends in [nil, Int64(1_800_000_000)] {
                    let grant = Grant(name: name, role: .operator, scope: scope, source: source, endsAt: ends)
                    #expect(handedOver(grant) == grant)
                    #expect(faultOfReading(grant) == nil)
                }
            }
        }
    }

    @Test func sessionsAndLimitsOfAdminsGoOn() throws {
        let ada = Fixture.admin("ada"), bob = Fixture.admin("bob", role: .viewer, scope: "page:/a")
        var before = Fixture.authority([ada, bob], sessionsPerAdmin: 2)
        guard case .signedIn(let session) = before.tryPassword("ada", at: Fixture.at(0)) else {
            Issue.record("she is not signed in")
            return
        }
        _ = before.tryPassword("bob", right: false, at: Fixture.at(1))
        var tokens = TokenTable()
        _ = tokens.tokensChanged(to: [
            ProgramToken(
                id: TokenID(5), name: Fixture.name("probe"), role: .viewer,
                secretDigest: SHA256Digest(of: []),
                createdAt: Fixture.epoch)
        ])
        let record = CarriedAuthority(before, tokens, now: Fixture.at(10))
        #expect(faultOfReading(record) == nil)
        let read = try #require(handedOver(record))
        #expect(read == record)
        var after = try #require(
            Authority(read, settings: AuthoritySettings(sessionsPerAdmin: 2), now: Fixture.at(10)))
        #expect(after.admins == before.admins)
        #expect(after.counters == before.counters && after.counters.succeeded == 1)
        #expect(after.counters[.credentials] == 1)
        let key = try #require(SessionKey(cookie: session.cookie))
        let grant = after.use(key, now: Fixture.at(11))
        #expect(grant?.name == ada.name)
        #expect(after.areSessionsUnwritten == before.areSessionsUnwritten)
        let known = try #require(TokenTable(read))
        #expect(known.tokens == tokens.tokens && !known.isUnwritten)
    }

    /// The authority of a successor, which has to be one.
    private func successor(of before: Authority, at now: Instant) throws -> Authority {
        let record = try #require(handedOver(CarriedAuthority(before, TokenTable(), now: now)))
        return try #require(Authority(record, settings: AuthoritySettings(), now: now))
    }

    @Test func theLinkForTheFirstAdminHoldsOn() throws {
        var before = Fixture.authority([])
        let made = before.makeInvite(random: Fixture.secret(3), now: Fixture.at(0))
        let link = try #require(made)
        var after = try successor(of: before, at: Fixture.at(1))
        #expect(after.isInvite(link, now: Fixture.at(2)))
        #expect(!after.isInvite(Fixture.secret(4).text, now: Fixture.at(2)))
        #expect(!after.isInvite(link, now: Fixture.at(10_000)))
        let isRedeemed = after.redeemInvite(link, now: Fixture.at(2))
        #expect(isRedeemed)
        let last = try successor(of: after, at: Fixture.at(3))
        #expect(!last.isInvite(link, now: Fixture.at(3)), "it is good for one admin")
    }

    @Test func filesThatCannotBeAreRefused() {
        let settings = AuthoritySettings()
        var record = CarriedAuthority(Fixture.authority([]), TokenTable(), now: Fixture.at(0))
        #expect(Authority(record, settings: settings, now: Fixture.at(0)) != nil && TokenTable(record) != nil)
        for file in [\CarriedAuthority.admins, \.sessions, \.key] {
            var damaged = record
            damaged[keyPath: file].append(7)
            #expect(Authority(damaged, settings: settings, now: Fixture.at(0)) == nil)
        }
        record.tokens.append(7)
        #expect(TokenTable(record) == nil)
    }
}
