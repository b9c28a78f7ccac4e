/// Whether a password is to be looked at.
public enum SignInStart: Sendable {
    /// It is: hold it against `attempt.hash`, which takes as long for a name that nobody has, and come back
    /// with `endSignIn`.
    case hash(SignInAttempt)
    /// Not now. The answer is the same for every name.
    case throttled(retryAfterSeconds: Int, SignInRefusal)
}

/// A sign-in between its two steps. It is good for one call of `endSignIn` or `abandonSignIn`.
public struct SignInAttempt: Sendable {
    /// What the password is held against.
    public let hash: PasswordHashText
    /// Whether the browser has signed in with that name before: such tries go first where many wait.
    public var isKnownDevice: Bool { charge.device != nil }

    let name: AccountName?
    let charge: Throttle.Charge
}

/// What became of a sign-in.
public enum SignInEnd: Sendable {
    /// They are in.
    case signedIn(NewSession)
    /// The password was right, and they are signed in elsewhere as often as they may be.
    case occupied(Occupied)
    /// No. So long they have to wait before the next try; 0 where they need not. It says nothing of the name.
    case refused(retryAfterSeconds: Int)
}

/// What a browser gets that was signed in.
public struct NewSession: Sendable {
    /// The value of the session's cookie: 43 characters of base64url.
    public let cookie: [UInt8]
    /// The value of the browser's own cookie, which outlives the session: 98 characters of base64url.
    public let deviceCookie: [UInt8]
    /// What was granted.
    public let grant: Grant
    /// Sessions that ended for it.
    public let ended: [Ended]

    /// By which the session is known.
    public var key: SessionKey {
        guard case .session(let key) = grant.source else { preconditionFailure("granted on no session") }
        return key
    }
}

/// Who is where somebody wants to be who knows the password.
public struct Occupied: Sendable {
    /// The sessions there are, the one that would end first in front.
    public let sessions: [SessionGlance]
    /// What `takeOver` takes within two minutes, once, instead of the password: 43 characters of base64url.
    public let ticket: [UInt8]
}
