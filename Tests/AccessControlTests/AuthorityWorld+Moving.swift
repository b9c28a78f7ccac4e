import ByteCore
import Secrets
import TestSupport

@testable import AccessControl

extension AuthorityWorld {
    /// Forms that somebody fills in, or was made to.
    mutating func tryForms() {
        if let mine = keys.last {
            expect(authority.isFormToken(authority.formToken(of: mine), of: mine), "a session's own form")
            if let other = keys.first, other != mine {
                expect(
                    !authority.isFormToken(authority.formToken(of: other), of: mine), "another session's form"
                )
            }
        }
        let browser = drawn()
        signInForms.append((authority.signInFormToken(browser: browser, now: now), browser, now.epochSeconds))
        let form = random.happens(percent: 60) ? signInForms[signInForms.count - 1] : random.pick(signInForms)
        let shown = random.once(in: 3) ? random.pick(signInForms).browser : form.browser
        let age = now.epochSeconds - form.madeAt
        let expected = shown.bytes == form.browser.bytes && age >= -60 && age < 3_600
        let found = authority.isSignInFormToken(form.token, browser: shown.text, now: now)
        expect(found == expected, "a sign-in form of \(age) s: \(found)")
    }

    /// The link for the first admin, and who else gets hold of it.
    mutating func tryInvites() {
        switch random.below(8) {
        case 0, 1:
            let text = authority.makeInvite(random: drawn(), now: now)
            expect((text != nil) == model.people.isEmpty, "an invite beside admins, or none")
            guard let text else { return }
            invites.append(text)
            invite = (text, now.monotonicNanoseconds + 900 * AuthorityModel.second, false)
        case 2:
            authority.returnInvite()
            if model.people.isEmpty { invite?.isRedeemed = false }
        case 3: makeFirstAdmin()
        default:
            guard !invites.isEmpty else { return }
            let text = random.happens(percent: 70) ? invites[invites.count - 1] : random.pick(invites)
            let isGood =
                invite.map { $0.text == text && $0.until > now.monotonicNanoseconds && !$0.isRedeemed }
                ?? false
            expect(authority.isInvite(text, now: now) == isGood, "an invite is shown \(!isGood)")
            expect(authority.redeemInvite(text, now: now) == isGood, "an invite is redeemed \(!isGood)")
            if isGood { invite?.isRedeemed = true }
        }
    }

    private mutating func makeFirstAdmin() {
        guard model.people.isEmpty else { return }
        let client = Client(address: nil, agent: "Fox".utf8)
        let made = Fixture.admin("kim", password: 7)
        let early = authority.signInFirstAdmin(made, client: client, random: drawn(), now: now)
        expect(early == nil, "signed in before there was an admin")
        guard invite?.isRedeemed == true else { return }
        pass(seconds: 2)
        let person = AuthorityModel.Person(role: .operator, password: 7)
        model.people["kim"] = person
        adminsChanged()
        let session = authority.signInFirstAdmin(made, client: client, random: drawn(), now: now)
        expect(session != nil, "who made the first admin is not signed in")
        if let session { signedIn(session, "kim", person) }
        let again = authority.signInFirstAdmin(made, client: client, random: drawn(), now: now)
        expect(again == nil, "signed in by one invite twice")
        invite = nil
    }

    /// The server ends and begins anew: files are what is left.
    mutating func restart() {
        let written = now
        let file = authority.sessionFile(now: now)
        let before = authority.settings
        // Down for a while, and the clock that does not jump begins somewhere else.
        now.epochSeconds += Int64(random.pick([0, 5, 3_000, 50_000]))
        now.monotonicNanoseconds = Int64(random.below(1_000_000_000_000))
        let key = authority.key
        authority = Authority(settings: before, key: key)
        authority.fault = fault
        pending = []
        invite = nil
        // Somebody changed the file meanwhile: what was signed in before is not taken up.
        model.restart(at: written, now)
        if random.once(in: 3) { changePeopleAsleep() }
        adminsChangedAtStart()
        guard let count = try? authority.restoreSessions(from: file, now: now) else {
            return expect(false, "a file of sessions that was written is not read")
        }
        let expected = model.sessions.count
        expect(count == expected, "\(count) sessions taken up, not \(expected)")
        // Uses that fell into one second have no order any more.
        for index in model.sessions.indices {
            pass(seconds: 2)
            guard model.end(of: model.sessions[index], at: now) == nil else { continue }
            let grant = authority.use(model.sessions[index].key, now: now)
            expect(grant != nil, "a session is lost at a restart")
            model.sessions[index].used = now
        }
    }

    private mutating func changePeopleAsleep() {
        guard let name = model.people.keys.sorted().first else { return }
        if random.once(in: 2) {
            model.people[name] = nil
        } else {
            model.people[name]?.password += 1
        }
        let people = model.people
        model.sessions.removeAll { people[$0.name] != $0.person }
    }

    private mutating func adminsChangedAtStart() {
        let admins = model.people.keys.sorted().map { name -> Admin in
            let person = model.people[name]!
            return Fixture.admin(name, role: person.role, scope: person.scope, password: person.password)
        }
        compare(authority.adminsChanged(to: admins), [], "a start")
    }
}
