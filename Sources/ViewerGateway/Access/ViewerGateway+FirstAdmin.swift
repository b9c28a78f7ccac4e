import AccessControl
import ByteCore
import HTTPWire
public import PosixIO
import ProxyWire
import Secrets

/// The first admin, made by whoever holds the link.
extension ViewerGateway {
    /// The page that the link leads to.
    func firstAdminReply(_ request: UnsafeRawBufferPointer) -> Reply {
        guard let gate else { return Reply(.notFound, line: Self.nothing) }
        let invite = unsafe head.queryValue(of: "token", in: request).map { unsafe Array($0) } ?? []
        guard gate.authority.isInvite(invite, now: AccessGate.instant()) else { return spentInvite(gate) }
        return firstAdminPage(.ok, invite: invite, error: "", browser: unsafe formBrowser(request))
    }

    private func spentInvite(_ gate: AccessGate) -> Reply {
        let mend =
            gate.authority.admins.isEmpty
            ? "Links hold for 15 minutes; the server makes a new one when it is started, and "
                + "pointerscope admin add makes an admin without one."
            : "There is an admin already, who can make others: pointerscope admin add."
        return noticePage(.forbidden, "This link does not hold", mend, action: "Sign in")
    }

    func makeFirstAdmin(
        _ form: SignInForm, _ asker: Asker, _ gate: AccessGate, _ asked: borrowing Asked,
        _ poller: borrowing Poller
    ) -> Outcome {
        let instant = AccessGate.instant()
        guard gate.authority.isInvite(form.invite, now: instant) else {
            gate.authority.refuseInvite()
            gate.keeper?.note(.refused(.invite, name: form.name, from: asker.source))
            return .reply(spentInvite(gate))
        }
        let isOurs = asker.browser.map {
            gate.authority.isSignInFormToken(form.code, browser: $0.text, now: instant)
        }
        var complaint = ""
        let name = AccountName(form.name)
        if isOurs != true {
            gate.counters[.forged] += 1
            complaint = Self.staleForm
        } else if name == nil {
            complaint = "A name is 1 to 64 of the characters A-Z a-z 0-9 - . _ ~"
        } else if !Limits.newPasswordBytes.contains(form.password.count) {
            complaint = "A password has 12 to 1,024 bytes."
        } else if form.password != form.again {
            complaint = "The two passwords differ."
        }
        guard complaint.isEmpty, let name else {
            return .reply(
                firstAdminPage(
                    .badRequest, invite: form.invite, error: complaint, name: form.name,
                    browser: asker.browser))
        }
        let id = gate.nextID()
        if let seconds = gate.keeper?.makeHash(
            of: form.password, id: id, from: asker.source.address?.network, poller)
        {
            gate.counters[.overloaded] += 1
            var reply = firstAdminPage(
                .serviceUnavailable, invite: form.invite, error: "Try again in \(seconds) s.",
                name: form.name,
                browser: asker.browser)
            reply.retryAfter = max(1, seconds)
            return .reply(reply)
        }
        gate.hashing[id] = HashedRequest(
            connection: asked.token, purpose: .firstAdmin(name, invite: form.invite), asker: asker,
            since: asked.now)
        return .hash(id)
    }

    /// A hash for the first admin is there: the link is used up, and the admin is written down.
    func keepFirstAdmin(
        _ name: AccountName, _ hash: PasswordHashText, invite: [UInt8], _ id: UInt64,
        _ waiting: HashedRequest,
        _ gate: AccessGate, _ poller: borrowing Poller
    ) {
        let instant = AccessGate.instant()
        guard gate.authority.redeemInvite(invite, now: instant) else {
            return answer(waiting, with: spentInvite(gate), poller)
        }
        let admin = Admin(name: name, role: .operator, passwordHash: hash, createdAt: instant.epochSeconds)
        gate.hashing[id] = HashedRequest(
            connection: waiting.connection, purpose: .keeping(admin), asker: waiting.asker,
            since: waiting.since)
        gate.keeper?.keepFirstAdmin(admin, poller)
    }

    /// The first admin is written down, or could not be; in a line, why. The admins in memory are what the
    /// file says before this is called.
    public func firstAdminKept(_ failure: String?, _ poller: borrowing Poller, now: Int64) {
        guard let gate else { return }
        for (id, waiting) in gate.hashing {
            guard case .keeping(let admin) = waiting.purpose else { continue }
            gate.hashing[id] = nil
            guard failure == nil,
                let session = gate.authority.signInFirstAdmin(
                    admin, client: waiting.asker.client, random: drawSecret(gate), now: AccessGate.instant())
            else {
                gate.authority.returnInvite()
                let line = failure ?? "There is an admin already."
                answer(waiting, with: noticePage(.serviceUnavailable, "Not made", line), poller)
                continue
            }
            gate.keeper?.note(.madeFirstAdmin(admin.name, from: waiting.asker.source))
            answer(waiting, with: welcome(session, waiting.asker, gate), poller)
        }
    }
}
