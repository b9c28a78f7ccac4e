public import Secrets

/// The link by which the first admin is made, while there is none.
enum Invite: Sendable {
    /// There is none, or it was used.
    case none
    /// Whoever shows it, before that moment, may make an admin.
    case offered(SHA256Digest, expiresAt: Int64)
    /// Somebody is making the first admin.
    case redeemed(SHA256Digest, expiresAt: Int64)

    /// There is somebody now who may sign in. Who has just made them may still do so without a password.
    mutating func adminsExist() {
        if case .offered = self { self = .none }
    }
}

extension Authority {
    /// The text of a new invite, 43 characters of base64url, good for 15 minutes and for one admin; one
    /// before it is worth nothing any more. Nil where there is an admin.
    public mutating func makeInvite(random: SecretBytes, now: Instant) -> [UInt8]? {
        guard admins.isEmpty || isFaulty(.inviteBesideAdmins) else { return nil }
        invite = .offered(
            random.digest, expiresAt: now.advanced(bySeconds: Limits.inviteSeconds).monotonicNanoseconds)
        return random.text
    }

    /// Whether it is the invite, and not used or too old; it can be asked as often as the page is shown.
    public func isInvite(_ text: some Collection<UInt8>, now: Instant) -> Bool {
        guard case .offered(let digest, let expiresAt) = invite, let shown = SecretBytes(text: text) else {
            return false
        }
        return shown.digest.matches(digest)
            && (now.monotonicNanoseconds < expiresAt || isFaulty(.inviteNeverExpires))
    }

    /// Counts an invite that was none, where nobody tries to use it up.
    public mutating func refuseInvite() { counters[.invite] += 1 }

    /// Uses the invite up. The admin is then made, written to the file and told by `adminsChanged`; where
    /// that fails, `returnInvite` makes it good again.
    public mutating func redeemInvite(_ text: some Collection<UInt8>, now: Instant) -> Bool {
        guard isInvite(text, now: now), case .offered(let digest, let expiresAt) = invite else {
            counters[.invite] += 1
            return false
        }
        if !isFaulty(.inviteTwice) { invite = .redeemed(digest, expiresAt: expiresAt) }
        return true
    }

    /// No admin was made of the invite that was used: it is good again for what is left of its time.
    public mutating func returnInvite() {
        guard case .redeemed(let digest, let expiresAt) = invite, admins.isEmpty else { return }
        invite = .offered(digest, expiresAt: expiresAt)
    }

    /// Signs in who has just made the first admin, once; nil where nobody has, and where somebody else was
    /// first.
    public mutating func signInFirstAdmin(
        _ made: Admin, client: Client, random: SecretBytes, now: Instant
    ) -> NewSession? {
        guard case .redeemed = invite, let admin = admin(named: made.name), admin.stamp == made.stamp else {
            return nil
        }
        invite = .none
        return begin(admin, client, random, now, ended: [])
    }
}
