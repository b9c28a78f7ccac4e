import Testing

@testable import AccessControl

struct SignInTests {
    @Test func oneSessionAnAdminUnlessTaken() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let first = try #require(
            authority.tryPassword("ada", address: Fixture.v4(7), at: Fixture.at(0)).session)
        _ = authority.use(first.key, now: Fixture.at(50))
        let occupied = try #require(
            authority.tryPassword("ada", address: Fixture.v4(8), draw: 2, at: Fixture.at(60)).occupied)
        #expect(
            occupied.sessions == [
                SessionGlance(
                    address: Fixture.v4(7), agent: Array("Tester/1".utf8), signedInAt: Fixture.epoch,
                    lastUsedAt: Fixture.epoch + 50)
            ])
        // Nothing has happened so far.
        #expect(authority.use(first.key, now: Fixture.at(61)) != nil)
        let end = authority.takeOver(
            ticket: occupied.ticket, client: Fixture.client(8), random: Fixture.secret(3), now: Fixture.at(70)
        )
        guard case .signedIn(let second) = end else {
            Issue.record("not taken over")
            return
        }
        #expect(second.ended.map(\.why) == [.takenOver(by: Fixture.v4(8))])
        #expect(second.ended.map(\.source) == [.session(first.key)])
        #expect(authority.session(cookie: first.cookie, now: Fixture.at(71)) == nil)
        #expect(authority.session(cookie: second.cookie, now: Fixture.at(71)) != nil)
        #expect(authority.counters.succeeded == 2 && authority.counters.occupied == 1)
    }

    private func occupied() throws -> (Authority, NewSession, Occupied) {
        var authority = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva")])
        let first = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let occupied = try #require(authority.tryPassword("ada", draw: 2, at: Fixture.at(1)).occupied)
        return (authority, first, occupied)
    }

    private func isTaken(_ authority: inout Authority, _ ticket: [UInt8], at seconds: Double) -> Bool {
        let end = authority.takeOver(
            ticket: ticket, client: Fixture.client(9), random: Fixture.secret(UInt64(seconds) + 100),
            now: Fixture.at(seconds))
        if case .signedIn = end { return true }
        return false
    }

    @Test func aTicketIsGoodOnceAndForTwoMinutes() throws {
        var (authority, _, taken) = try occupied()
        #expect(isTaken(&authority, taken.ticket, at: 120.9))
        #expect(!isTaken(&authority, taken.ticket, at: 120.9))
        #expect(authority.counters[.ticket] == 1)
        (authority, _, taken) = try occupied()
        #expect(!isTaken(&authority, taken.ticket, at: 121))
        (authority, _, taken) = try occupied()
        for index in taken.ticket.indices {
            var other = taken.ticket
            other[index] = other[index] == 65 ? 66 : 65
            #expect(!isTaken(&authority, other, at: 2))
        }
        #expect(!isTaken(&authority, [], at: 2) && isTaken(&authority, taken.ticket, at: 2))
    }

    @Test func aTicketIsOfWhatTheAdminWas() throws {
        let changes: [[Admin]] = [
            [], [Fixture.admin("ada", password: 2)], [Fixture.admin("ada", role: .viewer)],
            [Fixture.admin("eva")],
        ]
        for admins in changes {
            var (authority, _, taken) = try occupied()
            _ = authority.adminsChanged(to: admins)
            #expect(!isTaken(&authority, taken.ticket, at: 2))
            _ = authority.adminsChanged(to: [Fixture.admin("ada"), Fixture.admin("eva")])
            #expect(!isTaken(&authority, taken.ticket, at: 2), "it does not come back")
        }
        var (authority, _, taken) = try occupied()
        _ = authority.signOutEverywhere(Fixture.name("ada"))
        #expect(!isTaken(&authority, taken.ticket, at: 2), "signed out everywhere means there too")
    }

    @Test func theNewestTicketOfAnAdminIsTheOnlyOne() throws {
        var (authority, _, taken) = try occupied()
        let newer = try #require(authority.tryPassword("ada", draw: 3, at: Fixture.at(2)).occupied)
        #expect(!isTaken(&authority, taken.ticket, at: 3))
        #expect(isTaken(&authority, newer.ticket, at: 3))
        for draw in UInt64(10)..<200 {
            _ = authority.tryPassword("ada", draw: draw, at: Fixture.at(Double(draw)))
        }
        #expect(authority.tickets.count == 1)
    }

    @Test func whoeverWasUsedLeastRecentlyGoes() throws {
        var authority = Fixture.authority([Fixture.admin("ada")], sessionsPerAdmin: 3)
        let sessions = try (0..<3).map {
            try #require(authority.tryPassword("ada", draw: UInt64($0), at: Fixture.at(Double($0))).session)
        }
        _ = authority.use(sessions[0].key, now: Fixture.at(10))
        let taken = try #require(authority.tryPassword("ada", draw: 9, at: Fixture.at(11)).occupied)
        #expect(taken.sessions.map(\.lastUsedAt) == [1, 2, 10].map { Fixture.epoch + $0 })
        let fourth = try #require(
            authority.tryPassword("ada", takesOver: true, draw: 10, at: Fixture.at(12)).session)
        #expect(fourth.ended.map(\.source) == [.session(sessions[1].key)])
        #expect(authority.sessionCount == 3)
    }

    @Test func whatIsOverIsInNobodysWay() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let first = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let second = try #require(authority.tryPassword("ada", draw: 2, at: Fixture.at(43_200)).session)
        #expect(second.ended.isEmpty)
        // Its stream is told when it expires.
        #expect(authority.expire(now: Fixture.at(43_200)).map(\.source) == [.session(first.key)])
    }

    @Test func signingInAgainReplacesTheBrowsersOwnSession() throws {
        var authority = Fixture.authority([Fixture.admin("ada"), Fixture.admin("eva")])
        let first = try #require(authority.tryPassword("ada", at: Fixture.at(0)).session)
        let second = try #require(
            authority.tryPassword("ada", replacing: first.key, draw: 2, at: Fixture.at(1)).session)
        #expect(
            second.ended == [Ended(source: .session(first.key), name: Fixture.name("ada"), why: .signedOut)])
        #expect(second.cookie != first.cookie && authority.sessionCount == 1)
        // As somebody else: the cookie that is overwritten is worth nothing any more.
        let third = try #require(
            authority.tryPassword("eva", replacing: second.key, draw: 3, at: Fixture.at(2)).session)
        #expect(third.ended.map(\.name.text) == ["ada"] && authority.sessionCount == 1)
    }

    @Test func anUnknownNameIsHeldAgainstTheDecoy() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for (name, hash) in [
            ("ada", Fixture.hash(1)), ("eva", .decoy), ("", .decoy), ("a/b", .decoy),
            (String(repeating: "x", count: 5_000), .decoy),
        ] {
            let start = authority.beginSignIn(
                name: name.utf8, address: Fixture.v4(1), device: nil, now: Fixture.at(0))
            guard case .hash(let attempt) = start else {
                Issue.record("throttled")
                return
            }
            #expect(attempt.hash == hash && attempt.charge.device == nil)
            guard hash == .decoy else { continue }
            // Even were the decoy's password found.
            let end = authority.endSignIn(
                attempt, passwordMatches: true, client: Fixture.client(), random: Fixture.secret(1),
                now: Fixture.at(0))
            guard case .refused(0) = end else {
                Issue.record("let in")
                return
            }
        }
    }

    /// Each step's answer for a name that exists and one that does not, over a whole history.
    @Test func knownAndUnknownNamesAreAnsweredAlike() {
        var authority = Fixture.authority([Fixture.admin("ada")])
        for step in 0..<400 {
            let now = Fixture.at(Double(step) * 1.7)
            let answers = ["ada", "eva"].map { name in
                "\(authority.tryPassword(name, right: false, address: Fixture.v4(UInt32(step % 7)), at: now))"
            }
            #expect(answers[0] == answers[1], "step \(step)")
        }
    }

    @Test func aPasswordThatWasChangedMeanwhileIsWrong() throws {
        var authority = Fixture.authority([Fixture.admin("ada")])
        let start = authority.beginSignIn(
            name: "ada".utf8, address: Fixture.v4(1), device: nil, now: Fixture.at(0))
        guard case .hash(let attempt) = start else {
            Issue.record("throttled")
            return
        }
        _ = authority.adminsChanged(to: [Fixture.admin("ada", password: 2)])
        let end = authority.endSignIn(
            attempt, passwordMatches: true, client: Fixture.client(), random: Fixture.secret(1),
            now: Fixture.at(0))
        guard case .refused = end else {
            Issue.record("let in with a password of before")
            return
        }
        #expect(authority.sessionCount == 0 && authority.counters[.credentials] == 1)
    }
}
