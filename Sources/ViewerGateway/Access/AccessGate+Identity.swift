import AccessControl
import HTTPWire

/// What a request shows of who sends it.
enum Identity {
    case granted(Grant)
    /// Nobody who is let in; in a line for a person, why.
    case nobody(StaticString, Ended.Reason?)
    /// Nobody has looked yet: too many are asking.
    case later
}

extension AccessGate {
    /// Cookies of our name that are looked at: pages of neighbouring hosts can put some in front of ours.
    private static let cookiesTried = 8

    /// Finds out who sends a request: by Authorization, what a trusted proxy says, or the session's cookie.
    ///
    /// `isFromProxy` is whether its connection is that of a trusted proxy.
    func identify(
        _ head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer, cookie: [UInt8],
        isFromProxy: Bool, refused: (String) -> Void, now: Instant
    ) -> Identity {
        var why: StaticString = "sign in, or send a token: Authorization: Bearer ps_..."
        switch unsafe head.fields.count(of: "authorization", in: bytes) {
        case 0: break
        case 1:
            guard let value = unsafe head.fields.value(of: "authorization", in: bytes) else { break }
            let isBasic = unsafe value.count > 6 && value[5] == UInt8(ascii: " ") && value[0] | 0x20 == 0x62
            switch unsafe program(Authorization(value), refused: refused, now: now) {
            case .granted(let grant): return .granted(grant)
            case .later: return .later
            // Somebody else's Basic, in front of us, need not concern us.
            case .nobody(let reason, let end):
                guard isBasic else { return .nobody(reason, end) }
                why = reason
            }
        default:
            counters[.malformed] += 1
            return .nobody("Authorization stands there more than once", nil)
        }
        if isFromProxy, let grant = unsafe named(by: head, in: bytes) { return .granted(grant) }
        var found: Grant?
        var end: Ended.Reason?
        unsafe HTTPCookies.forEachValue(of: cookie, in: head.fields, bytes, limit: Self.cookiesTried) {
            value in
            found = unsafe authority.session(cookie: value, now: now)
            if found == nil, end == nil { end = unsafe SessionKey(cookie: value).flatMap { recentEnds[$0] } }
            return found == nil
        }
        if let found { return .granted(found) }
        counters[.noSession] += 1
        return .nobody(why, end)
    }

    private func program(_ shown: Authorization, refused: (String) -> Void, now: Instant) -> Identity {
        switch shown {
        case .token(let text):
            switch tokens.grant(for: text, now: now.epochSeconds) {
            case .success(let grant): return .granted(grant)
            case .failure(let refusal):
                counters[.token] += 1
                refused(refusal == .expired ? "token-expired" : "token-unknown")
                return .nobody(
                    refusal == .expired ? "the token has expired" : "there is no such token", nil)
            }
        case .jwt(let text):
            guard desk != nil else {
                counters[.jwt] += 1
                refused("jwt-no-key")
                return .nobody("tokens of other issuers are not taken here: --jwt-key is not set", nil)
            }
            switch desk?.look(at: text, now: now) {
            case .claims(let claims): return .granted(claims.grant)
            case .later, nil:
                counters[.overloaded] += 1
                return .later
            case .refused(let fault):
                counters[.jwt] += 1
                refused("jwt-\(kebab(fault.word))")
                return .nobody(fault.reason, nil)
            }
        case .refused(let fault):
            counters[.malformed] += 1
            refused("malformed")
            return .nobody(fault.reason, nil)
        }
    }

    /// `badSignature` as all other words are written: `bad-signature`.
    private func kebab(_ word: String) -> String {
        word.reduce(into: "") { $0 += $1.isUppercase ? "-\($1.lowercased())" : String($1) }
    }

    /// Who a trusted proxy says this is, if that is an admin: whoever is not, or not any more, is let in by
    /// nobody's word.
    private func named(by head: borrowing HTTPRequestHead, in bytes: UnsafeRawBufferPointer) -> Grant? {
        guard let wanted = settings.identityHeader else { return nil }
        var value: UnsafeRawBufferPointer?
        var count = 0
        for index in 0..<head.fields.count {
            let name = unsafe head.fields[index].name.slice(of: bytes)
            guard name.count == wanted.count, unsafe zip(name, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
            else { continue }
            count += 1
            unsafe value = head.fields[index].value.slice(of: bytes)
        }
        guard count > 0 else { return nil }
        guard count == 1, let value = unsafe value, let name = unsafe AccountName(value) else {
            counters[.header] += 1
            return nil
        }
        guard let grant = grant(toNamed: name) else {
            counters[.header] += 1
            return nil
        }
        return grant
    }

    /// What somebody may whom a trusted proxy names; nil where there is no admin of that name.
    func grant(toNamed name: AccountName) -> Grant? {
        guard let admin = authority.admin(named: name) else { return nil }
        return Grant(name: name, role: admin.role, scope: admin.scope, source: .header)
    }
}
