import PointerEvents
import Testing

@testable import AccessControl

struct SessionTests {
    private func signedIn(
        _ admins: [Admin] = [Fixture.admin("ada")], sessionsPerAdmin: Int = 1
    ) throws -> (Authority, NewSession) {
        var authority = Fixture.authority(admins, sessionsPerAdmin: sessionsPerAdmin)
        let session = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        return (authority, session)
    }

    @Test func aCookieSaysWhoItIs() throws {
        var (authority, session) = try signedIn([Fixture.admin("ada", role: .viewer, scope: "page:/shop/*")])
        #expect(session.cookie.count == 43 && session.deviceCookie.count == 98 && session.ended.isEmpty)
        let found = authority.session(cookie: session.cookie, now: Fixture.at(1))
        let grant = try #require(found)
        #expect(grant == session.grant)
        #expect(grant.name.text == "ada" && grant.role == .viewer && grant.scope?.text == "page:/shop/*")
        #expect(grant.endsAt == Fixture.epoch + 604_800 && grant.source == .session(session.key))
    }

    @Test func noOtherCookieDoes() throws {
        var (authority, session) = try signedIn()
        for index in session.cookie.indices {
            var other = session.cookie
            other[index] = other[index] == 65 ? 66 : 65
            #expect(authority.session(cookie: other, now: Fixture.at(1)) == nil)
        }
        for other in [[], Array(session.cookie.dropLast()), session.cookie + [65], session.deviceCookie] {
            #expect(authority.session(cookie: other, now: Fixture.at(1)) == nil)
        }
    }

    @Test func anIdleSessionEnds() throws {
        var (authority, session) = try signedIn()
        #expect(authority.session(cookie: session.cookie, now: Fixture.at(43_199)) != nil)
        // Counted from the last use.
        let last = 43_199.0 + 43_200
        #expect(authority.expire(now: Fixture.at(last - 1)) == [])
        #expect(authority.session(cookie: session.cookie, now: Fixture.at(last)) == nil)
        let ended = Ended(source: .session(session.key), name: Fixture.name("ada"), why: .idle)
        #expect(authority.expire(now: Fixture.at(last)) == [ended])
        #expect(authority.expire(now: Fixture.at(last)) == [] && authority.sessionCount == 0)
    }

    @Test func aSessionInUseEndsAfterAWeek() throws {
        var (authority, session) = try signedIn()
        for hour in 1..<168 {
            #expect(authority.use(session.key, now: Fixture.at(Double(hour) * 3_600)) != nil)
        }
        #expect(authority.use(session.key, now: Fixture.at(604_799)) != nil)
        #expect(authority.use(session.key, now: Fixture.at(604_800)) == nil)
        #expect(authority.expire(now: Fixture.at(604_800)).map(\.why) == [.expired])
    }

    /// A calendar that jumps ends sessions early at worst; no session outlives the time that has truly
    /// passed.
    @Test func aClockThatIsSetBackGivesNoTime() throws {
        var (authority, session) = try signedIn()
        func moment(calendar: Double, steady: Double) -> Instant {
            Instant(
                epochSeconds: Fixture.at(calendar).epochSeconds,
                monotonicNanoseconds: Fixture.at(steady).monotonicNanoseconds)
        }
        #expect(authority.use(session.key, now: moment(calendar: -86_400, steady: 10)) != nil)
        #expect(authority.use(session.key, now: moment(calendar: -86_000, steady: 43_210)) == nil)
        #expect(authority.expire(now: moment(calendar: -86_000, steady: 43_210)).map(\.why) == [.idle])
        // Asleep: the calendar alone went on.
        (authority, session) = try signedIn()
        #expect(authority.expire(now: moment(calendar: 43_200, steady: 5)).map(\.why) == [.idle])
        // Set back and ahead again between two uses.
        (authority, session) = try signedIn()
        #expect(authority.use(session.key, now: moment(calendar: -43_200, steady: 10)) != nil)
        #expect(authority.expire(now: moment(calendar: 0, steady: 20)).map(\.why) == [.idle])
    }

    @Test func signingOutEndsASessionHereOrAll() throws {
        var (authority, first) = try signedIn(sessionsPerAdmin: 3)
        let second = try #require(authority.tryPassword("ada", draw: 2, at: Fixture.at(1)).session)
        let third = try #require(authority.tryPassword("ada", draw: 3, at: Fixture.at(2)).session)
        #expect(authority.signOut(first.key)?.why == .signedOut)
        #expect(authority.signOut(first.key) == nil)
        #expect(authority.session(cookie: first.cookie, now: Fixture.at(3)) == nil)
        #expect(authority.session(cookie: second.cookie, now: Fixture.at(3)) != nil)
        let ended = authority.signOutEverywhere(Fixture.name("ada"))
        #expect(ended.map(\.source) == [.session(second.key), .session(third.key)])
        #expect(authority.sessionCount == 0 && authority.signOutEverywhere(Fixture.name("eva")) == [])
    }

    @Test func whoIsNotWhatTheyWereIsSignedOut() throws {
        let changes: [(Admin?, Ended.Reason)] = [
            (nil, .removed), (Fixture.admin("ada", role: .viewer), .changed),
            (Fixture.admin("ada", password: 2), .changed), (Fixture.admin("ada", scope: "page:/"), .changed),
        ]
        for (admin, why) in changes {
            var (authority, session) = try signedIn([Fixture.admin("ada"), Fixture.admin("eva")])
            let eva = try #require(authority.tryPassword("eva", draw: 2, at: Fixture.at(0)).session)
            let ended = authority.adminsChanged(to: [Fixture.admin("eva")] + (admin.map { [$0] } ?? []))
            #expect(ended == [Ended(source: .session(session.key), name: Fixture.name("ada"), why: why)])
            #expect(authority.session(cookie: session.cookie, now: Fixture.at(1)) == nil)
            #expect(authority.session(cookie: eva.cookie, now: Fixture.at(1)) != nil)
            // As they were is not as they are: nothing comes back.
            #expect(authority.adminsChanged(to: [Fixture.admin("ada"), Fixture.admin("eva")]) == [])
            #expect(authority.session(cookie: session.cookie, now: Fixture.at(1)) == nil)
        }
    }

    @Test func lastVisitsAreKeptToTheHour() throws {
        var (authority, session) = try signedIn()
        #expect(authority.areAdminsUnwritten)
        #expect(authority.admins[0].lastSeenAt == Fixture.epoch)
        authority.adminsWritten()
        _ = authority.use(session.key, now: Fixture.at(3_599))
        #expect(!authority.areAdminsUnwritten && authority.admins[0].lastSeenAt == Fixture.epoch)
        _ = authority.use(session.key, now: Fixture.at(3_600))
        #expect(authority.areAdminsUnwritten && authority.admins[0].lastSeenAt == Fixture.epoch + 3_600)
        // A file that was read before that visit and written behind it does not undo it.
        _ = authority.adminsChanged(to: [Fixture.admin("ada"), Fixture.admin("eva")])
        #expect(authority.areAdminsUnwritten && authority.admins[0].lastSeenAt == Fixture.epoch + 3_600)
        // Seen by a calendar that was wrong.
        let early = Instant(epochSeconds: 1_000, monotonicNanoseconds: Fixture.at(3_700).monotonicNanoseconds)
        _ = authority.tryPassword("ada", takesOver: true, draw: 2, at: early)
        #expect(authority.admins[0].lastSeenAt == 1_000)
        _ = authority.tryPassword("ada", takesOver: true, draw: 3, at: Fixture.at(3_800))
        #expect(authority.admins[0].lastSeenAt == Fixture.epoch + 3_800)
        var known = Fixture.admin("ada")
        known.lastSeenAt = Fixture.epoch + 9_000
        _ = authority.adminsChanged(to: [known])
        #expect(!authority.areAdminsUnwritten && authority.admins == [known])
    }

    @Test func theFileOfSessionsIsWrittenWhenItSaysSomethingElse() throws {
        var (authority, session) = try signedIn(sessionsPerAdmin: 2)
        func written() { authority.sessionsWritten() }
        #expect(authority.areSessionsUnwritten)
        written()
        _ = authority.use(session.key, now: Fixture.at(3_599))
        #expect(!authority.areSessionsUnwritten)
        _ = authority.use(session.key, now: Fixture.at(3_600))
        #expect(authority.areSessionsUnwritten)
        written()
        _ = authority.tryPassword("ada", right: false, at: Fixture.at(3_601))
        #expect(!authority.areSessionsUnwritten)
        _ = authority.tryPassword("ada", draw: 2, at: Fixture.at(3_602))
        #expect(authority.areSessionsUnwritten)
        written()
        _ = authority.signOut(session.key)
        #expect(authority.areSessionsUnwritten)
        written()
        _ = authority.expire(now: Fixture.at(90_000))
        #expect(authority.areSessionsUnwritten && authority.sessionCount == 0)
    }

    @Test func endingsHaveWords() {
        let reasons: [Ended.Reason] = [
            .expired, .idle, .signedOut, .takenOver(by: nil), .removed, .changed, .revoked,
        ]
        #expect(Set(reasons.map(\.word.description)).count == reasons.count)
    }
}
