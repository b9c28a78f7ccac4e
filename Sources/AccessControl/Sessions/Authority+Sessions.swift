import Secrets

extension Authority {
    /// Who shows that cookie; nil where it is none, or of a session that is over. It counts as a use.
    public mutating func session(cookie: some Collection<UInt8>, now: Instant) -> Grant? {
        guard let secret = SecretBytes(text: cookie) else { return nil }
        return use(SessionKey(of: secret), now: now)
    }

    /// A use of a session without its cookie, as of one on which a stream is open: somebody is there to
    /// read it. Nil where the session is over.
    public mutating func use(_ key: SessionKey, now: Instant) -> Grant? {
        guard let session = sessions[key], let admin = admin(named: session.name),
            end(of: session, at: now) == nil
        else { return nil }
        if Session.seconds(from: session.lastWritten, to: now) >= Limits.unwrittenUseSeconds {
            areSessionsUnwritten = true
        }
        if !isFaulty(.touchForgotten) { sessions.touch(key, at: now, settings: settings) }
        saw(session.name, at: now)
        return grant(session, admin)
    }

    /// Signs out here; nil where the session is gone already.
    public mutating func signOut(_ key: SessionKey) -> Ended? {
        guard let session = sessions[key] else { return nil }
        if isFaulty(.signOutLeavesSession) {
            return Ended(source: .session(key), name: session.name, why: .signedOut)
        }
        return end(session, .signedOut)
    }

    /// Signs out everywhere: all sessions of that name.
    public mutating func signOutEverywhere(_ name: AccountName) -> [Ended] {
        tickets = tickets.filter { $0.value.name != name }
        let all = sessions.sessions(of: name)
        return all.dropFirst(isFaulty(.everywhereLeavesOne) ? 1 : 0).compactMap { end($0, .signedOut) }
    }

    /// Ends what is over by now. It looks at nothing before something can be, so that it may be asked at
    /// every turn of a loop; once a second is enough.
    public mutating func expire(now: Instant) -> [Ended] {
        let earliest = sessions.earliestEnd
        guard
            now.epochSeconds >= earliest.epochSeconds
                || now.monotonicNanoseconds >= earliest.monotonicNanoseconds
        else { return [] }
        var ended: [Ended] = []
        for session in sessions.all {
            guard let why = end(of: session, at: now), let end = end(session, why) else { continue }
            if !isFaulty(.endUntold) { ended.append(end) }
        }
        sessions.findEarliestEnd(settings: settings)
        return ended
    }

    /// Sessions there are, over or not.
    public var sessionCount: Int { sessions.count }

    func end(of session: Session, at now: Instant) -> Ended.Reason? {
        var now = now
        if isFaulty(.calendarIgnored) { now.epochSeconds = session.signedIn.epochSeconds }
        if isFaulty(.steadyClockIgnored) {
            now.monotonicNanoseconds = session.signedIn.monotonicNanoseconds
        }
        let why = session.end(at: now, settings: settings)
        if why == .expired && isFaulty(.lifetimeForgotten) || why == .idle && isFaulty(.idleForgotten) {
            return nil
        }
        return why
    }

    func grant(_ session: Session, _ admin: Admin) -> Grant {
        Grant(
            name: admin.name, role: admin.role, scope: admin.scope, source: .session(session.key),
            endsAt: session.signedIn.epochSeconds + settings.sessionSeconds)
    }
}
