import AccessControl
import ByteCore
import HTTPWire
import PointerEvents
import PosixIO
import ProxyWire
import Secrets

/// Signing in and out.
extension ViewerGateway {
    func signIn(
        _ form: SignInForm, _ asker: Asker, _ gate: AccessGate, _ asked: borrowing Asked,
        _ poller: borrowing Poller
    ) -> Outcome {
        let instant = AccessGate.instant()
        if let stale = unsafe refusalOfStale(form, asker, gate, asked.request, instant) {
            return .reply(stale)
        }
        guard !form.name.isEmpty, !form.password.isEmpty, form.password.count <= Limits.passwordBytes,
            form.name.count <= Limits.nameBytes
        else {
            return .reply(
                turnedAway(.badRequest, "Name or password is missing or too long.", asker))
        }
        let device = unsafe firstCookie(common.cookies.device, asked.request)
        switch gate.authority.beginSignIn(
            name: form.name, address: asker.client.address, device: device, now: instant)
        {
        case .throttled(let seconds, let refusal):
            gate.keeper?.note(.refused(refusal, name: form.name, from: asker.source))
            return .reply(turnedAway(after: seconds, .tooManyRequests, asker))
        case .hash(let attempt):
            let id = gate.nextID()
            if let seconds = gate.keeper?.compare(
                password: form.password, with: attempt.hash, id: id, from: asker.source.address?.network,
                isKnown: attempt.isKnownDevice, poller)
            {
                gate.authority.abandonSignIn(attempt, now: instant)
                gate.counters[.overloaded] += 1
                gate.keeper?.note(.overloaded(from: asker.source))
                return .reply(turnedAway(after: seconds, .serviceUnavailable, asker))
            }
            let purpose = HashedRequest.Purpose.signIn(
                attempt, typed: form.name, replacing: unsafe session(in: asked.request, gate)?.key,
                takesOver: form.takesOver)
            gate.hashing[id] = HashedRequest(
                connection: asked.token, purpose: purpose, asker: asker, since: asked.now)
            return .hash(id)
        }
    }

    func takeOver(
        _ form: SignInForm, _ asker: Asker, _ gate: AccessGate, _ asked: borrowing Asked
    ) -> Outcome {
        let instant = AccessGate.instant()
        if let stale = unsafe refusalOfStale(form, asker, gate, asked.request, instant) {
            return .reply(stale)
        }
        let end = gate.authority.takeOver(
            ticket: form.ticket, client: asker.client,
            replacing: unsafe session(in: asked.request, gate)?.key,
            random: drawSecret(gate), now: instant)
        if case .refused = end { gate.keeper?.note(.refused(.ticket, name: [], from: asker.source)) }
        return .reply(reply(to: end, asker, gate, took: 0))
    }

    /// Signs out the session whose cookie and form code this is.
    func signOut(
        _ form: SignInForm, _ asker: Asker, _ gate: AccessGate, _ request: UnsafeRawBufferPointer
    ) -> Outcome {
        guard let (key, name) = unsafe session(in: request, gate) else {
            var reply = leftReply(asker)
            clearSession(&reply)
            return .reply(reply)
        }
        guard gate.authority.isFormToken(form.code, of: key) else {
            gate.counters[.forged] += 1
            gate.keeper?.note(.forged("form", from: asker.source))
            return .refusal(Reply(.forbidden, line: "the form is not of this session; load the page again"))
        }
        let ended =
            form.isEverywhere
            ? gate.authority.signOutEverywhere(name) : [gate.authority.signOut(key)].compactMap { $0 }
        end(ended)
        var reply = leftReply(asker)
        clearSession(&reply)
        return .reply(reply)
    }

    /// The session whose cookie a request shows.
    func session(
        in request: UnsafeRawBufferPointer, _ gate: AccessGate
    ) -> (key: SessionKey, name: AccountName)? {
        var found: Grant?
        unsafe HTTPCookies.forEachValue(of: common.cookies.session, in: head.fields, request, limit: 8) {
            value in
            found = unsafe gate.authority.session(cookie: value, now: AccessGate.instant())
            return found == nil
        }
        guard let found, case .session(let key) = found.source else { return nil }
        return (key, found.name)
    }

    func firstCookie(_ name: [UInt8], _ request: UnsafeRawBufferPointer) -> [UInt8]? {
        var first: [UInt8]?
        unsafe HTTPCookies.forEachValue(of: name, in: head.fields, request, limit: 1) { value in
            first = unsafe Array(value)
            return false
        }
        return first
    }

    /// Whether a form was shown by us in the browser that sends it, not long ago. Who speaks JSON has none.
    private func refusalOfStale(
        _ form: SignInForm, _ asker: Asker, _ gate: AccessGate, _ request: UnsafeRawBufferPointer,
        _ now: Instant
    ) -> Reply? {
        if asker.wantsJSON { return nil }
        var isOurs = false
        unsafe HTTPCookies.forEachValue(of: common.cookies.form, in: head.fields, request, limit: 8) {
            value in
            isOurs = unsafe gate.authority.isSignInFormToken(form.code, browser: value, now: now)
            return !isOurs
        }
        if isOurs { return nil }
        gate.counters[.forged] += 1
        gate.keeper?.note(.forged("form", from: asker.source))
        return signInPage(
            .forbidden, path: asker.path, error: Self.staleForm, name: form.name, browser: asker.browser)
    }

    static let staleForm = "This page was too old, or your browser keeps no cookies. Try again."

    func drawSecret(_ gate: AccessGate) -> SecretBytes {
        guard let secret = gate.keeper?.drawSecret() else { preconditionFailure("the gate has no keeper") }
        return secret
    }

    // MARK: Answers

    /// The answer to a sign-in that was decided.
    func reply(
        to end: SignInEnd, _ asker: Asker, _ gate: AccessGate, took: Int
    ) -> Reply {
        switch end {
        case .signedIn(let session):
            self.end(session.ended)
            gate.keeper?.note(.signedIn(session.grant.name, from: asker.source, took: took))
            return welcome(session, asker, gate)
        case .occupied(let occupied):
            return occupiedReply(occupied, asker)
        case .refused(let seconds):
            if asker.wantsJSON {
                var reply = json(.unauthorized) { $0.append("{\"why\":\"credentials\"}") }
                reply.retryAfter = seconds > 0 ? seconds : nil
                return reply
            }
            let wait = seconds > 1 ? " The next try is looked at in \(seconds) s." : ""
            return signInPage(
                .unauthorized, path: asker.path, error: "Name or password is wrong.\(wait)",
                browser: asker.browser)
        }
    }

    /// Somebody is in: cookies, and on to where they wanted to go.
    func welcome(_ session: NewSession, _ asker: Asker, _ gate: AccessGate) -> Reply {
        var reply: Reply
        if asker.wantsJSON {
            reply = json(.ok) {
                append(session.grant, code: gate.authority.formToken(of: session.key), to: &$0)
            }
        } else {
            reply = Reply(.seeOther)
            reply.location = asker.path?.location ?? "./admin/\(session.grant.name.text)"
        }
        setCookie(
            common.cookies.session, session.cookie, maxAge: gate.authority.settings.sessionSeconds, &reply)
        setCookie(
            common.cookies.device, session.deviceCookie, maxAge: AccessControl.Limits.deviceSeconds, &reply)
        return reply
    }

    /// What `/api/session` says, and a sign-in by JSON.
    func append(_ grant: Grant, code: [UInt8], to text: inout ByteBuffer) {
        text.append("{\"name\":")
        unsafe grant.name.bytes.withUnsafeBytes { unsafe text.appendJSONString($0) }
        text.append(",\"role\":\"")
        text.append(grant.role.word)
        text.append("\",\"scope\":")
        if var scope = grant.scope?.text {
            scope.withUTF8 { unsafe text.appendJSONString(UnsafeRawBufferPointer($0)) }
        } else {
            text.append("null")
        }
        text.append(",\"endsAt\":")
        if let endsAt = grant.endsAt { text.appendDecimal(endsAt) } else { text.append("null") }
        if !code.isEmpty {
            text.append(",\"token\":\"")
            unsafe code.withUnsafeBytes { unsafe text.append($0) }
            text.append("\"")
        }
        text.append("}")
    }

    /// Where who has signed out is led.
    private func leftReply(_ asker: Asker) -> Reply {
        if asker.wantsJSON { return Reply(.noContent) }
        var reply = Reply(.seeOther)
        reply.location = "./sign-in"
        return reply
    }

    func setCookie(_ name: [UInt8], _ value: [UInt8], maxAge: Int64?, _ reply: inout Reply) {
        reply.cookies.append(.init(name: name, value: value, maxAge: maxAge))
    }

    func clearSession(_ reply: inout Reply) { setCookie(common.cookies.session, [], maxAge: 0, &reply) }
}
