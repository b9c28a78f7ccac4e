import ByteCore
import PointerEvents
import TestSupport

@testable import AccessControl

extension AuthorityWorld {
    mutating func beginSignIn() {
        // A browser shows what it was given, or what somebody else's was.
        let cookie =
            random.happens(percent: 40) && !model.devices.isEmpty ? random.pick(model.devices).cookie : nil
        beginSignIn(as: random.pick(Self.names), from: random.pick(Self.addresses), showing: cookie)
    }

    mutating func beginSignIn(as name: String, from address: PeerAddress?, showing cookie: [UInt8]?) {
        let device = cookie.flatMap { model.device($0, name, at: now) }
        let charge = model.charge(name, address, device, at: now)
        let waits = model.waits(charge, at: now.monotonicNanoseconds)
        let start = authority.beginSignIn(name: name.utf8, address: address, device: cookie, now: now)
        let password = model.people[name]?.password
        switch start {
        case .throttled(let seconds, let reason):
            let wait = max(waits.row, waits.name)
            let expected: SignInRefusal =
                device != nil ? .throttledDevice : waits.row > waits.name ? .throttledAddress : .throttledName
            expect(
                wait > 0 && seconds == Int((wait + 999_999_999) / 1_000_000_000) && reason == expected,
                "\(name) is told to wait \(seconds) s for \(reason), and should \(waits)")
        case .hash(let attempt):
            expect(waits == (0, 0), "\(name) may try, and should wait \(waits)")
            expect(
                attempt.hash == password.map(Fixture.hash) ?? .decoy, "\(name) is held against another hash")
            let isKnown = attempt.charge.device != nil
            expect(isKnown == (device != nil), "\(name) has a browser that is known or not")
            model.take(charge)
            let typed = random.happens(percent: 65) ? password ?? 0 : 999
            pending.append(
                Pending(attempt: attempt, name: name, typed: typed, charge: charge, address: address))
        }
    }

    mutating func endSignIn() {
        guard !pending.isEmpty else { return }
        pass(seconds: 2)
        let one = pending.remove(at: random.below(pending.count))
        if random.once(in: 6) {
            authority.abandonSignIn(one.attempt, now: now)
            return model.giveBack(one.charge)
        }
        let takesOver = random.once(in: 3)
        let replacing = random.once(in: 4) && !keys.isEmpty ? random.pick(keys) : nil
        let client = Client(address: one.address, agent: "Fox".utf8)
        let end = authority.endSignIn(
            one.attempt, passwordMatches: one.attempt.hash == Fixture.hash(one.typed), takesOver: takesOver,
            client: client, replacing: replacing, random: drawn(), now: now)
        guard let person = model.people[one.name], person.password == one.typed,
            one.attempt.hash == Fixture.hash(one.typed)
        else {
            let waits = model.waits(one.charge, at: now.monotonicNanoseconds)
            let seconds = Int((max(waits.row, waits.name) + 999_999_999) / 1_000_000_000)
            guard case .refused(seconds) = end else {
                return expect(false, "\(one.name) with \(one.typed): \(end), and should wait \(seconds) s")
            }
            return
        }
        model.forgive(one.charge)
        judge(end, one.name, takesOver: takesOver, client, replacing)
    }

    /// What becomes of somebody who may come in.
    private mutating func judge(
        _ end: SignInEnd, _ name: String, takesOver: Bool, _ client: Client, _ replacing: SessionKey?
    ) {
        guard let person = model.people[name] else { return }
        let others = model.others(name, besides: replacing, at: now)
        let excess = max(0, others.count + 1 - model.sessionsPerAdmin)
        switch end {
        case .refused: expect(false, "\(name) is refused with the right password")
        case .occupied(let occupied):
            expect(excess > 0 && !takesOver, "\(name) is told of others, \(excess) too many")
            let expected = others.map { [$0.signedIn.epochSeconds, $0.used.epochSeconds] }
            expect(
                occupied.sessions.map { [$0.signedInAt, $0.lastUsedAt] } == expected,
                "\(name) is told of \(occupied.sessions), not of \(others)")
            tickets.append(occupied.ticket)
            model.tickets.removeAll { $0.name == name }
            model.tickets.append(
                AuthorityModel.Ticket(
                    text: occupied.ticket, name: name, person: person,
                    until: now.monotonicNanoseconds + 120 * AuthorityModel.second))
        case .signedIn(let session):
            expect(excess == 0 || takesOver, "\(name) is in, \(excess) too many")
            let displaced = others.prefix(excess).map(\.key)
            let expected = model.takeOut {
                if $0.key == replacing { return .signedOut }
                return displaced.contains($0.key) ? .takenOver(by: client.address) : nil
            }
            compare(session.ended, expected, "a sign-in of \(name)")
            signedIn(session, name, person)
        }
    }

    mutating func signedIn(_ session: NewSession, _ name: String, _ person: AuthorityModel.Person) {
        expect(!cookies.contains(session.cookie), "a cookie that was there before")
        cookies.append(session.cookie)
        keys.append(session.key)
        model.sessions.append(
            AuthorityModel.Session(
                cookie: session.cookie, key: session.key, name: name, person: person, signedIn: now, used: now
            ))
        model.devices.append(
            AuthorityModel.Device(
                cookie: session.deviceCookie, name: name, password: person.password, madeAt: now.epochSeconds)
        )
    }

    mutating func takeOver() {
        guard !tickets.isEmpty else { return }
        pass(seconds: 2)
        // Mostly a new one; now and then one that should be worth nothing.
        let ticket = random.happens(percent: 70) ? tickets[tickets.count - 1] : random.pick(tickets)
        let client = Client(address: random.pick(Self.addresses), agent: "Fox".utf8)
        let end = authority.takeOver(ticket: ticket, client: client, random: drawn(), now: now)
        let index = model.tickets.firstIndex { known in
            known.text == ticket && known.until > now.monotonicNanoseconds
        }
        guard let index else {
            guard case .refused(0) = end else {
                return expect(false, "a ticket that is worth nothing: \(end)")
            }
            return
        }
        let name = model.tickets.remove(at: index).name
        judge(end, name, takesOver: true, client, nil)
    }

    mutating func useSession() {
        guard !cookies.isEmpty else { return }
        pass(seconds: 2)
        let at = random.happens(percent: 60) ? cookies.count - 1 : random.below(cookies.count)
        let grant =
            random.once(in: 3)
            ? authority.use(keys[at], now: now) : authority.session(cookie: cookies[at], now: now)
        let index = model.sessions.firstIndex {
            $0.cookie == cookies[at] && model.end(of: $0, at: now) == nil
        }
        guard let index else { return expect(grant == nil, "a session that is over: \(grant!)") }
        model.sessions[index].used = now
        let session = model.sessions[index]
        expect(
            grant?.name.text == session.name && grant?.role == session.person.role
                && grant?.scope?.text == session.person.scope
                && grant?.endsAt == session.signedIn.epochSeconds + 7 * 24 * 3_600
                && grant?.source == .session(session.key),
            "\(session) is granted \(String(describing: grant))")
    }

    mutating func signOut() {
        guard !keys.isEmpty else { return }
        if random.once(in: 3) {
            let name = random.pick(Self.names)
            let found = authority.signOutEverywhere(Fixture.name(name))
            model.tickets.removeAll { $0.name == name }
            return compare(
                found, model.takeOut { $0.name == name ? .signedOut : nil }, "signing out everywhere")
        }
        let key = random.pick(keys)
        let found = authority.signOut(key)
        compare(found.map { [$0] } ?? [], model.takeOut { $0.key == key ? .signedOut : nil }, "signing out")
        expect(authority.use(key, now: now) == nil, "a session that was signed out of is used")
    }
}
