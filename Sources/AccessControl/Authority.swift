public import Secrets

/// Everything that is decided about people: who they are, what they may do, and whether they may try again.
///
/// It does no I/O: it is told the time, handed random bytes, and told what the files of the state directory
/// hold. Whoever owns it writes them when it says so, and ends what was opened on a grant when it names one
/// that ended.
///
/// ```
/// sign-in page ─▶ beginSignIn ─▶ .hash ──▶ (the hash is computed elsewhere) ──▶ endSignIn ─┬▶ .signedIn
///                     └▶ .throttled                                                        ├▶ .refused
///                                                   takeOver ◀── ticket ◀── .occupied ◀────┘
/// ```
public struct Authority: Faultable, Sendable {
    /// What an operator decided.
    public private(set) var settings: AuthoritySettings
    /// What was counted.
    public internal(set) var counters = SignInCounters()
    /// Everybody who may sign in, in the order of the file, with when they were last seen.
    public internal(set) var admins: [Admin] = []
    /// Whether `admins` says of somebody's last visit what the file does not; `adminsWritten` ends it.
    public internal(set) var areAdminsUnwritten = false
    /// Whether the file of sessions is not as `sessionFile` would write it, but for uses within the last
    /// hour; `sessionsWritten` ends it. What ended and is not written comes back with a restart.
    public internal(set) var areSessionsUnwritten = false

    let key: SecretBytes
    var indices: [AccountName: Int] = [:]
    var sessions = SessionTable()
    var tickets: [SHA256Digest: TakeOverTicket] = [:]
    var throttle = Throttle()
    var invite = Invite.none
    #if DEBUG
        var fault = AuthorityFault.none { didSet { throttle.fault = fault } }
    #endif

    /// An authority that knows nobody. `key` is the same for as long as cookies of browsers that signed in
    /// are to mean something.
    public init(settings: AuthoritySettings, key: SecretBytes) {
        self.settings = settings
        self.key = key
    }

    /// Has other decisions of an operator's hold; whoever is signed in beyond them stays until somebody signs
    /// in.
    public mutating func take(_ settings: AuthoritySettings) {
        self.settings = settings
        sessions.findEarliestEnd(settings: settings)
    }

    /// Takes the admins as they stand in the file now, at the start and whenever it was changed; no two
    /// have one name. Sessions of who is gone, or is not what they were, end.
    public mutating func adminsChanged(to changed: [Admin]) -> [Ended] {
        precondition(changed.count <= Limits.admins)
        var merged = changed
        areAdminsUnwritten = false
        for (index, admin) in changed.enumerated() {
            guard let known = self.admin(named: admin.name)?.lastSeenAt else { continue }
            // Whoever wrote the file had read it before they were seen.
            if known > admin.lastSeenAt ?? 0 {
                merged[index].lastSeenAt = known
                areAdminsUnwritten = true
            }
        }
        admins = merged
        indices = [:]
        for (index, admin) in admins.enumerated() { indices[admin.name] = index }
        precondition(indices.count == admins.count, "two admins have one name")
        if !admins.isEmpty, !isFaulty(.inviteBesideAdmins) { invite.adminsExist() }
        // Nor does a ticket come back when the admin is again what they were.
        tickets = tickets.filter { _, ticket in
            admin(named: ticket.name)?.stamp == ticket.stamp || isFaulty(.ticketOutlivesPassword)
        }
        return sessions.all.compactMap { session in
            guard let admin = admin(named: session.name) else {
                return isFaulty(.removalForgotten) ? nil : end(session, .removed)
            }
            if admin.stamp == session.stamp || isFaulty(.changeForgotten) { return nil }
            return end(session, .changed)
        }
    }

    /// The file of admins was written as they are.
    public mutating func adminsWritten() { areAdminsUnwritten = false }

    /// It could not be: it is to be written again.
    public mutating func adminsNotWritten() { areAdminsUnwritten = true }

    /// The admin of that name.
    public func admin(named name: AccountName) -> Admin? { indices[name].map { admins[$0] } }

    /// Notes that an admin is here; to the hour, as the file is written for it.
    mutating func saw(_ name: AccountName, at now: Instant) {
        guard let index = indices[name] else { return }
        let age = admins[index].lastSeenAt.map { now.epochSeconds - $0 } ?? .max
        // From the future, too: the calendar was wrong then.
        let isNoted = (-Limits.clockLeewaySeconds..<Limits.unwrittenUseSeconds).contains(age)
        guard !isNoted else { return }
        admins[index].lastSeenAt = min(max(0, now.epochSeconds), Limits.latestEpochSeconds)
        areAdminsUnwritten = true
    }

    /// Takes a session out and says so.
    mutating func end(_ session: Session, _ why: Ended.Reason) -> Ended? {
        guard let session = sessions.remove(session.key) else { return nil }
        areSessionsUnwritten = true
        return Ended(source: .session(session.key), name: session.name, why: why)
    }
}
