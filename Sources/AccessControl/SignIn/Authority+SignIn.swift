public import ByteCore
public import Secrets

extension Authority {
    /// Begins a sign-in: says what the password is to be held against, or for how long it is not looked at.
    ///
    /// `name` is as it was typed. `address` is nil where no proxy names the client, and limits per address
    /// are off; they are off for a Unix socket too, behind which everybody would share one. `device` is the
    /// value of the browser's own cookie. The try counts from now on, whether it is ended or not.
    public mutating func beginSignIn(
        name typed: some Collection<UInt8>, address: PeerAddress?, device: [UInt8]?, now: Instant
    ) -> SignInStart {
        let name = AccountName(typed)
        let admin = name.flatMap(admin(named:))
        let hash = admin?.passwordHash ?? .decoy
        let verdict = throttle.admit(
            name: SHA256Digest(of: typed), address: address,
            device: knownDevice(device, name, admin, now), now: now.monotonicNanoseconds)
        switch verdict {
        case .admitted(let charge):
            return .hash(SignInAttempt(hash: hash, name: name, charge: charge))
        case .refused(let refusal, let wait):
            counters[refusal] += 1
            return .throttled(retryAfterSeconds: Nanoseconds.seconds(roundingUp: wait), refusal)
        }
    }

    /// Ends a sign-in whose password was held against its hash.
    ///
    /// With `takesOver` nobody is asked whether older sessions may end. `replacing` is the session that the
    /// same browser has already, which ends as its cookie is overwritten. `random` is drawn for this call.
    public mutating func endSignIn(
        _ attempt: SignInAttempt, passwordMatches: Bool, takesOver: Bool = false, client: Client,
        replacing: SessionKey? = nil, random: SecretBytes, now: Instant
    ) -> SignInEnd {
        // A password that was changed meanwhile is not the one that was typed.
        guard passwordMatches, let admin = attempt.name.flatMap(admin(named:)),
            admin.passwordHash == attempt.hash
        else {
            counters[.credentials] += 1
            let (_, wait) = throttle.wait(of: attempt.charge, at: now.monotonicNanoseconds)
            return .refused(retryAfterSeconds: Nanoseconds.seconds(roundingUp: wait))
        }
        if !isFaulty(.refundForgotten) { throttle.succeeded(attempt.charge, at: now.monotonicNanoseconds) }
        return admit(
            admin, takesOver: takesOver, client: client, replacing: replacing, random: random, now: now)
    }

    /// Ends a sign-in whose password nobody looked at, because no hash could be computed. Where one was,
    /// though whoever typed it has gone, it is `endSignIn` that has to be told.
    public mutating func abandonSignIn(_ attempt: SignInAttempt, now: Instant) {
        throttle.refund(attempt.charge, at: now.monotonicNanoseconds)
    }

    /// Begins a session, where there is room for it or somebody makes room.
    mutating func admit(
        _ admin: Admin, takesOver: Bool, client: Client, replacing: SessionKey?, random: SecretBytes,
        now: Instant
    ) -> SignInEnd {
        // Those that are over are told of when they expire, and are in nobody's way.
        let others = sessions.sessions(of: admin.name).filter {
            $0.key != replacing && end(of: $0, at: now) == nil
        }.sorted { $0.lastUsed.monotonicNanoseconds < $1.lastUsed.monotonicNanoseconds }
        let excess = others.count + 1 - settings.sessionsPerAdmin - (isFaulty(.oneSessionTooMany) ? 1 : 0)
        guard excess <= 0 || takesOver else {
            counters.occupied += 1
            return .occupied(occupied(by: others, admin, random, now))
        }
        var ended: [Ended] = []
        if let replaced = replacing.flatMap({ sessions[$0] }), let end = end(replaced, .signedOut) {
            ended.append(end)
        }
        let displaced =
            isFaulty(.newestTakenOver) ? others.suffix(max(0, excess)) : others.prefix(max(0, excess))
        ended += displaced.compactMap { end($0, .takenOver(by: client.address)) }
        return .signedIn(begin(admin, client, random, now, ended: ended))
    }

    mutating func begin(
        _ admin: Admin, _ client: Client, _ random: SecretBytes, _ now: Instant, ended: [Ended]
    ) -> NewSession {
        let cookie = DrawnSecret.session.secret(of: random)
        let session = Session(
            key: SessionKey(of: cookie), name: admin.name, stamp: admin.stamp, client: client, signedIn: now,
            lastUsed: now, lastWritten: now)
        sessions.insert(session, settings: settings)
        areSessionsUnwritten = true
        counters.succeeded += 1
        saw(admin.name, at: now)
        let device = DeviceCookie.text(
            name: admin.name, createdAt: bound(admin), random: DrawnSecret.device.secret(of: random),
            key: key,
            now: now)
        return NewSession(
            cookie: cookie.text, deviceCookie: device, grant: grant(session, admin), ended: ended)
    }

    /// What a browser's cookie is bound to beside the name: whoever is made anew under it is somebody else.
    /// Not the password: it is changed when somebody else tries it, and the owner's browsers must get in just
    /// then.
    private func bound(_ admin: Admin?) -> Int64 {
        isFaulty(.deviceOutlivesRemoval) ? 0 : admin?.createdAt ?? -1
    }

    /// Which browser a cookie says this is. As much is computed for a name that nobody has.
    private func knownDevice(
        _ cookie: [UInt8]?, _ name: AccountName?, _ admin: Admin?, _ now: Instant
    ) -> SHA256Digest? {
        guard let cookie, let name else { return nil }
        return DeviceCookie.device(cookie, name: name, createdAt: bound(admin), key: key, now: now)
    }
}
