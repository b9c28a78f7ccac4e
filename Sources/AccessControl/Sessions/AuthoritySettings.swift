/// What an operator decides about sessions.
public struct AuthoritySettings: Equatable, Sendable {
    /// Sessions that one admin can have at a time, 1 to 16.
    public let sessionsPerAdmin: Int
    /// How long a session lives without being used, in seconds.
    public let idleSeconds: Int64
    /// How long it lives in all, in seconds.
    public let sessionSeconds: Int64

    /// Takes the values; as they are without an operator's word: one session, 12 hours idle, 7 days in all.
    public init(sessionsPerAdmin: Int = 1, idleSeconds: Int64 = 43_200, sessionSeconds: Int64 = 604_800) {
        precondition((1...Limits.sessionsPerAdmin).contains(sessionsPerAdmin))
        precondition((1...Limits.longestSessionSeconds).contains(idleSeconds))
        precondition((1...Limits.longestSessionSeconds).contains(sessionSeconds))
        self.sessionsPerAdmin = sessionsPerAdmin
        self.idleSeconds = min(idleSeconds, sessionSeconds)
        self.sessionSeconds = sessionSeconds
    }
}
