extension Authority {
    /// The file of sessions as it should be now.
    public func sessionFile(now: Instant) -> [UInt8] {
        SessionFile.bytes(
            of: sessions.all.compactMap { session in
                guard end(of: session, at: now) == nil else { return nil }
                // As long ago as either clock says, so that none of it is given back.
                return SessionFile.Record(
                    key: session.key, stamp: session.stamp,
                    signedInAt: epochSeconds(
                        before: now, by: Session.seconds(from: session.signedIn, to: now)),
                    lastUsedAt: epochSeconds(
                        before: now, by: Session.seconds(from: session.lastUsed, to: now)),
                    client: session.client, name: session.name)
            })
    }

    /// The file of sessions was written as they are.
    public mutating func sessionsWritten() {
        areSessionsUnwritten = false
        sessions.written()
    }

    /// It could not be: it is to be written again.
    public mutating func sessionsNotWritten() { areSessionsUnwritten = true }

    /// Takes up the sessions of before the start, behind `adminsChanged`; those that are over, or whose
    /// admin is not what they were, or that come from the future, are left out. Returns how many there are.
    ///
    /// A file that cannot be trusted takes nobody up: everybody signs in anew, and the start goes on.
    public mutating func restoreSessions(
        from bytes: [UInt8], now: Instant
    ) throws(SessionFileFault) -> Int {
        let records = try SessionFile.parse(bytes)
        for record in records.sorted(by: { $0.lastUsedAt > $1.lastUsedAt }) {
            let lastUsed = instant(record.lastUsedAt, now)
            let session = Session(
                key: record.key, name: record.name, stamp: record.stamp, client: record.client,
                signedIn: instant(record.signedInAt, now), lastUsed: lastUsed, lastWritten: lastUsed)
            let horizon = now.epochSeconds + Limits.clockLeewaySeconds
            guard let admin = admin(named: record.name),
                admin.stamp == record.stamp || isFaulty(.restoreForgetsChange),
                max(record.signedInAt, record.lastUsedAt) <= horizon,
                end(of: session, at: now) == nil, sessions[record.key] == nil,
                sessions.sessions(of: record.name).count < settings.sessionsPerAdmin
            else { continue }
            sessions.insert(session, settings: settings)
        }
        // What was left out is not to come back when its admin is again what they were.
        areSessionsUnwritten = sessions.count != records.count
        return sessions.count
    }

    private func epochSeconds(before now: Instant, by seconds: Int64) -> Int64 {
        min(max(0, now.epochSeconds - seconds), Limits.latestEpochSeconds)
    }

    /// A moment of before the start, when the other clock may have stood anywhere.
    private func instant(_ epochSeconds: Int64, _ now: Instant) -> Instant {
        let age = isFaulty(.restoreBeginsAnew) ? 0 : max(0, now.epochSeconds - epochSeconds)
        // What is older than any session can be is over as it is; so no number grows beyond its bounds.
        let bounded = min(age, 2 * Limits.longestSessionSeconds)
        return Instant(
            epochSeconds: now.epochSeconds - bounded,
            monotonicNanoseconds: now.monotonicNanoseconds - bounded * Nanoseconds.perSecond)
    }
}
