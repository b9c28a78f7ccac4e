/// The sessions there are, by key, and in the order in which they came.
struct SessionTable: Sendable {
    private var sessions: [SessionKey: Session] = [:]
    private var keysByName: [AccountName: [SessionKey]] = [:]
    /// No session is over before both clocks are here; it may be earlier than need be.
    private(set) var earliestEnd = Instant(epochSeconds: .max, monotonicNanoseconds: .max)

    var count: Int { sessions.count }

    subscript(key: SessionKey) -> Session? { sessions[key] }

    /// An admin's, the one that came first in front.
    func sessions(of name: AccountName) -> [Session] {
        (keysByName[name] ?? []).compactMap { sessions[$0] }
    }

    /// All of them, by name and then as above, so that the same history gives the same order.
    var all: [Session] {
        keysByName.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.flatMap(sessions(of:))
    }

    mutating func insert(_ session: Session, settings: AuthoritySettings) {
        sessions[session.key] = session
        keysByName[session.name, default: []].append(session.key)
        bound(by: session, settings)
    }

    mutating func touch(_ key: SessionKey, at now: Instant, settings: AuthoritySettings) {
        guard var session = sessions[key] else { return }
        session.lastUsed = now
        sessions[key] = session
        bound(by: session, settings)
    }

    /// All last uses are written down.
    mutating func written() {
        sessions = sessions.mapValues { session in
            var session = session
            session.lastWritten = session.lastUsed
            return session
        }
    }

    mutating func remove(_ key: SessionKey) -> Session? {
        guard let session = sessions.removeValue(forKey: key) else { return nil }
        keysByName[session.name]?.removeAll { $0 == key }
        if keysByName[session.name]?.isEmpty == true { keysByName[session.name] = nil }
        return session
    }

    /// Looks again when the first of those that are left could be over.
    mutating func findEarliestEnd(settings: AuthoritySettings) {
        earliestEnd = Instant(epochSeconds: .max, monotonicNanoseconds: .max)
        for session in sessions.values { bound(by: session, settings) }
    }

    private mutating func bound(by session: Session, _ settings: AuthoritySettings) {
        let end = session.earliestEnd(settings: settings)
        earliestEnd.epochSeconds = min(earliestEnd.epochSeconds, end.epochSeconds)
        earliestEnd.monotonicNanoseconds = min(earliestEnd.monotonicNanoseconds, end.monotonicNanoseconds)
    }
}
