/// Why a request was not let in, as far as it is counted besides what `SignInCounters` has.
enum AccessRefusal: Int, CaseIterable {
    /// Nothing was shown, or the cookie of no session.
    case noSession
    /// A program's token that is none, or was one.
    case token
    /// A JWT that is not believed.
    case jwt
    /// A field Authorization that says neither.
    case malformed
    /// An identity that no trusted proxy has named, or that is none.
    case header
    /// What may be done, but not by this role or scope.
    case rights
    /// A form or a request that changes something and came from elsewhere.
    case forged
    /// No hash could be computed in time.
    case overloaded

    var word: StaticString {
        switch self {
        case .noSession: "no-session"
        case .token: "token"
        case .jwt: "jwt"
        case .malformed: "malformed"
        case .header: "header"
        case .rights: "rights"
        case .forged: "forged"
        case .overloaded: "overloaded"
        }
    }
}

/// What the gate has done since the start.
struct AccessCounters {
    private var refusals = [UInt64](repeating: 0, count: AccessRefusal.allCases.count)
    /// Streams that ended with their session or token.
    var streamsEnded: UInt64 = 0

    subscript(refusal: AccessRefusal) -> UInt64 {
        get { refusals[refusal.rawValue] }
        set { refusals[refusal.rawValue] = newValue }
    }
}
