public import Secrets

/// The leave to end somebody's older sessions, for who has just shown that they know the password.
struct TakeOverTicket: Sendable {
    let name: AccountName
    /// What the admin was then: when they are changed, it is gone.
    let stamp: SHA256Digest
    /// On the clock that does not jump.
    let expiresAt: Int64
}

extension Authority {
    /// Signs in with the ticket that a right password was answered with: older sessions end as far as need
    /// be.
    ///
    /// It is used up, whatever comes of it.
    public mutating func takeOver(
        ticket: some Collection<UInt8>, client: Client, replacing: SessionKey? = nil, random: SecretBytes,
        now: Instant
    ) -> SignInEnd {
        guard let digest = SecretBytes(text: ticket)?.digest, let found = tickets[digest],
            let admin = admin(named: found.name), isGood(found, now)
        else {
            counters[.ticket] += 1
            return .refused(retryAfterSeconds: 0)
        }
        if !isFaulty(.ticketKept) { tickets[digest] = nil }
        return admit(admin, takesOver: true, client: client, replacing: replacing, random: random, now: now)
    }

    /// Tells of the sessions there are, and gives out a ticket; an earlier one of the same admin is worth
    /// nothing any more, so there are never more of them than admins.
    mutating func occupied(
        by others: [Session], _ admin: Admin, _ random: SecretBytes, _ now: Instant
    ) -> Occupied {
        tickets = tickets.filter {
            $0.value.name != admin.name && now.monotonicNanoseconds < $0.value.expiresAt
        }
        let secret = DrawnSecret.ticket.secret(of: random)
        tickets[secret.digest] = TakeOverTicket(
            name: admin.name, stamp: admin.stamp,
            expiresAt: now.advanced(bySeconds: Limits.takeOverSeconds).monotonicNanoseconds)
        return Occupied(sessions: others.map(\.glance), ticket: secret.text)
    }

    private func isGood(_ ticket: TakeOverTicket, _ now: Instant) -> Bool {
        now.monotonicNanoseconds < ticket.expiresAt || isFaulty(.ticketNeverExpires)
    }
}
